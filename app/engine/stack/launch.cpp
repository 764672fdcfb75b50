#include "app/engine/stack/launch.h"

#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <QElapsedTimer>
#include <QProcess>
#include <QProcessEnvironment>
#include <QUuid>
#include <cstdio>
#include <cstring>

#include "app/engine/stack/proc_tree.h"

namespace nova::stack {
namespace {

constexpr uid_t mappedUid = 1000;

// All below runs between fork and exec: system calls only, no memory is asked for.
bool writeText(const char* file, const char* text) {
    const int fd = open(file, O_WRONLY | O_CLOEXEC);
    if (fd < 0) return false;
    const auto size = static_cast<ssize_t>(std::strlen(text));
    const bool done = write(fd, text, static_cast<std::size_t>(size)) == size;
    close(fd);
    return done;
}

struct IdMaps {
    char uid[64] = {}, gid[64] = {};
    IdMaps() {
        std::snprintf(uid, sizeof uid, "%u %u 1", mappedUid, geteuid());
        std::snprintf(gid, sizeof gid, "%u %u 1", mappedUid, getegid());
    }
};

bool enterNamespace(const IdMaps& maps) {
    return unshare(CLONE_NEWUSER) == 0 && writeText("/proc/self/setgroups", "deny") &&
           writeText("/proc/self/uid_map", maps.uid) && writeText("/proc/self/gid_map", maps.gid);
}

bool become(const RunAs& who, const IdMaps& maps) {
    if (who.kind == RunAs::Kind::mapped) return enterNamespace(maps);
    if (who.kind == RunAs::Kind::user)
        return setgroups(0, nullptr) == 0 && setgid(who.gid) == 0 && setuid(who.uid) == 0;
    return true;
}

}  // namespace

void Launch::setMark() {
    environment.insert(QLatin1String(markVariable), QUuid::createUuid().toString(QUuid::WithoutBraces));
}
QString Launch::mark() const {
    return environment.value(QLatin1String(markVariable));
}

void prepareProcess(QProcess& process, const Launch& launch) {
    process.setProgram(launch.program);
    process.setArguments(launch.arguments);
    if (!launch.workDir.isEmpty()) process.setWorkingDirectory(launch.workDir);
    auto environment = QProcessEnvironment::systemEnvironment();
    for (auto it = launch.environment.begin(); it != launch.environment.end(); ++it)
        environment.insert(it.key(), it.value());
    process.setProcessEnvironment(environment);
    process.setProcessChannelMode(QProcess::MergedChannels);
    process.setStandardInputFile(QProcess::nullDevice());
    process.setChildProcessModifier([who = launch.runAs, sig = launch.deathSignal, parent = getpid(), maps = IdMaps()] {
        setpgid(0, 0);
        umask(0077);
        signal(SIGPIPE, SIG_DFL);
        sigset_t none;
        sigemptyset(&none);
        sigprocmask(SIG_SETMASK, &none, nullptr);
        if (!become(who, maps)) _exit(126);
        prctl(PR_SET_PDEATHSIG, sig);
        if (getppid() != parent) _exit(127);
    });
}

ToolResult runTool(const Launch& launch, const std::function<bool()>& cancelled, int timeoutMs) {
    QProcess process;
    prepareProcess(process, launch);
    process.start();
    QElapsedTimer timer;
    timer.start();
    const auto said = [&process] { return QString::fromUtf8(process.readAll()).trimmed(); };
    if (!process.waitForStarted()) return {false, launch.program + QLatin1String(": ") + process.errorString()};
    const auto group = static_cast<pid_t>(process.processId());
    while (!process.waitForFinished(20)) {
        if (process.state() == QProcess::NotRunning) break;
        if (!cancelled() && timer.elapsed() < timeoutMs) continue;
        kill(-group, SIGKILL);
        process.waitForFinished();
        return {false, QStringLiteral("%1 was given up after %2 s").arg(launch.program).arg(timer.elapsed() / 1000)};
    }
    const bool ok = process.exitStatus() == QProcess::NormalExit && process.exitCode() == 0;
    auto output = said();
    if (!ok) output += QStringLiteral("\n%1 ended with %2").arg(launch.program).arg(process.exitCode());
    return {ok, output.trimmed()};
}

bool userNamespaceWorks() {
    static const bool works = [] {
        const IdMaps maps;
        const pid_t child = fork();
        if (child == 0) _exit(enterNamespace(maps) ? 0 : 1);
        int status = 1;
        return child > 0 && waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
    }();
    return works;
}

}  // namespace nova::stack
