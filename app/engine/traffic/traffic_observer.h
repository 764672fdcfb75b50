// The live tail of chosen topics (on a Nova of one's own: all but otlp_spans and internal ones), by assignment, never
// by a committing group. A worker thread polls, decodes and fills the ring; the main thread hears one batch signal a
// tick (≤ 30 Hz). Thread: main, except where said.
#pragma once

#include <QMap>
#include <QObject>
#include <QString>
#include <functional>
#include <memory>

#include "app/engine/traffic/event_ring.h"
#include "app/engine/traffic/topic_tail.h"

namespace nova::engine {

struct TrafficBatch {
    quint64 first = 0, last = 0;    // sequences that came since the last batch: [first, last)
    quint64 held = 0, dropped = 0;  // rows in the ring now; lost since start
    qint64 ringBytes = 0;
    double heldSeconds = 0;    // span of time that the ring holds
    double perSecond = 0;      // all topics, over the last second
    double behindSeconds = 0;  // age of the newest record at the time of reading when the reader is behind; else 0
    bool waiting = false;      // for the byte budget, now
    QMap<QString, double> topicPerSecond;  // records/s per topic over the last second, 0 for silent ones
    QMap<QString, quint64> topicTotal;     // records seen since start
};

class TrafficObserver : public QObject {
    Q_OBJECT
public:
    explicit TrafficObserver(QObject* parent = nullptr);
    ~TrafficObserver() override;

    // Hears each event on the worker thread, before it is in the ring; must be quick. Set before start().
    void setSink(std::function<void(const Event&)> sink);
    // Stops a former one; what it put into the ring stays. Topics are looked up again each 2 s, with a byte budget each
    // 30 s. Without a choice of topics nothing is read.
    void start(const ReadSession& session, const TailChoice& choice);
    void start(const QString& bootstrap);  // all topics, from now
    // Other topics, or another place to start from: at once. Topics that were chosen before go on where they are.
    void choose(const TailChoice& choice);
    void stop();
    void clear();  // empties the ring; only while it is stopped
    bool isRunning() const;
    const EventRing& ring() const;
    QStringList topics() const;  // those assigned now, sorted

Q_SIGNALS:
    void batch(
        const nova::engine::TrafficBatch& batch);  // also once a second while nothing comes, so that rates fall to 0
    void topicsChanged(const QStringList& topics);
    void troubles(
        const QStringList& partitions);     // "nova.x 3: it has no leader"; when they change, empty when they have gone
    void disconnected(const QString& why);  // broker away; said once, with the client's own text
    void connected();

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::engine

Q_DECLARE_METATYPE(nova::engine::TrafficBatch)
