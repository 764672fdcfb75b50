// What a test does to a running local Nova: signals to its processes, failpoints, and looks at their doors.
// Thread: the test's.
#pragma once

#include <QString>
#include <QTemporaryDir>
#include <optional>

#include "kit/http/server.h"
#include "tests/support/live_nova.h"

namespace nova::test {

class Faults {
public:
    // Sets NOVA_FAILPOINT of this process, which a Nova started afterwards inherits: construct before
    // LiveNova::start().
    explicit Faults(LiveNova& nova);
    ~Faults();

    // 0: no such process. Services by their command line, stores by the run file.
    [[nodiscard]] qint64 pid(const QString& part, int replica = 0) const;
    bool kill9(const QString& part, int replica = 0);
    // Until the supervisor has made another process than this one.
    bool awaitAnother(const QString& part, qint64 than, int limitMs = 15'000);
    bool pause(const QString& part, int replica = 0);   // SIGSTOP to it and all that it started
    bool resume(const QString& part, int replica = 0);  // SIGCONT

    // `nova-console fault WORDS…`; what it printed where it failed.
    QString fault(const QStringList& words);

    // Fires once in whichever replica comes there first: see kit/runtime/failpoint.h.
    void arm(const QString& service, const QString& point, const QString& when);
    [[nodiscard]] bool fired(const QString& service, const QString& point) const;

    // GET at the HTTP door of a service; none: not reached.
    [[nodiscard]] std::optional<kit::HttpResponse> get(const QString& service, const std::string& path) const;
    // Until every service answers 200 and names nothing as missing; ms it took, -1 after the limit.
    int awaitHealed(int limitMs);
    [[nodiscard]] QString notHealed() const;
    // Sum of the samples of a metric whose line contains all of `labels`, over the replicas of a service that answer.
    [[nodiscard]] double metric(const QString& service, const QString& name, const QStringList& labels = {}) const;
    [[nodiscard]] QStringList services() const;  // those that run, without stores

private:
    // Of the run file; `name` empty: all.
    [[nodiscard]] QList<QJsonObject> processes(const QString& name = {}) const;
    bool signal(const QString& part, int replica, int number);
    LiveNova& m_nova;
    QTemporaryDir m_folder;
};

}  // namespace nova::test
