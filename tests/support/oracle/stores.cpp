#include "tests/support/oracle/stores.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QSet>
#include <QUrl>

#include "contract/topics.h"
#include "kit/consume/decode.h"
#include "nova/events/v1/events.pb.h"
#include "tests/support/oracle/world_reader.h"

using namespace Qt::StringLiterals;

namespace nova::test {
namespace {

constexpr int timeoutMs = 5'000;

kit::kafka::Handle consumer(const std::string& bootstrap, const std::string& group) {
    auto settings = kit::kafka::commonSettings(bootstrap, "test-oracle");
    settings["group.id"] = group;
    settings["enable.auto.commit"] = "false";
    settings["enable.partition.eof"] = "true";
    auto made = kit::kafka::makeHandle(RD_KAFKA_CONSUMER, settings);
    return made ? std::move(made.value()) : nullptr;
}

template <typename Event>
void whoOf(const std::string& value, EventRecord& record, bool like) {
    Event event;
    if (!event.ParseFromString(value)) return;
    if constexpr (requires { event.user_id(); event.author_id(); }) {
        if (like) record.actor = event.user_id(), record.recipient = event.author_id();
    } else if constexpr (requires { event.follower_id(); }) {
        record.actor = event.follower_id();
        record.recipient = event.followee_id();
    }
}

EventRecord recordOf(const rd_kafka_message_t* message) {
    const auto record = kit::consume::decode(message);
    EventRecord e{record.topic, record.partition, record.offset, record.key, record.eventId, record.type,
                  record.dataSchema, record.subject, record.version.value_or(0), record.replayed, {}, {},
                  std::string(kit::kafka::header(record.headers, contract::header::dlqError))};
    if (e.type == "PostLiked") whoOf<events::v1::PostLiked>(record.value, e, true);
    if (e.type == "UserFollowed") whoOf<events::v1::UserFollowed>(record.value, e, false);
    return e;
}

}  // namespace

std::string brokerOf(const LiveNova& nova) {
    return nova.run().value(u"kafka").toString().toStdString();
}

std::unique_ptr<kit::RedisClient> redisOf(const LiveNova& nova) {
    const QUrl url(nova.run().value(u"redis").toString());
    return std::make_unique<kit::RedisClient>(url.host().toStdString(), url.port());
}

std::map<TopicPartition, std::int64_t> endOffsets(rd_kafka_t* handle, const std::vector<std::string>& topics) {
    std::map<TopicPartition, std::int64_t> ends;
    for (const auto& topic : topics) {
        for (int partition = 0; partition < contract::topic::partitions; ++partition) {
            std::int64_t low = 0, high = 0;
            if (rd_kafka_query_watermark_offsets(handle, topic.c_str(), partition, &low, &high, timeoutMs) == 0)
                ends[{topic, partition}] = high;
        }
    }
    return ends;
}

std::vector<EventRecord> readLog(const std::string& bootstrap, const std::vector<std::string>& topics) {
    std::vector<EventRecord> records;
    const auto handle = consumer(bootstrap, "test-oracle");
    if (!handle) return records;
    rd_kafka_poll_set_consumer(handle.get());
    const auto ends = endOffsets(handle.get(), topics);
    const kit::kafka::PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(ends.size())));
    std::size_t open = 0;
    for (const auto& [position, end] : ends) {
        if (end == 0) continue;
        rd_kafka_topic_partition_list_add(list.get(), position.first.c_str(), position.second)->offset = RD_KAFKA_OFFSET_BEGINNING;
        ++open;
    }
    rd_kafka_assign(handle.get(), list.get());
    for (int idle = 0; open > 0 && idle < 100;) {
        const kit::kafka::Message message(rd_kafka_consumer_poll(handle.get(), 100));
        if (!message) {
            ++idle;
        } else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            --open;
        } else if (!message->err) {
            records.push_back(recordOf(message.get()));
            idle = 0;
        }
    }
    rd_kafka_consumer_close(handle.get());
    std::ranges::sort(records, [](const auto& a, const auto& b) {
        return std::tie(a.topic, a.partition, a.offset) < std::tie(b.topic, b.partition, b.offset);
    });
    return records;
}

std::map<std::string, std::vector<std::string>> groupsOf(const LiveNova& nova) {
    QFile file(QStringLiteral(NOVA_SOURCE_DIR "/resources/catalogue.json"));
    if (!file.open(QIODevice::ReadOnly)) return {};
    QSet<QString> running;
    for (const auto& process : nova.run().value(u"processes").toArray()) running << process.toObject().value(u"name").toString();
    std::map<std::string, std::vector<std::string>> groups;
    for (const auto& value : QJsonDocument::fromJson(file.readAll()).object().value(u"parts").toArray()) {
        const auto part = value.toObject();
        const auto name = part.value(u"name").toString();
        if (!running.contains(name)) continue;
        for (const auto& topic : part.value(u"consumes").toArray()) groups[name.toStdString()].push_back(topic.toString().toStdString());
    }
    return groups;
}

std::string lagging(const LiveNova& nova) {
    for (const auto& [group, topics] : groupsOf(nova)) {
        const auto handle = consumer(brokerOf(nova), group);
        if (!handle) return "no Kafka client";
        const auto ends = endOffsets(handle.get(), topics);
        if (ends.size() != topics.size() * contract::topic::partitions) return "the broker does not answer";
        const kit::kafka::PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(ends.size())));
        for (const auto& [position, end] : ends) rd_kafka_topic_partition_list_add(list.get(), position.first.c_str(), position.second);
        if (rd_kafka_committed(handle.get(), list.get(), timeoutMs)) return "no committed offsets of " + group;
        for (int i = 0; i < list->cnt; ++i) {
            const auto& at = list->elems[i];
            const auto lag = ends.at({at.topic, at.partition}) - std::max<std::int64_t>(0, at.offset);
            if (lag > 0) return group + " lags " + std::to_string(lag) + " behind " + at.topic + "/" + std::to_string(at.partition);
        }
    }
    return {};
}

std::string resetOffsets(const LiveNova& nova, const std::string& group, const std::vector<std::string>& topics, std::int64_t to) {
    const auto handle = consumer(brokerOf(nova), "test-oracle-admin");
    kit::kafka::PartitionList list(rd_kafka_topic_partition_list_new(0));
    for (const auto& topic : topics)
        for (int p = 0; p < contract::topic::partitions; ++p)
            rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), p)->offset = to;
    rd_kafka_AlterConsumerGroupOffsets_t* change = rd_kafka_AlterConsumerGroupOffsets_new(group.c_str(), list.get());
    const kit::kafka::Queue queue(rd_kafka_queue_new(handle.get()));
    const kit::kafka::AdminOptions options(rd_kafka_AdminOptions_new(handle.get(), RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS));
    rd_kafka_AlterConsumerGroupOffsets(handle.get(), &change, 1, options.get(), queue.get());
    const kit::kafka::Event event(rd_kafka_queue_poll(queue.get(), timeoutMs * 2));
    rd_kafka_AlterConsumerGroupOffsets_destroy(change);
    if (!event) return "no answer";
    if (rd_kafka_event_error(event.get())) return rd_kafka_event_error_string(event.get());
    std::size_t count = 0;
    const auto* const result = rd_kafka_event_AlterConsumerGroupOffsets_result(event.get());
    const auto* const* const groups = rd_kafka_AlterConsumerGroupOffsets_result_groups(result, &count);
    for (std::size_t i = 0; i < count; ++i) {
        if (const auto* const error = rd_kafka_group_result_error(groups[i])) return rd_kafka_error_string(error);
        const auto* const partitions = rd_kafka_group_result_partitions(groups[i]);
        for (int p = 0; p < partitions->cnt; ++p)
            if (partitions->elems[p].err) return rd_kafka_err2str(partitions->elems[p].err);
    }
    return {};
}

}  // namespace nova::test
