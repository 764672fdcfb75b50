#include "app/engine/stack/remote_stack.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <utility>

#include "app/engine/stack/data_lock.h"
#include "app/engine/stack/paths.h"
#include "app/engine/stack/status_json.h"

namespace nova::stack {

RemoteStack::RemoteStack(StackOptions options, qint64 owner) : Stack(std::move(options)), m_owner(owner) {
    connect(&m_socket, &QLocalSocket::connected, this, [this] {
        ask("watch");
        for (const auto& request : std::exchange(m_unsent, {})) write(request);
    });
    connect(&m_socket, &QLocalSocket::readyRead, this, &RemoteStack::read);
    connect(&m_socket, &QLocalSocket::disconnected, this, &RemoteStack::lost);
    connect(&m_socket, &QLocalSocket::errorOccurred, this, [this](QLocalSocket::LocalSocketError error) {
        if (error != QLocalSocket::PeerClosedError) tryAgain();
    });
    m_again.setSingleShot(true);
    connect(&m_again, &QTimer::timeout, this, &RemoteStack::reach);
    m_again.start(0);  // what comes of it is told from the event loop
}

qint64 RemoteStack::lockOwner() const {
    return DataLock::owner(DataPaths(dataDir()).lock());
}

// An owner that has just begun has its lock a moment before its socket.
void RemoteStack::tryAgain() {
    if (!m_heard && m_tries++ < mostTries && lockOwner() != 0)
        m_again.start(tryAgainMs);
    else
        lost();
}

void RemoteStack::reach() {
    if (m_owner == 0 && lockOwner() == 0) return m_again.start(lookOutMs);
    m_socket.connectToServer(m_path.emplace(DataPaths(dataDir()).control()).name());
}

RemoteStack::~RemoteStack() {
    m_socket.disconnect(this);
}

void RemoteStack::ask(const char* word, const QString& name, int replica) {
    QJsonObject request{{QStringLiteral("do"), QLatin1String(word)}};
    if (!name.isEmpty()) {
        request.insert(QStringLiteral("name"), name);
        request.insert(QStringLiteral("replica"), replica);
    }
    write(request);
}

void RemoteStack::write(const QJsonObject& request) {
    if (m_socket.state() != QLocalSocket::ConnectedState) {
        if (!m_heard && m_owner != 0) m_unsent << request;  // an owner that has just begun; else nobody is there
        return;
    }
    m_socket.write(QJsonDocument(request).toJson(QJsonDocument::Compact) + '\n');
    m_socket.flush();
}

void RemoteStack::start() {
    if (m_owner == 0) return Q_EMIT ownerNeeded();
    ask("start");
}
void RemoteStack::stop() {
    ask("stop");
}
void RemoteStack::startPart(const QString& name, int replica) {
    ask("start-part", name, replica);
}
void RemoteStack::stopPart(const QString& name, int replica) {
    ask("stop-part", name, replica);
}
void RemoteStack::restartPart(const QString& name, int replica) {
    ask("restart-part", name, replica);
}
void RemoteStack::killPart(const QString& name, int replica) {
    ask("kill-part", name, replica);
}
void RemoteStack::pausePart(const QString& name, int replica) {
    ask("pause-part", name, replica);
}
void RemoteStack::resumePart(const QString& name, int replica) {
    ask("resume-part", name, replica);
}
void RemoteStack::scalePart(const QString& name, int replicas) {
    write({{QStringLiteral("do"), QStringLiteral("scale-part")},
           {QStringLiteral("name"), name},
           {QStringLiteral("replicas"), replicas}});
}

void RemoteStack::read() {
    while (m_socket.canReadLine()) heard(QJsonDocument::fromJson(m_socket.readLine()).object());
}

void RemoteStack::heard(const QJsonObject& event) {
    m_heard = true;
    const auto what = event.value(QLatin1String("event")).toString();
    if (what == QLatin1String("parts")) {
        m_owner = event.value(QLatin1String("owner")).toInteger();
        m_phase = phaseFromName(event.value(QLatin1String("phase")).toString());
        m_parts = statusesFromJson(event.value(QLatin1String("parts")).toArray());
        auto alerts = alertsFromJson(event.value(QLatin1String("alerts")).toArray());
        const bool news = alerts != m_alerts;
        m_alerts = std::move(alerts);
        Q_EMIT changed(m_parts);
        if (news) Q_EMIT alertsChanged(m_alerts);
        // An owner that was ready before we came does not say so again; one that is degraded was.
        const bool serves = m_phase == Phase::ready || m_phase == Phase::degraded;
        if (serves && !std::exchange(m_knownReady, true)) Q_EMIT ready(runFile());
    } else if (what == QLatin1String("log")) {
        keep(linesFromJson(event.value(QLatin1String("lines")).toArray()));
    } else if (what == QLatin1String("ready")) {
        m_knownReady = true;
        Q_EMIT ready(event.value(QLatin1String("run")).toString());
    } else if (what == QLatin1String("failed")) {
        Q_EMIT failed(event.value(QLatin1String("reason")).toString());
    } else if (what == QLatin1String("stopped")) {
        m_knownReady = false;
        Q_EMIT stopped();
    }
}

void RemoteStack::keep(const QVector<LogLine>& lines) {
    for (const auto& line : lines) {
        auto& kept = m_logs[line.part];
        if (kept.size() >= keptLines) kept.remove(0, keptLines / 10);
        kept.append(line);
    }
    Q_EMIT logged(lines);
}

QVector<LogLine> RemoteStack::log(const QString& part, int newest) const {
    const auto kept = m_logs.value(part);
    return kept.mid(qMax(qsizetype{0}, kept.size() - newest));
}

void RemoteStack::lost() {
    m_heard = m_knownReady = false;
    m_tries = 0;
    m_unsent.clear();
    m_again.start(lookOutMs);
    if (m_owner == 0) return;
    m_owner = 0;
    m_phase = Phase::stopped;
    for (auto& part : m_parts) {
        part.state = PartState::stopped;
        part.pid = part.rssBytes = 0;
        part.cpuPercent = 0;
        part.upSince = {};
    }
    Q_EMIT changed(m_parts);
    Q_EMIT stopped();
}

}  // namespace nova::stack
