#include "app/engine/stack/child.h"

#include <signal.h>

#include "app/engine/stack/watchdog.h"

namespace nova::stack {
namespace {

constexpr int longestPartial = 64 << 10;  // a line without end is cut here
constexpr int groupLookMs = 5, mostGroupLooks = 400;

}  // namespace

Child::Child(Watchdog* watchdog, QObject* parent) : QObject(parent), m_watchdog(watchdog) {
    m_groupTimer.setInterval(groupLookMs);
    connect(&m_groupTimer, &QTimer::timeout, this, &Child::waitForGroup);
}

Child::~Child() {
    if (!m_running) return;
    m_process->disconnect(this);
    kill();
    m_process->waitForFinished(2'000);
}

void Child::start(const Launch& launch) {
    m_process = std::make_unique<QProcess>();
    m_partial.clear();
    m_how.clear();
    prepareProcess(*m_process, launch);
    connect(m_process.get(), &QProcess::readyRead, this, [this] { takeOutput(false); });
    connect(m_process.get(), &QProcess::finished, this, &Child::leaderEnded);
    connect(m_process.get(), &QProcess::errorOccurred, this, [this](QProcess::ProcessError error) {
        if (error != QProcess::FailedToStart) return;
        m_how = QStringLiteral("could not be started: %1").arg(m_process->errorString());
        leaderEnded();
    });
    m_mark = launch.mark().toStdString();
    m_running = true;
    m_process->start();
    if (const auto pid = static_cast<pid_t>(m_process->processId()); pid > 0) {
        m_id = {pid, startOf(pid)};
        m_watchdog->add(m_id, launch);
    }
}

void Child::signalLeader(int signal) {
    if (m_running && m_id.pid > 0 && isAlive(m_id)) ::kill(m_id.pid, signal);
}

void Child::signalAll(int signal) {
    if (m_running && m_id.pid > 0 && isAlive(m_id)) signalTree(m_id.pid, signal);
}

void Child::kill() {
    if (!m_running || m_id.pid <= 0) return;
    ::kill(-m_id.pid, SIGKILL);
    signalLeader(SIGKILL);
}

void Child::takeOutput(bool all) {
    m_partial += m_process->readAll();
    qsizetype from = 0;
    for (auto end = m_partial.indexOf('\n'); end >= 0; end = m_partial.indexOf('\n', from)) {
        Q_EMIT line(m_partial.mid(from, end - from));
        from = end + 1;
    }
    m_partial.remove(0, from);
    if (!m_partial.isEmpty() && (all || m_partial.size() > longestPartial)) Q_EMIT line(std::exchange(m_partial, {}));
}

void Child::leaderEnded() {
    takeOutput(true);
    if (m_how.isEmpty()) {
        m_how = m_process->exitStatus() == QProcess::NormalExit
                    ? QStringLiteral("exited with %1").arg(m_process->exitCode())
                    : QStringLiteral("killed by signal %1").arg(m_process->exitCode());
    }
    m_groupLooks = 0;
    m_groupTimer.start();
    waitForGroup();
}

void Child::waitForGroup() {
    const auto all = allProcesses();
    auto left = m_id.pid > 0 ? membersOf(m_id.pid, all) : std::vector<ProcEntry>();
    if (left.empty()) left = carriersOf(m_mark, all);
    if (!left.empty() && ++m_groupLooks < mostGroupLooks) {
        for (const auto& one : left) ::kill(one.pid, SIGKILL);
        return;
    }
    m_groupTimer.stop();
    if (m_id.pid > 0) m_watchdog->remove(m_id.pid);
    m_id = {};
    m_running = false;
    Q_EMIT ended(m_how);
}

}  // namespace nova::stack
