// What a command looks at: the profile or run file that its options name, else the Nova of the data folder. Thread:
// main.
#pragma once

#include "app/commands/command.h"
#include "app/engine/cluster/target.h"

namespace nova::commands {

// A value, or the exit code to return with; the fault was said on stderr (2: a profile that is wrong, 3: nothing runs
// there).
struct Attached {
    std::optional<engine::Target> target;
    int exit = exitCode::done;
};
Attached attach(const Arguments& arguments, const CommonOptions& common);

// For a command that acts on a local Nova alone: with --profile the exit code to return with, said on stderr (1, and
// "read-only" of a profile that is; 2: a profile that is wrong). None: go on.
std::optional<int> refuseProfile(const Arguments& arguments, const CommonOptions& common);

// Says on stderr that no Nova runs in the data folder, or that it cannot be looked into; returns 3.
int noNova(const CommonOptions& common);
// Says on stderr that whoever owns the data folder does not answer; returns 3.
int noAnswer(const CommonOptions& common);

}  // namespace nova::commands
