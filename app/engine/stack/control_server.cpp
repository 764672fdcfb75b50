#include "app/engine/stack/control_server.h"

#include <QJsonDocument>
#include <QLocalSocket>

#include "app/engine/stack/status_json.h"

namespace nova::stack {

ControlServer::ControlServer(Stack& stack) : m_stack(stack) {
    m_server.setSocketOptions(QLocalServer::UserAccessOption);
    connect(&m_server, &QLocalServer::newConnection, this, &ControlServer::accept);
    connect(&stack, &Stack::changed, this, [this] { tellAll(partsEvent()); });
    connect(&stack, &Stack::alertsChanged, this, [this] { tellAll(partsEvent()); });
    connect(&stack, &Stack::logged, this, [this](const QVector<LogLine>& lines) {
        if (!m_watchers.isEmpty())
            tellAll({{QStringLiteral("event"), QStringLiteral("log")}, {QStringLiteral("lines"), toJson(lines)}});
    });
    connect(&stack, &Stack::ready, this, [this](const QString& file) {
        tellAll(partsEvent());
        tellAll({{QStringLiteral("event"), QStringLiteral("ready")}, {QStringLiteral("run"), file}});
    });
    connect(&stack, &Stack::failed, this, [this](const QString& reason) {
        tellAll({{QStringLiteral("event"), QStringLiteral("failed")}, {QStringLiteral("reason"), reason}});
    });
    connect(&stack, &Stack::stopped, this, [this] {
        tellAll(partsEvent());
        tellAll({{QStringLiteral("event"), QStringLiteral("stopped")}});
        for (auto* client : std::as_const(m_watchers)) client->flush();
    });
}

ControlServer::~ControlServer() {
    for (auto* client : m_server.findChildren<QLocalSocket*>()) client->disconnect(this);
}

bool ControlServer::listen(const QString& socket, QString* fault) {
    m_server.close();
    const auto& path = m_path.emplace(socket);
    QLocalServer::removeServer(path.name());
    if (m_server.listen(path.name())) return true;
    *fault = QStringLiteral("cannot listen on %1: %2").arg(socket, m_server.errorString());
    return false;
}

void ControlServer::accept() {
    while (auto* client = m_server.nextPendingConnection()) {
        connect(client, &QLocalSocket::readyRead, this, [this, client] { read(client); });
        connect(client, &QLocalSocket::disconnected, this, [this, client] {
            m_watchers.remove(client);
            client->deleteLater();
        });
    }
}

void ControlServer::read(QLocalSocket* client) {
    while (client->canReadLine()) obey(client, QJsonDocument::fromJson(client->readLine(mostLineBytes)).object());
    if (client->bytesAvailable() > mostLineBytes) client->abort();
}

void ControlServer::obey(QLocalSocket* client, const QJsonObject& request) {
    const auto word = request.value(QLatin1String("do")).toString();
    const auto name = request.value(QLatin1String("name")).toString();
    const int replica = request.value(QLatin1String("replica")).toInt();
    if (word == QLatin1String("watch")) return welcome(client);
    if (word == QLatin1String("start")) return m_stack.start();
    if (word == QLatin1String("stop")) return m_stack.stop();
    if (word == QLatin1String("start-part")) return m_stack.startPart(name, replica);
    if (word == QLatin1String("stop-part")) return m_stack.stopPart(name, replica);
    if (word == QLatin1String("restart-part")) return m_stack.restartPart(name, replica);
    if (word == QLatin1String("kill-part")) return m_stack.killPart(name, replica);
    if (word == QLatin1String("pause-part")) return m_stack.pausePart(name, replica);
    if (word == QLatin1String("resume-part")) return m_stack.resumePart(name, replica);
    if (word == QLatin1String("scale-part"))
        return m_stack.scalePart(name, request.value(QLatin1String("replicas")).toInt());
    send(client, {{QStringLiteral("event"), QStringLiteral("refused")},
                  {QStringLiteral("reason"), QStringLiteral("unknown word")}});
}

QJsonObject ControlServer::partsEvent() const {
    return {{QStringLiteral("event"), QStringLiteral("parts")},
            {QStringLiteral("owner"), m_stack.ownerPid()},
            {QStringLiteral("phase"), phaseName(m_stack.phase())},
            {QStringLiteral("parts"), toJson(m_stack.parts())},
            {QStringLiteral("alerts"), toJson(m_stack.alerts())}};
}

void ControlServer::welcome(QLocalSocket* client) {
    m_watchers.insert(client);
    send(client, partsEvent());
    for (const auto& part : m_stack.parts()) {
        const auto lines = m_stack.log(part.id(), backlogLines);
        if (!lines.isEmpty())
            send(client, {{QStringLiteral("event"), QStringLiteral("log")}, {QStringLiteral("lines"), toJson(lines)}});
    }
}

void ControlServer::tellAll(const QJsonObject& event) {
    const auto watchers = m_watchers;
    for (auto* client : watchers) send(client, event);
}

void ControlServer::send(QLocalSocket* client, const QJsonObject& event) {
    if (client->bytesToWrite() > mostUnsent) return client->abort();
    client->write(QJsonDocument(event).toJson(QJsonDocument::Compact) + '\n');
}

}  // namespace nova::stack
