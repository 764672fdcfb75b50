#include "app/engine/stack/proc_tree.h"

#include <dirent.h>
#include <signal.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <thread>

namespace nova::stack {
namespace {

using namespace std::chrono_literals;

bool isIn(const std::vector<ProcEntry>& list, pid_t pid) {
    return std::any_of(list.begin(), list.end(), [pid](const ProcEntry& p) { return p.pid == pid; });
}

std::vector<ProcId> idsOf(const std::vector<ProcEntry>& entries) {
    std::vector<ProcId> ids;
    for (const auto& entry : entries) ids.push_back({entry.pid, entry.start});
    return ids;
}

// Entries of /proc/PID/environ end with a zero byte each.
bool environmentHolds(pid_t pid, const std::string& entry) {
    char path[64];
    std::snprintf(path, sizeof path, "/proc/%d/environ", static_cast<int>(pid));
    std::FILE* file = std::fopen(path, "re");
    if (!file) return false;
    std::string text;
    char buffer[4096];
    for (auto got = std::fread(buffer, 1, sizeof buffer, file); got > 0;
         got = std::fread(buffer, 1, sizeof buffer, file))
        text.append(buffer, got);
    std::fclose(file);
    const std::string whole = entry + '\0';
    return text.starts_with(whole) || text.find('\0' + whole) != std::string::npos;
}

void remember(std::vector<ProcId>& known, const std::vector<ProcEntry>& seen) {
    for (const auto& id : idsOf(seen))
        if (std::find(known.begin(), known.end(), id) == known.end()) known.push_back(id);
}

}  // namespace

std::optional<ProcEntry> readProcess(pid_t pid) {
    char path[64], text[1024];
    std::snprintf(path, sizeof path, "/proc/%d/stat", static_cast<int>(pid));
    std::FILE* file = std::fopen(path, "re");
    if (!file) return std::nullopt;
    const auto size = std::fread(text, 1, sizeof text - 1, file);
    std::fclose(file);
    text[size] = '\0';
    const char* after = std::strrchr(text, ')');  // the name in parentheses may hold anything
    if (!after) return std::nullopt;
    ProcEntry entry;
    entry.pid = pid;
    unsigned long user = 0, system = 0;
    unsigned long long start = 0;
    long rss = 0;
    int parent = 0, group = 0;
    const int fields =
        std::sscanf(after + 2, "%c %d %d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu %*d %*d %*d %*d %*d %*d %llu %*u %ld",
                    &entry.state, &parent, &group, &user, &system, &start, &rss);
    if (fields != 7) return std::nullopt;
    entry.parent = parent;
    entry.group = group;
    entry.cpuTicks = user + system;
    entry.start = start;
    entry.rssPages = rss;
    return entry;
}

std::vector<ProcEntry> allProcesses() {
    std::vector<ProcEntry> all;
    DIR* proc = opendir("/proc");
    if (!proc) return all;
    while (const dirent* item = readdir(proc)) {
        const int pid = std::atoi(item->d_name);
        if (pid <= 0) continue;
        if (auto entry = readProcess(pid)) all.push_back(*entry);
    }
    closedir(proc);
    return all;
}

std::vector<ProcEntry> membersOf(pid_t leader, const std::vector<ProcEntry>& all) {
    std::vector<ProcEntry> members;
    for (const auto& p : all)
        if (p.pid == leader || p.group == leader) members.push_back(p);
    for (bool grew = true; grew;) {
        grew = false;
        for (const auto& p : all) {
            if (isIn(members, p.parent) && !isIn(members, p.pid)) {
                members.push_back(p);
                grew = true;
            }
        }
    }
    std::erase_if(members, [](const ProcEntry& p) { return p.state == 'Z' || p.state == 'X'; });
    return members;
}

std::uint64_t startOf(pid_t pid) {
    const auto entry = readProcess(pid);
    return entry ? entry->start : 0;
}

bool isAlive(const ProcId& id) {
    const auto entry = readProcess(id.pid);
    return entry && entry->start == id.start && entry->state != 'Z' && entry->state != 'X';
}

std::vector<ProcEntry> carriersOf(const std::string& mark, const std::vector<ProcEntry>& all) {
    std::vector<ProcEntry> carriers;
    if (mark.empty()) return carriers;
    const std::string wanted = std::string(markVariable) + '=' + mark;
    for (const auto& p : all)
        if (p.state != 'Z' && p.state != 'X' && environmentHolds(p.pid, wanted)) carriers.push_back(p);
    return carriers;
}

void signalTree(pid_t leader, int signal) {
    std::vector<ProcId> told;
    for (bool more = true; more;) {
        more = false;
        for (const auto& member : membersOf(leader, allProcesses())) {
            const ProcId id{member.pid, member.start};
            if (std::find(told.begin(), told.end(), id) != told.end()) continue;
            kill(member.pid, signal);
            told.push_back(id);
            more = true;
        }
    }
}

void endTree(const ProcId& leader, const std::string& mark, int first, int graceMs) {
    const auto now = readProcess(leader.pid);
    const bool another = now && now->start != leader.start;  // the pid belongs to somebody else by now
    std::vector<ProcId> known;
    const auto look = [&] {
        const auto all = allProcesses();
        if (!another) remember(known, membersOf(leader.pid, all));
        remember(known, carriersOf(mark, all));
    };
    look();
    if (now && !another) kill(leader.pid, first);
    for (const auto& id : known) kill(id.pid, SIGCONT);  // one that was paused hears it too
    const auto begin = std::chrono::steady_clock::now();
    const auto grace = std::chrono::milliseconds(first == SIGKILL ? 0 : graceMs);
    for (;;) {
        const auto spent = std::chrono::steady_clock::now() - begin;
        std::erase_if(known, [](const ProcId& id) { return !isAlive(id); });
        if (known.empty()) look();  // what was made since the last look
        if (known.empty() || spent > grace + 2s) return;
        if (spent >= grace || !isAlive(leader))
            for (const auto& id : known) kill(id.pid, SIGKILL);
        std::this_thread::sleep_for(5ms);
    }
}

}  // namespace nova::stack
