// The live tail of all topics but otlp_spans and internal ones, by assignment, never by a committing group. A worker
// thread polls, decodes and fills the ring; the main thread hears one batch signal a tick (≤ 30 Hz). Thread: main,
// except where said.
#pragma once

#include <QMap>
#include <QObject>
#include <QString>
#include <functional>
#include <memory>

#include "app/engine/traffic/event_ring.h"

namespace nova::engine {

struct TrafficBatch {
    quint64 first = 0, last = 0;    // sequences that came since the last batch: [first, last)
    quint64 held = 0, dropped = 0;  // rows in the ring now; lost since start
    qint64 ringBytes = 0;
    double heldSeconds = 0;    // span of time that the ring holds
    double perSecond = 0;      // all topics, over the last second
    double behindSeconds = 0;  // age of the newest record at the time of reading when the reader is behind; else 0
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
    void start(const QString& bootstrap);  // stops a former one; topics are looked up and re-checked each 2 s
    void stop();
    bool isRunning() const;
    const EventRing& ring() const;
    QStringList topics() const;  // those assigned now, sorted

Q_SIGNALS:
    void batch(
        const nova::engine::TrafficBatch& batch);  // also once a second while nothing comes, so that rates fall to 0
    void topicsChanged(const QStringList& topics);
    void disconnected(const QString& why);  // broker away; said once, with the client's own text
    void connected();

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::engine

Q_DECLARE_METATYPE(nova::engine::TrafficBatch)
