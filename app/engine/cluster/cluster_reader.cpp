#include "app/engine/cluster/cluster_reader.h"

#include <algorithm>
#include <array>
#include <memory>
#include <set>
#include <tuple>

namespace nova::engine {
namespace {

using kit::kafka::AdminOptions;
using kit::kafka::Deleter;
using kit::kafka::Event;
using kit::kafka::PartitionList;
using kit::kafka::Queue;
using Resource = std::unique_ptr<rd_kafka_ConfigResource_t, Deleter<rd_kafka_ConfigResource_destroy>>;
constexpr std::size_t endsPerCall = 1'000;  // its client searches each answer's list from the front
constexpr qsizetype configsPerCall = 50;

QVector<int> idsOf(const int32_t* ids, int count) {
    return {ids, ids + count};
}

PartitionRow rowOf(const rd_kafka_metadata_partition& from) {
    PartitionRow row{from.id, from.leader, idsOf(from.replicas, from.replica_cnt), idsOf(from.isrs, from.isr_cnt), {},
                     {},      {}};
    if (from.err != RD_KAFKA_RESP_ERR_NO_ERROR) row.trouble = QString::fromUtf8(rd_kafka_err2str(from.err));
    return row;
}

TopicRow rowOf(const rd_kafka_metadata_topic& from) {
    TopicRow row;
    row.name = QString::fromUtf8(from.topic);
    if (from.err != RD_KAFKA_RESP_ERR_NO_ERROR) row.trouble = QString::fromUtf8(rd_kafka_err2str(from.err));
    for (int p = 0; p < from.partition_cnt; ++p) row.partitions.append(rowOf(from.partitions[p]));
    std::sort(row.partitions.begin(), row.partitions.end(),
              [](const auto& a, const auto& b) { return a.partition < b.partition; });
    return row;
}

// Those that replicas name and the cluster does not list are down.
QVector<BrokerRow> brokersOf(const struct rd_kafka_metadata& metadata, const QVector<TopicRow>& topics,
                             int controller) {
    std::map<int, BrokerRow> rows;
    for (int i = 0; i < metadata.broker_cnt; ++i) {
        const auto& broker = metadata.brokers[i];
        rows[broker.id] = {broker.id, QStringLiteral("%1:%2").arg(QString::fromUtf8(broker.host)).arg(broker.port),
                           broker.id == controller, true};
    }
    for (const auto& topic : topics) {
        for (const auto& partition : topic.partitions) {
            for (const int id : partition.replicas) rows.try_emplace(id, BrokerRow{id, {}, false, false});
        }
    }
    QVector<BrokerRow> list;
    for (const auto& [id, row] : rows) list.append(row);
    return list;
}

bool isKept(const rd_kafka_ConfigEntry_t* entry, const QString& name) {
    static const QStringList always{QStringLiteral("cleanup.policy"), QStringLiteral("retention.ms"),
                                    QStringLiteral("retention.bytes")};
    return always.contains(name) || rd_kafka_ConfigEntry_source(entry) != RD_KAFKA_CONFIG_SOURCE_DEFAULT_CONFIG;
}

TopicConfig configOf(const rd_kafka_ConfigResource_t* from) {
    TopicConfig config;
    config.topic = QString::fromUtf8(rd_kafka_ConfigResource_name(from));
    if (const auto error = rd_kafka_ConfigResource_error(from)) {
        const char* text = rd_kafka_ConfigResource_error_string(from);
        config.trouble = QString::fromUtf8(text ? text : rd_kafka_err2str(error));
        return config;
    }
    std::size_t count = 0;
    const auto** entries = rd_kafka_ConfigResource_configs(from, &count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto name = QString::fromUtf8(rd_kafka_ConfigEntry_name(entries[i]));
        const char* value = rd_kafka_ConfigEntry_value(entries[i]);
        if (value && isKept(entries[i], name)) config.values.insert(name, QString::fromUtf8(value));
    }
    return config;
}

}  // namespace

kit::Result<ClusterReader> ClusterReader::make(const ReadSession& session) {
    BOOST_OUTCOME_TRY(auto handle, session.observer("cluster"));
    BOOST_OUTCOME_TRY(auto groups, GroupReader::make(session));
    return ClusterReader(session, std::move(handle), std::move(groups));
}

kit::Result<ClusterLook> ClusterReader::look(int timeoutMs) {
    // What was said of lost connections meanwhile; nothing is assigned, so that no record is among it.
    while (kit::kafka::Message message{rd_kafka_consumer_poll(m_handle.get(), 0)}) {
    }
    BOOST_OUTCOME_TRY(const auto metadata, m_session.metadata(m_handle.get(), timeoutMs));
    ClusterLook look;
    look.at = QDateTime::currentDateTimeUtc();
    for (int i = 0; i < metadata->topic_cnt; ++i) look.topics.append(rowOf(metadata->topics[i]));
    look.brokers = brokersOf(*metadata, look.topics, rd_kafka_controllerid(m_handle.get(), timeoutMs));
    QStringList away;
    for (const auto& broker : std::as_const(look.brokers))
        if (!broker.there) away << QString::number(broker.id);
    if (!away.isEmpty())
        look.brokersTrouble =
            QStringLiteral("not listed, though replicas are assigned to them: %1").arg(away.join(QStringLiteral(", ")));
    readEnds(look, timeoutMs);
    readGroups(look, timeoutMs);
    std::stable_sort(look.topics.begin(), look.topics.end(), [](const TopicRow& a, const TopicRow& b) {
        return std::tuple(-a.leaderless(), -a.underReplicated(), a.name) <
               std::tuple(-b.leaderless(), -b.underReplicated(), b.name);
    });
    return look;
}

// By leader, so that one that does not answer hides its own partitions alone.
void ClusterReader::readEnds(ClusterLook& look, int timeoutMs) {
    std::map<int, std::vector<Asked>> byLeader;
    std::set<PartitionKey> there;
    for (auto& topic : look.topics) {
        const auto name = topic.name.toStdString();
        for (auto& partition : topic.partitions) {
            there.insert({name, partition.partition});
            if (!partition.leaderless())
                byLeader[partition.leader].emplace_back(PartitionKey{name, partition.partition}, &partition);
        }
    }
    std::erase_if(m_before, [&](const auto& one) { return !there.contains(one.first); });
    for (const auto& [leader, asked] : byLeader) {
        bool answers = true;
        for (std::size_t at = 0; answers && at < asked.size(); at += endsPerCall) {
            const auto count = std::min(endsPerCall, asked.size() - at);
            answers = askLeader(std::span(asked).subspan(at, count), timeoutMs, look);
        }
    }
    for (auto& topic : look.topics) {
        for (const auto& partition : std::as_const(topic.partitions))
            if (partition.rate) topic.rate = topic.rate.value_or(0) + *partition.rate;
    }
}

bool ClusterReader::askLeader(std::span<const Asked> asked, int timeoutMs, ClusterLook& look) {
    const PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(asked.size())));
    std::map<PartitionKey, PartitionRow*> rows;
    for (const auto& [key, row] : asked) {
        rd_kafka_topic_partition_list_add(list.get(), key.first.c_str(), key.second)->offset = RD_KAFKA_OFFSET_END;
        rows[key] = row;
    }
    const auto error = rd_kafka_offsets_for_times(m_handle.get(), list.get(), timeoutMs);
    for (int i = 0; i < list->cnt; ++i) {
        const auto& entry = list->elems[i];
        const PartitionKey key{entry.topic, entry.partition};
        const auto fault = error ? error : entry.err;
        if (fault) {
            rows[key]->trouble = QString::fromStdString(ReadSession::why(m_handle.get(), fault));
        } else if (entry.offset >= 0) {
            rows[key]->end = entry.offset;
            measure(key, *rows[key]);
        }
    }
    if (error && look.endsTrouble.isEmpty()) {
        look.endsTrouble = QStringLiteral("broker %1: %2")
                               .arg(asked.front().second->leader)
                               .arg(QString::fromStdString(ReadSession::why(m_handle.get(), error)));
    }
    return error == RD_KAFKA_RESP_ERR_NO_ERROR;
}

// An end that went back was truncated or made anew: no rate.
void ClusterReader::measure(const PartitionKey& key, PartitionRow& row) {
    const auto now = Clock::now();
    const auto before = m_before.find(key);
    if (before != m_before.end() && *row.end >= before->second.end) {
        const std::chrono::duration<double> since = now - before->second.at;
        if (since.count() > 0) row.rate = static_cast<double>(*row.end - before->second.end) / since.count();
    }
    m_before[key] = {*row.end, now};
}

void ClusterReader::readGroups(ClusterLook& look, int timeoutMs) {
    const auto listed = m_groups.list(timeoutMs);
    if (!listed) {
        look.groupsTrouble = QString::fromStdString(listed.error().what);
        return;
    }
    for (const auto& group : listed.value().groups) ++look.groups[group.state];
    look.groupsTrouble = listed.value().missing;
}

void ClusterReader::configs(const QStringList& topics, int timeoutMs,
                            const std::function<void(TopicConfig)>& each) const {
    const Queue queue(rd_kafka_queue_new(m_handle.get()));
    for (qsizetype at = 0; at < topics.size(); at += configsPerCall) {
        const auto some = topics.mid(at, configsPerCall);
        std::vector<Resource> resources;
        std::vector<rd_kafka_ConfigResource_t*> raw;
        for (const auto& topic : some) {
            resources.emplace_back(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.toUtf8().constData()));
            raw.push_back(resources.back().get());
        }
        const AdminOptions options(rd_kafka_AdminOptions_new(m_handle.get(), RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS));
        std::array<char, 512> text{};
        rd_kafka_AdminOptions_set_request_timeout(options.get(), timeoutMs, text.data(), text.size());
        rd_kafka_DescribeConfigs(m_handle.get(), raw.data(), raw.size(), options.get(), queue.get());
        const Event event(rd_kafka_queue_poll(queue.get(), timeoutMs + 1'000));
        const auto error = event ? rd_kafka_event_error(event.get()) : RD_KAFKA_RESP_ERR__TIMED_OUT;
        if (error) {
            const auto why = QString::fromStdString(ReadSession::why(m_handle.get(), error));
            for (const auto& topic : topics.mid(at)) each({topic, why, {}});
            return;
        }
        std::size_t count = 0;
        const auto** answers =
            rd_kafka_DescribeConfigs_result_resources(rd_kafka_event_DescribeConfigs_result(event.get()), &count);
        for (std::size_t i = 0; i < count; ++i) each(configOf(answers[i]));
    }
}

}  // namespace nova::engine
