// A running Nova as a play acts on it: people, calls that are measured user actions, what the system says of them.
// Waiting is for what the system says, with a limit, never for time alone. Thread: main, with an event loop that the
// waits spin; calls to the gateway block.
#pragma once

#include <QJsonObject>
#include <QObject>
#include <QStringList>
#include <functional>
#include <memory>
#include <optional>

#include "app/engine/actions/action_store.h"
#include "app/engine/actions/gateway_caller.h"
#include "app/engine/actions/span_observer.h"
#include "app/engine/traffic/traffic_observer.h"

class QElapsedTimer;

namespace nova::engine {

struct Person {
    QString id, handle, token;
};

// One call that was answered.
struct Acted {
    QString traceId;
    QJsonObject data;
    qint64 clickedUs = 0, answeredUs = 0;  // Unix µs
    double ms() const { return static_cast<double>(answeredUs - clickedUs) / 1'000; }
};

struct FeedSeen {
    QStringList posts;
    bool answered = false, stale = false;
    QString error;
};

class Stage : public QObject {
    Q_OBJECT
public:
    static constexpr int waitMs = 10'000;  // for an effect; contract §5 allows as much after a return

    // `mode`: "sync" or "events", sent as Nova-Mode; empty: as configured.
    Stage(const RunFile& run, const QString& mode);
    ~Stage() override;

    bool connectAll();  // to spans and events; false: Kafka does not answer
    void stop() { m_stopping = true; }
    bool isStopping() const { return m_stopping; }

    // Spins until `done`, asked again at each batch of news and each `everyMs`; false after `limitMs` or when stopped.
    bool until(const std::function<bool()>& done, int limitMs = waitMs, int everyMs = 50);
    void spin(int ms);  // the pace of a workload, not a wait for something

    // The action once it is whole and the caller's span is here, or as far as it is known when the time is over;
    // emitted as played().
    std::optional<Action> told(const QString& traceId, const QJsonObject& more = {}, int limitMs = waitMs);
    std::optional<Action> peek(const QString& traceId) const { return m_store.action(traceId); }
    // What one group said of an action's events: its outcomes, in order of time.
    QStringList outcomes(const QString& traceId, const QString& group) const;

    kit::Result<Acted> act(const Person& who, const QString& query, const QJsonObject& variables,
                           const QString& idempotencyKey = {});
    kit::Result<QJsonObject> look(const Person& who, const QString& query, const QJsonObject& variables = {});

    kit::Result<Person> signUp(const QString& name);
    // Over when feed-service has said that the edge is applied: from then on the followee's posts are the follower's to
    // see.
    kit::Result<void> follow(const Person& follower, const Person& followee);
    kit::Result<Acted> post(const Person& author, const QString& content);  // data: createPost.id
    static QString postId(const Acted& acted) {
        return acted.data.value(u"createPost").toObject().value(u"id").toString();
    }
    kit::Result<Acted> like(const Person& who, const QString& postId);
    FeedSeen feed(const Person& reader, int first = 20);
    bool shows(const Person& reader, const QString& postId);
    // Until the door has entered the person's socket where pushes look for it.
    bool waitOnline(const Person& who);

    const RunFile& run() const { return m_run; }
    ActionStore& store() { return m_store; }
    TrafficObserver& traffic() { return m_traffic; }
    GatewayCaller& caller() { return m_caller; }
    const QString& mode() const { return m_mode; }

Q_SIGNALS:
    void step(const QString& text);
    void played(const nova::engine::Action& action, const QJsonObject& more);

private:
    bool isTold(const QString& traceId, QElapsedTimer& whole) const;

    const RunFile m_run;
    const QString m_mode;
    ActionStore m_store;
    SpanObserver m_spans;
    TrafficObserver m_traffic;
    GatewayCaller m_caller;
    bool m_stopping = false;
};

}  // namespace nova::engine
