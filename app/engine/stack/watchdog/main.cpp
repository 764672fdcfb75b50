// nova-watchdog: holds the read end of a pipe whose write end lives in the console. When the console is gone, however
// it went, the pipe ends and everything still registered is stopped and the named files are removed. Lines on the pipe:
//   add PID START SIGNAL GRACE_MS MARK  a process that leads its own group; SIGNAL is what ends it at once, MARK its
//   NOVA_PART del PID                           it ended file PATH                         remove this at the end
//   (run.json, the control socket) keep PATH                         no longer
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "app/engine/stack/proc_tree.h"

namespace {

struct Ward {
    nova::stack::ProcId id;
    int signal = SIGKILL, graceMs = 0;
    std::string mark;
};

struct Wards {
    std::map<pid_t, Ward> processes;
    std::set<std::string> files;

    void take(const std::string& line) {
        std::istringstream in(line);
        std::string word;
        Ward ward;
        in >> word;
        if (word == "add" && in >> ward.id.pid >> ward.id.start >> ward.signal >> ward.graceMs >> ward.mark)
            processes[ward.id.pid] = ward;
        if (word == "del" && in >> ward.id.pid) processes.erase(ward.id.pid);
        if (word == "file") files.insert(line.substr(5));
        if (word == "keep") files.erase(line.substr(5));
    }

    void end() const {
        std::vector<std::thread> threads;
        for (const auto& [pid, known] : processes)
            threads.emplace_back(
                [ward = known] { nova::stack::endTree(ward.id, ward.mark, ward.signal, ward.graceMs); });
        for (auto& thread : threads) thread.join();
        for (const auto& file : files) unlink(file.c_str());
    }
};

// Ctrl-C in the terminal is for the console, which then stops all in order.
void standApart() {
    setsid();
    prctl(PR_SET_NAME, "nova-watchdog");
    for (const int sig : {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGQUIT}) signal(sig, SIG_IGN);
}

}  // namespace

int main() {
    standApart();
    Wards wards;
    std::string text;
    char buffer[4096];
    for (;;) {
        const auto got = read(STDIN_FILENO, buffer, sizeof buffer);
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) break;
        text.append(buffer, static_cast<std::size_t>(got));
        for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
            wards.take(text.substr(0, end));
            text.erase(0, end + 1);
        }
    }
    wards.end();
    return 0;
}
