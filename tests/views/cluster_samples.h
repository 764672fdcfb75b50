// A cluster of three brokers, as one look at it tells.
#pragma once

#include "app/engine/cluster/cluster_look.h"
#include "app/engine/cluster/target.h"
#include "app/engine/lag/lag_types.h"
#include "widgets/theme/clock.h"

namespace nova::test {

inline engine::TopicRow topicOf(const QString& name, int partitions, double rate) {
    engine::TopicRow topic;
    topic.name = name;
    topic.rate = rate;
    for (int i = 0; i < partitions; ++i) {
        engine::PartitionRow row;
        row.partition = i;
        row.leader = 1 + i % 3;
        row.replicas = {1 + i % 3, 1 + (i + 1) % 3, 1 + (i + 2) % 3};
        row.inSync = row.replicas;
        row.end = 51'880 + i * 113;
        row.rate = rate / partitions;
        topic.partitions.append(row);
    }
    return topic;
}

// Broker 3 is down: one topic has lost a leader, another is short of replicas.
inline engine::ClusterLook sampleLook(bool nova = true) {
    using namespace Qt::StringLiterals;
    engine::ClusterLook look;
    look.at = theme::now();
    look.brokers = {{1, u"kafka-1.staging.example:9093"_s, true, true},
                    {2, u"kafka-2.staging.example:9093"_s, false, true},
                    {3, QString(), false, false}};
    auto leaderless = topicOf(u"orders.returns"_s, 3, 0);
    leaderless.partitions[2].leader = -1;
    leaderless.partitions[2].inSync = {};
    leaderless.partitions[2].end.reset();
    leaderless.partitions[2].rate.reset();
    leaderless.partitions[2].trouble = u"Broker: Leader not available"_s;
    auto weak = topicOf(u"orders"_s, 12, 2'310);
    for (auto& partition : weak.partitions) partition.inSync.removeAll(3);
    look.topics = {leaderless, weak};
    if (nova) {
        for (const auto& name : {u"nova.content.events"_s, u"nova.identity.events"_s, u"nova.message.events"_s,
                                 u"nova.social.events"_s, u"otlp_spans"_s})
            look.topics.append(topicOf(name, 6, name.size() * 61.5));
    }
    for (int i = 0; i < 24; ++i)
        look.topics.append(topicOf(u"inventory.shard-%1"_s.arg(i, 2, 10, QChar(u'0')), 6, i * 3.3));
    look.groups = {{u"Stable"_s, 12}, {u"Empty"_s, 3}, {u"PreparingRebalance"_s, 1}};
    return look;
}

inline QVector<engine::GroupState> sampleGroups() {
    using namespace Qt::StringLiterals;
    QVector<engine::GroupState> groups;
    const auto add = [&](const QString& name, const QString& state, int members, qint64 lag, engine::LagStatus worst) {
        engine::GroupState group;
        group.listing = {name, state, u"consumer"_s};
        group.description.group = name;
        group.description.state = state;
        group.description.membersKnown = members >= 0;
        for (int i = 0; i < members; ++i)
            group.description.members.append({u"m-%1"_s.arg(i), u"rdkafka"_s, u"/10.0.0.7"_s, {}});
        group.lag = lag;
        group.worst = worst;
        groups.append(group);
    };
    add(u"feed-service"_s, u"Stable"_s, 3, 6'002, engine::LagStatus::warn);
    add(u"notification-service"_s, u"Stable"_s, 1, 21, engine::LagStatus::ok);
    add(u"order-mailer"_s, u"Empty"_s, 0, 18'204, engine::LagStatus::stop);
    add(u"billing"_s, u"PreparingRebalance"_s, 4, 9, engine::LagStatus::ok);
    add(u"next-generation"_s, u"Unknown"_s, -1, 4, engine::LagStatus::unknown);
    return groups;
}

inline engine::Profile sampleProfile(const QString& environment, bool readOnly = true) {
    using namespace Qt::StringLiterals;
    engine::Profile profile;
    profile.name = u"nova-"_s + environment;
    profile.file = u"/home/ada/.config/nova-console/profiles/nova-%1.toml"_s.arg(environment);
    profile.environment = environment;
    profile.readOnly = readOnly;
    profile.kafka = {{"bootstrap.servers", "127.0.0.1:1"}};
    profile.services = {{u"graphql"_s, u"http://127.0.0.1:1/graphql"_s}};
    return profile;
}

}  // namespace nova::test
