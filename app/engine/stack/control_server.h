// The owner's door for other consoles of the same user: a socket in the data folder, JSON lines. A client that says
// {"do":"watch"} gets
// {"event":"parts"…}, {"event":"log"…}, {"event":"ready"…}, {"event":"failed"…} and {"event":"stopped"} as they happen;
// the other words are start, stop, and start-part, stop-part, restart-part, kill-part, pause-part, resume-part with
// "name" and "replica", and scale-part with "name" and "replicas".
// Thread: the main one.
#pragma once

#include <QJsonObject>
#include <QLocalServer>
#include <QSet>
#include <optional>

#include "app/engine/stack/socket_path.h"
#include "app/engine/stack/stack.h"

class QLocalSocket;

namespace nova::stack {

class ControlServer : public QObject {
    Q_OBJECT
public:
    static constexpr qint64 mostUnsent = 16 << 20;  // a client that does not read is let go
    static constexpr int mostLineBytes = 64 << 10, backlogLines = 1'000;

    explicit ControlServer(Stack& stack);
    ~ControlServer() override;
    bool listen(const QString& socket, QString* fault);

private:
    void accept();
    void read(QLocalSocket* client);
    void obey(QLocalSocket* client, const QJsonObject& request);
    void welcome(QLocalSocket* client);
    void send(QLocalSocket* client, const QJsonObject& event);
    void tellAll(const QJsonObject& event);
    QJsonObject partsEvent() const;

    Stack& m_stack;
    std::optional<SocketPath> m_path;
    QLocalServer m_server;
    QSet<QLocalSocket*> m_watchers;
};

}  // namespace nova::stack
