// Processes as /proc tells of them. A process is known by its pid and its start time (field 22 of /proc/PID/stat, clock
// ticks since boot), since pids are used again. No Qt: the watchdog uses it too. Thread: any.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace nova::stack {

struct ProcEntry {
    pid_t pid = 0, parent = 0, group = 0;
    char state = '?';            // 'Z' is dead already, only not yet reaped
    std::uint64_t start = 0;     // clock ticks since boot
    std::uint64_t cpuTicks = 0;  // user + system
    std::int64_t rssPages = 0;
};

struct ProcId {
    pid_t pid = 0;
    std::uint64_t start = 0;
    bool operator==(const ProcId&) const = default;
};

std::optional<ProcEntry> readProcess(pid_t pid);
std::vector<ProcEntry> allProcesses();
// The leader, its descendants and the members of its process group, of `all`; zombies left out.
std::vector<ProcEntry> membersOf(pid_t leader, const std::vector<ProcEntry>& all);
// Environment variable that a launched process and all that it makes carry, however they detach themselves.
inline constexpr const char* markVariable = "NOVA_PART";
// Those of `all` whose environment at their exec held NOVA_PART=mark; none for an empty mark.
std::vector<ProcEntry> carriersOf(const std::string& mark, const std::vector<ProcEntry>& all);
bool isAlive(const ProcId& id);
std::uint64_t startOf(pid_t pid);  // 0: no such process

// `signal` to the leader, its descendants and its group, and again to whatever of them appeared meanwhile.
void signalTree(pid_t leader, int signal);

// Stops a process and all that it made: `first` to its leader, and after `graceMs` SIGKILL to whatever is left of
// group, descendants and carriers of its mark. Returns when nothing of it lives, at most graceMs + 2 s later. Does
// nothing when `leader` is another process by now.
void endTree(const ProcId& leader, const std::string& mark, int first, int graceMs);

}  // namespace nova::stack
