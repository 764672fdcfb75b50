// What the services of a local Nova say of themselves at /metrics, read each second and made into figures. Bounds: one
// earlier reading per replica is kept, for rates. Thread: one with an event loop; the asking is done on a thread of its
// own, one replica after the other, at most 0.5 s each.
#pragma once

#include <QHash>
#include <QMap>
#include <QObject>
#include <QString>
#include <QVector>
#include <memory>
#include <optional>

#include "app/engine/cluster/read_budget.h"

namespace nova::engine {

struct MetricsTarget {
    QString part;  // "feed-service"
    int replica = 0;
    QString http;  // "http://host:port"
    bool operator==(const MetricsTarget&) const = default;
};

// Of one replica. Rates are a second, between its last two readings; absent: not measured (yet), or not a thing of it.
struct ReplicaFigures {
    QString part;
    int replica = 0;
    std::optional<double> requestsPerSecond;  // answered at the gateway's doors
    std::optional<double> callsPerSecond;     // gRPC calls it handled
    std::optional<double> pushesPerSecond;    // frames sent to sockets
    QMap<QString, double> consumedPerSecond;  // topic → records with an outcome
    QMap<QString, qint64> lag;                // topic → records not handled yet
    std::optional<qint64> outbox;             // committed events the broker has not confirmed
    std::optional<double> outboxOldestSeconds;
    std::optional<int> partitions;  // assigned to it; 0: it idles beyond the partitions
    std::optional<int> sockets;     // open now
    bool operator==(const ReplicaFigures&) const = default;
};

// Prometheus text: `name{labels} value`, one sample a line; what is no such line is left out.
struct MetricsSample {
    QString name;
    QMap<QString, QString> labels;
    double value = 0;
};
QVector<MetricsSample> parseMetrics(const QByteArray& text);

struct MetricsPage {
    qint64 atUs = 0;  // of any clock that only goes forward
    QVector<MetricsSample> samples;
};
// `before` null: no rates. A counter that went back (a restart) has no rate.
ReplicaFigures figuresOf(const MetricsTarget& target, const MetricsPage& now, const MetricsPage* before);

class MetricsReader final : public QObject {
    Q_OBJECT
public:
    static constexpr int everyMs = 1'000;
    explicit MetricsReader(QObject* parent = nullptr);
    ~MetricsReader() override;
    // Those asked from now on; empty: nobody. Each page is paid for with the budget; while that is spent none is asked.
    void setTargets(const QVector<MetricsTarget>& targets, std::shared_ptr<ReadBudget> budget = {});

Q_SIGNALS:
    // Of all that answered, each round.
    void read(const QVector<nova::engine::ReplicaFigures>& figures);

private:
    struct Worker;
    std::unique_ptr<Worker> m_worker;
};

}  // namespace nova::engine
