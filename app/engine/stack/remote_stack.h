// A Stack seen from another process: everything goes through the owner's socket (see control_server.h). When the owner
// goes away it is stopped, and looks out for the next one. Thread: the main one.
#pragma once

#include <QHash>
#include <QJsonObject>
#include <QLocalSocket>
#include <QTimer>
#include <optional>

#include "app/engine/stack/socket_path.h"
#include "app/engine/stack/stack.h"

namespace nova::stack {

class RemoteStack : public Stack {
    Q_OBJECT
public:
    static constexpr int keptLines = 10'000;  // per part
    static constexpr int mostTries = 40, tryAgainMs = 50;  // to reach an owner that has just begun
    static constexpr int lookOutMs = 1'000;                // for the next owner

    RemoteStack(StackOptions options, qint64 owner);
    ~RemoteStack() override;

    bool isOwner() const override { return false; }
    qint64 ownerPid() const override { return m_owner; }
    Phase phase() const override { return m_phase; }
    QVector<PartStatus> parts() const override { return m_parts; }
    QVector<LogLine> log(const QString& part, int newest) const override;

    QVector<Alert> alerts() const override { return m_alerts; }

    void start() override;
    void stop() override;
    void startPart(const QString& name, int replica) override;
    void stopPart(const QString& name, int replica) override;
    void restartPart(const QString& name, int replica) override;
    void killPart(const QString& name, int replica) override;
    void pausePart(const QString& name, int replica) override;
    void resumePart(const QString& name, int replica) override;
    void scalePart(const QString& name, int replicas) override;

private:
    void ask(const char* word, const QString& name = {}, int replica = 0);
    void reach();
    void tryAgain();
    qint64 lockOwner() const;
    void write(const QJsonObject& request);
    void read();
    void heard(const QJsonObject& event);
    void keep(const QVector<LogLine>& lines);
    void lost();

    qint64 m_owner;
    Phase m_phase = Phase::starting;
    bool m_knownReady = false;                     // ready() was emitted for this run
    QVector<PartStatus> m_parts;
    QVector<Alert> m_alerts;
    QHash<QString, QVector<LogLine>> m_logs;
    std::optional<SocketPath> m_path;
    QLocalSocket m_socket;
    QVector<QJsonObject> m_unsent;  // asked for before the owner could be reached
    QTimer m_again;
    int m_tries = 0;
    bool m_heard = false;  // the owner has said something
};

}  // namespace nova::stack
