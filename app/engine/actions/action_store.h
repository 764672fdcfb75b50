// Collects spans and events into actions. Bound: the latest 5,000 traces, 2,000 spans each (more are counted in a
// note); older traces leave. Spans may come late, twice or never. Thread: main; feed…() calls may come from any thread
// and are taken over in batches (≤ 30 Hz). Bound of what was fed and not yet taken over: 100,000 spans and events; more
// are dropped and counted.
#pragma once

#include <QObject>
#include <QStringList>
#include <functional>
#include <memory>
#include <vector>

#include "app/engine/actions/action.h"
#include "app/engine/actions/span.h"
#include "app/engine/actions/trace_parts.h"
#include "app/engine/traffic/event.h"

namespace nova::engine {

// A group whose outcome for an event is not known from spans.
struct OpenOutcome {
    QString traceId, eventId, group;
};

class ActionStore : public QObject {
    Q_OBJECT
public:
    // How long a trace is silent is told by the steady one; the wall's says only how old a part was as it came.
    struct Clocks {
        std::function<qint64()> wallMs, steadyMs;
        static Clocks ofTheComputer();
    };
    static constexpr int maxActions = 5'000;
    static constexpr std::size_t maxInbox = 100'000;

    // Subscriptions: those of the built-in catalogue.
    explicit ActionStore(QObject* parent = nullptr);
    ActionStore(Subscriptions subscriptions, int bound, QObject* parent = nullptr,
                Clocks clocks = Clocks::ofTheComputer());
    ~ActionStore() override;

    // `arrivedMs` (Unix ms): when the record was appended; 0: now.
    void feedSpans(std::vector<SpanRecord>&& spans, qint64 arrivedMs = 0);  // any thread
    void feedEvent(const Event& event);  // any thread; those without a sampled trace are ignored
    // What a group's idempotency key says of an event: done, leased or absent. Any thread.
    void feedKeyState(const OpenOutcome& of, const QString& state);
    void flush(qint64 nowMs = 0);  // takes over what was fed, now; main thread; 0: the clocks' now

    std::optional<Action> action(const QString& traceId) const;
    // Newest first; only traces that are user actions (a root with an action name, or an event whose root is missing).
    QVector<Action> latest(int count) const;    // 0: all
    QStringList traceIds() const;               // newest first
    QVector<OpenOutcome> openOutcomes() const;  // of actions silent for 2 s, newest first; at most 1,000
    quint64 forgotten() const;                  // traces that left by the bound
    quint64 dropped() const;                    // spans and events that found the inbox full
    void setSources(const QVector<Source>& sources);
    QVector<Source> sources() const;

Q_SIGNALS:
    void changed(const QStringList& traceIds);  // one signal a tick

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::engine
