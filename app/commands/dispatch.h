// From the words of the command line to a command. Thread: main.
#pragma once

#include <optional>

#include "app/commands/command.h"

namespace nova::commands {

// What the command line asks for, before any QCoreApplication exists.
struct Request {
    enum class Kind { window, command, answered };
    Kind kind = Kind::window;
    Arguments arguments;        // of a command; for the window, its --data and --run
    int exit = exitCode::done;  // answered: --help, --version or a fault, printed already
};

Request understand(int argc, char** argv);
int run(const Arguments& arguments);
// The folder that the window of this command line looks at; none: wrong usage, said already.
std::optional<CommonOptions> windowOptions(const Arguments& arguments);

}  // namespace nova::commands
