// Collects spans and events into actions. Bound: the latest 5,000 traces, 2,000 spans each (more are counted in a note); older traces leave. Spans may
// come late, twice or never. Thread: main; feed() calls may come from any thread and are taken over in batches (≤ 30 Hz).
#pragma once

#include <QObject>
#include <QStringList>
#include <memory>
#include <vector>

#include "app/engine/actions/action.h"
#include "app/engine/actions/span.h"
#include "app/engine/traffic/event.h"

namespace nova::engine {

class ActionStore : public QObject {
    Q_OBJECT
public:
    explicit ActionStore(QObject* parent = nullptr);
    ~ActionStore() override;

    void feedSpans(std::vector<SpanRecord>&& spans);   // any thread
    void feedEvent(const Event& event);                // any thread; those without a trace id are ignored
    void flush();                                      // takes over what was fed, now; main thread

    std::optional<Action> action(const QString& traceId) const;
    // Newest first; only traces that are user actions (a root with an action name, or an event whose root is missing).
    QVector<Action> latest(int count) const;
    QStringList traceIds() const;                      // newest first
    quint64 forgotten() const;                         // traces that left by the bound
    void setSources(const QVector<Source>& sources);

Q_SIGNALS:
    void changed(const QStringList& traceIds);         // one signal a tick

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::engine
