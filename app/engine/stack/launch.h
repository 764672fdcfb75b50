// How a process is started: value types and what happens between fork and exec. Thread: any.
#pragma once

#include <signal.h>
#include <sys/types.h>

#include <QMap>
#include <QString>
#include <QStringList>
#include <functional>
#include <optional>

class QProcess;

namespace nova::stack {

// PostgreSQL refuses to be root. As root: a user namespace in which root is seen as an ordinary user, or, where the
// kernel has none, another user of the machine.
struct RunAs {
    enum class Kind { same, mapped, user } kind = Kind::same;
    uid_t uid = 0;
    gid_t gid = 0;
    bool operator==(const RunAs&) const = default;
};

struct Launch {
    QString program;
    QStringList arguments;
    QString workDir;
    QMap<QString, QString> environment;  // on top of ours
    RunAs runAs;
    QString remark;             // worth knowing of it while it runs; may be empty
    int deathSignal = SIGKILL;  // what the process gets when the console dies
    int deathGraceMs = 0;       // and how long the watchdog lets it do what it does then

    // A name of this launch that its process and all that it makes carry in their environment (see proc_tree.h).
    void setMark();
    QString mark() const;
};

// Programs are started in a process group of their own, get `deathSignal` from the kernel when the starting thread
// ends, and do not start at all when that has happened already.
void prepareProcess(QProcess& process, const Launch& launch);

// Runs a helper to its end on a pool thread; stderr and stdout together. `cancelled` is asked each 20 ms, the helper is
// then killed.
struct ToolResult {
    bool ok = false;
    QString output;  // all of it; on failure it ends with why
};
ToolResult runTool(const Launch& launch, const std::function<bool()>& cancelled, int timeoutMs = 600'000);

// Whether a user namespace can be had here; asked once.
bool userNamespaceWorks();

}  // namespace nova::stack
