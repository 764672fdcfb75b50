#include "app/engine/stack/temporary_server.h"

#include <signal.h>

#include <QElapsedTimer>

namespace nova::stack {
namespace {

constexpr int startMs = 60'000, stopMs = 60'000, mostSaid = 400;

}  // namespace

TemporaryServer::TemporaryServer(QString name, const Launch& launch) : m_name(std::move(name)) {
    prepareProcess(m_process, launch);
    m_process.start();
    m_process.waitForStarted();
}

TemporaryServer::~TemporaryServer() {
    if (m_process.state() != QProcess::NotRunning) m_process.kill();
    m_process.waitForFinished();
}

QString TemporaryServer::waitUntil(const std::function<ProbeAnswer()>& ask, const Preparation& preparation) {
    QElapsedTimer timer;
    timer.start();
    QString missing;
    while (timer.elapsed() < startMs && !preparation.cancelled()) {
        if (m_process.waitForFinished(20) || m_process.state() == QProcess::NotRunning)
            return QStringLiteral("%1 ended: %2")
                .arg(m_name, QString::fromUtf8(m_process.readAll()).trimmed().right(mostSaid));
        const auto answer = ask();
        if (answer.serving) return {};
        missing = answer.missing;
    }
    return QStringLiteral("%1 did not become ready: %2").arg(m_name, missing);
}

QString TemporaryServer::stop(int signal) {
    if (const auto pid = static_cast<pid_t>(m_process.processId()); pid > 0) ::kill(pid, signal);  // 0 is our own group
    return m_process.waitForFinished(stopMs) ? QString() : QStringLiteral("%1 did not stop").arg(m_name);
}

}  // namespace nova::stack
