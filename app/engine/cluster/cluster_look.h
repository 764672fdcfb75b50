// One look at a cluster, as values: what Kafka itself knows. What could not be read says so per part, beside what
// could.
#pragma once

#include <QDateTime>
#include <QMap>
#include <QMetaType>
#include <QString>
#include <QVector>
#include <optional>

namespace nova::engine {

struct BrokerRow {
    int id = -1;
    QString host;  // "host:port"
    bool controller =
        false;          // as brokers answer it; with KRaft any live broker that passes requests on to the controller
    bool there = true;  // false: replicas are assigned to it and the cluster does not list it
    bool operator==(const BrokerRow&) const = default;
};

struct PartitionRow {
    int partition = 0, leader = -1;  // −1: none
    QVector<int> replicas, inSync;   // broker ids, the preferred leader first
    std::optional<qint64> end;       // high watermark
    std::optional<double> rate;      // offsets a second since the look before
    QString trouble;                 // the broker's own words
    [[nodiscard]] bool leaderless() const { return leader < 0; }
    [[nodiscard]] bool underReplicated() const { return inSync.size() < replicas.size(); }
    bool operator==(const PartitionRow&) const = default;
};

struct TopicRow {
    QString name, trouble;
    QVector<PartitionRow> partitions;  // by number
    std::optional<double> rate;        // the sum of its partitions'; none: no partition has one (yet)
    [[nodiscard]] int leaderless() const;
    [[nodiscard]] int underReplicated() const;
    bool operator==(const TopicRow&) const = default;
};

// What of a topic's configuration differs from Kafka's defaults, and always cleanup.policy, retention.ms and
// retention.bytes.
struct TopicConfig {
    QString topic, trouble;  // trouble: it could not be read; the broker's own words
    QMap<QString, QString> values;
};

struct ClusterLook {
    QDateTime at;                // UTC
    QVector<BrokerRow> brokers;  // by id
    QVector<TopicRow> topics;    // leaderless first, then under-replicated, then by name
    QMap<QString, int> groups;   // state → how many
    // Why that part is not (wholly) there; empty: it is.
    QString brokersTrouble, endsTrouble, groupsTrouble;
    [[nodiscard]] int partitions() const;
    [[nodiscard]] int leaderless() const;
    [[nodiscard]] int underReplicated() const;
};

}  // namespace nova::engine

Q_DECLARE_METATYPE(nova::engine::ClusterLook)
Q_DECLARE_METATYPE(nova::engine::TopicConfig)
