// Stand-ins for the engine's live sources, and the data of one measured evening.
#pragma once

#include <QHash>
#include <QJsonObject>
#include <functional>

#include "app/engine/actions/action_store.h"
#include "app/engine/stack/stack.h"
#include "app/engine/traffic/event_ring.h"
#include "app/views/door.h"

namespace nova::test {

class FakeStack final : public stack::Stack {
    Q_OBJECT
public:
    explicit FakeStack(bool owner = true);

    bool isOwner() const override { return m_owner; }
    qint64 ownerPid() const override { return m_pid; }
    stack::Phase phase() const override { return m_phase; }
    QVector<stack::PartStatus> parts() const override { return m_parts; }
    QVector<stack::LogLine> log(const QString& part, int newest) const override;
    QVector<stack::Alert> alerts() const override { return m_alerts; }
    void start() override { m_pid == 0 ? Q_EMIT ownerNeeded() : void(asked << QStringLiteral("start")); }
    void stop() override { asked << QStringLiteral("stop"); }
    void startPart(const QString& name, int replica) override { ask("start", name, replica); }
    void stopPart(const QString& name, int replica) override { ask("stop", name, replica); }
    void restartPart(const QString& name, int replica) override { ask("restart", name, replica); }
    void killPart(const QString& name, int replica) override { ask("kill", name, replica); }
    void pausePart(const QString& name, int replica) override { ask("pause", name, replica); }
    void resumePart(const QString& name, int replica) override { ask("resume", name, replica); }
    void scalePart(const QString& name, int replicas) override { ask("scale", name, replicas); }

    void become(stack::Phase phase, const QVector<stack::PartStatus>& parts);
    void write(const stack::LogLine& line);
    void loseOwner();  // as an attached one does

    QStringList asked;  // what was asked of it, "restart feed-service/0"

private:
    void ask(const char* word, const QString& name, int replica);
    bool m_owner;
    qint64 m_pid = 4711;
    stack::Phase m_phase = stack::Phase::stopped;
    QVector<stack::PartStatus> m_parts;
    QHash<QString, QVector<stack::LogLine>> m_log;
    QVector<stack::Alert> m_alerts;
};

QVector<stack::PartStatus> allReady();
QVector<stack::PartStatus> halfStarted();  // PostgreSQL still starts, the services wait for it
QVector<stack::PartStatus> kafkaDown();
QVector<stack::LogLine> someLog(const QString& part);

// Answers by operation; a missing one is refused as unreachable. Answers come by the event loop, as real ones do.
class FakeDoor final : public views::Door {
    Q_OBJECT
public:
    using Reply = std::function<QJsonObject(const views::Call&)>;
    explicit FakeDoor(QHash<QString, Reply>& replies, QVector<views::Call>& calls)
        : m_replies(replies), m_calls(calls) {}
    void send(const views::Call& call) override;

private:
    QHash<QString, Reply>& m_replies;
    QVector<views::Call>& m_calls;
};

// `count` events of one evening: content, social and identity, newest last; the last but two is undecodable.
void fillRing(engine::EventRing& ring, int count, int firstOffset = 0);
std::vector<engine::SpanRecord> createPostSpans(const std::string& trace, qint64 startedUs, double slowerMs = 0,
                                                bool whole = true);
// A store with a complete createPost, one over its budget and one that still waits for feed-service.
void fillActions(engine::ActionStore& store);
inline const QString completeTrace = QStringLiteral("4bf92f3577b34da6a3ce929d0e0e4736");
inline const QString slowTrace = QStringLiteral("5bf92f3577b34da6a3ce929d0e0e4737");
inline const QString openTrace = QStringLiteral("6bf92f3577b34da6a3ce929d0e0e4738");
inline const QString postedEvent = QStringLiteral("0193a8e3-1c52-7d04-9b3e-7c2a81f04e91");

}  // namespace nova::test
