#include "tests/support/oracle/stores.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QRegularExpression>
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
    if constexpr (requires {
                      event.user_id();
                      event.author_id();
                  }) {
        if (like) record.actor = event.user_id(), record.recipient = event.author_id();
    } else if constexpr (requires { event.follower_id(); }) {
        record.actor = event.follower_id();
        record.recipient = event.followee_id();
    }
}

EventRecord recordOf(const rd_kafka_message_t* message) {
    const auto record = kit::consume::decode(message);
    EventRecord e{record.topic,
                  record.partition,
                  record.offset,
                  record.key,
                  record.eventId,
                  record.type,
                  record.dataSchema,
                  record.subject,
                  record.version.value_or(0),
                  record.replayed,
                  {},
                  {},
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
        rd_kafka_topic_partition_list_add(list.get(), position.first.c_str(), position.second)->offset =
            RD_KAFKA_OFFSET_BEGINNING;
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
    for (const auto& process : nova.run().value(u"processes").toArray())
        running << process.toObject().value(u"name").toString();
    std::map<std::string, std::vector<std::string>> groups;
    for (const auto& value : QJsonDocument::fromJson(file.readAll()).object().value(u"parts").toArray()) {
        const auto part = value.toObject();
        const auto name = part.value(u"name").toString();
        if (!running.contains(name)) continue;
        for (const auto& topic : part.value(u"consumes").toArray())
            groups[name.toStdString()].push_back(topic.toString().toStdString());
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
        for (const auto& [position, end] : ends)
            rd_kafka_topic_partition_list_add(list.get(), position.first.c_str(), position.second);
        if (rd_kafka_committed(handle.get(), list.get(), timeoutMs)) return "no committed offsets of " + group;
        for (int i = 0; i < list->cnt; ++i) {
            const auto& at = list->elems[i];
            const auto lag = ends.at({at.topic, at.partition}) - std::max<std::int64_t>(0, at.offset);
            if (lag > 0)
                return group + " lags " + std::to_string(lag) + " behind " + at.topic + "/" +
                       std::to_string(at.partition);
        }
    }
    return {};
}

namespace {

std::string setOffsets(rd_kafka_t* handle, const std::string& group,
                       const std::map<TopicPartition, std::int64_t>& offsets) {
    if (offsets.empty()) return "the broker does not answer";
    const kit::kafka::PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
    for (const auto& [position, to] : offsets)
        rd_kafka_topic_partition_list_add(list.get(), position.first.c_str(), position.second)->offset = to;
    rd_kafka_AlterConsumerGroupOffsets_t* change = rd_kafka_AlterConsumerGroupOffsets_new(group.c_str(), list.get());
    const kit::kafka::Queue queue(rd_kafka_queue_new(handle));
    const kit::kafka::AdminOptions options(
        rd_kafka_AdminOptions_new(handle, RD_KAFKA_ADMIN_OP_ALTERCONSUMERGROUPOFFSETS));
    rd_kafka_AlterConsumerGroupOffsets(handle, &change, 1, options.get(), queue.get());
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

}  // namespace

std::string resetOffsets(const LiveNova& nova, const std::string& group, const std::vector<std::string>& topics,
                         std::int64_t to) {
    std::map<TopicPartition, std::int64_t> offsets;
    for (const auto& topic : topics)
        for (int p = 0; p < contract::topic::partitions; ++p) offsets[{topic, p}] = to;
    return setOffsets(consumer(brokerOf(nova), "test-oracle-admin").get(), group, offsets);
}

std::string skipToEnd(const LiveNova& nova, const std::string& group, const std::vector<std::string>& topics) {
    const auto handle = consumer(brokerOf(nova), "test-oracle-admin");
    return setOffsets(handle.get(), group, endOffsets(handle.get(), topics));
}

std::string forgetGroup(const LiveNova& nova, const std::string& group) {
    const auto handle = consumer(brokerOf(nova), "test-oracle-admin");
    rd_kafka_DeleteGroup_t* gone = rd_kafka_DeleteGroup_new(group.c_str());
    const kit::kafka::Queue queue(rd_kafka_queue_new(handle.get()));
    rd_kafka_DeleteGroups(handle.get(), &gone, 1, nullptr, queue.get());
    rd_kafka_DeleteGroup_destroy(gone);
    const kit::kafka::Event event(rd_kafka_queue_poll(queue.get(), timeoutMs * 2));
    if (!event) return "no answer";
    if (rd_kafka_event_error(event.get())) return rd_kafka_event_error_string(event.get());
    std::size_t count = 0;
    const auto* const* const groups =
        rd_kafka_DeleteGroups_result_groups(rd_kafka_event_DeleteGroups_result(event.get()), &count);
    const auto* const error = count == 1 ? rd_kafka_group_result_error(groups[0]) : nullptr;
    if (!error || rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND) return {};
    return rd_kafka_error_string(error);
}

void asService(const LiveNova& nova, const std::string& service, const std::string& statement) {
    QFile file(nova.dataDir() + QStringLiteral("/run/%1-0.toml").arg(QString::fromStdString(service)));
    if (!file.open(QIODevice::ReadOnly)) qFatal("no configuration of %s", service.c_str());
    const auto text = QString::fromUtf8(file.readAll());
    const auto value = [&](const char* name) {
        const QRegularExpression line(QStringLiteral("^%1 *= *\"(.*)\"$").arg(QLatin1String(name)),
                                      QRegularExpression::MultilineOption);
        return line.match(text).captured(1).toStdString();
    };
    pqxx::connection connection(value("postgres_uri"));
    pqxx::work work(connection);
    work.exec("SET search_path TO " + work.quote_name(value("postgres_schema")));
    work.exec(statement);
    work.commit();
}

}  // namespace nova::test
