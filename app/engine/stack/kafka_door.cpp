#include "app/engine/stack/kafka_door.h"

#include <QDeadlineTimer>
#include <QMutexLocker>
#include <QThread>
#include <algorithm>
#include <memory>
#include <set>

#include "kit/kafka/producer.h"

namespace nova::stack {
namespace {

using kit::kafka::Deleter;
using Metadata = std::unique_ptr<const rd_kafka_metadata_t, Deleter<rd_kafka_metadata_destroy>>;
constexpr int questionMs = 1'000, groupMs = 15'000, topicsMs = 15'000, againMs = 50, trainingRecords = 50;

QString text(rd_kafka_resp_err_t error) {
    return QString::fromUtf8(rd_kafka_err2str(error));
}

bool isOfAStart(rd_kafka_resp_err_t error) {
    return error == RD_KAFKA_RESP_ERR_NOT_COORDINATOR || error == RD_KAFKA_RESP_ERR_COORDINATOR_NOT_AVAILABLE ||
           error == RD_KAFKA_RESP_ERR_COORDINATOR_LOAD_IN_PROGRESS;
}

kit::kafka::Settings quiet(const std::string& bootstrap, const std::string& clientId) {
    auto settings = kit::kafka::commonSettings(bootstrap, clientId);
    settings["log_level"] = "0";  // the broker's absence is what this handle is there to notice
    settings["reconnect.backoff.ms"] = "5";
    settings["reconnect.backoff.max.ms"] = "50";
    return settings;
}

kit::kafka::Settings consumerSettings(const std::string& bootstrap, const std::string& group) {
    auto settings = quiet(bootstrap, "nova-supervisor");
    settings["group.id"] = group;
    settings["group.instance.id"] = group + "-0";  // static members, as the services' consumers are
    settings["auto.offset.reset"] = "earliest";
    settings["enable.auto.commit"] = "false";
    return settings;
}

bool produceSome(kit::kafka::Producer& producer, const std::string& topic) {
    std::vector<kit::kafka::OutRecord> records;
    for (int i = 0; i < trainingRecords; ++i)
        records.push_back({topic, std::to_string(i), std::string(200, 'x'), {{"traceparent", "00"}}, -1});
    const auto deliveries = producer.sendAll(records);
    return std::all_of(deliveries.begin(), deliveries.end(), [](const auto& delivery) { return delivery.ok; });
}

bool consumeSome(rd_kafka_t* consumer, const std::string& topic) {
    const kit::kafka::PartitionList topics(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(topics.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
    rd_kafka_subscribe(consumer, topics.get());
    int seen = 0;
    for (int quietPolls = 0; seen < trainingRecords && quietPolls < 50;) {
        const kit::kafka::Message message(rd_kafka_consumer_poll(consumer, 200));
        if (message && !message->err)
            ++seen;
        else
            ++quietPolls;
    }
    rd_kafka_commit(consumer, nullptr, 0);
    rd_kafka_consumer_close(consumer);
    return seen == trainingRecords;
}

}  // namespace

std::vector<kit::kafka::TopicSpec> topicSpecs(const Catalogue& catalogue) {
    std::vector<kit::kafka::TopicSpec> specs;
    for (const auto& topic : catalogue.topics()) {
        kit::kafka::TopicSpec spec{topic.name.toStdString(), topic.partitions, {}};
        for (auto it = topic.config.begin(); it != topic.config.end(); ++it)
            spec.config[it.key().toStdString()] = it.value().toStdString();
        specs.push_back(spec);
        if (!topic.deadLetters) continue;
        spec.name += ".dlq";
        specs.push_back(spec);
    }
    return specs;
}

KafkaDoor::KafkaDoor(int port, const Catalogue& catalogue)
    : m_port(port), m_bootstrap("127.0.0.1:" + std::to_string(port)), m_topics(topicSpecs(catalogue)) {}

bool KafkaDoor::connect(QString* fault) {
    if (m_handle) return true;
    auto made = kit::kafka::makeHandle(RD_KAFKA_PRODUCER, quiet(m_bootstrap, "nova-supervisor"));
    if (made)
        m_handle = std::move(made.value());
    else
        *fault = QString::fromStdString(made.error().what);
    return bool(m_handle);
}

QStringList KafkaDoor::missingTopics(const rd_kafka_metadata_t* metadata) const {
    std::set<std::string> seen;
    for (int i = 0; i < metadata->topic_cnt; ++i)
        if (!metadata->topics[i].err) seen.insert(metadata->topics[i].topic);
    QStringList missing;
    for (const auto& topic : m_topics)
        if (!seen.contains(topic.name)) missing << QString::fromStdString(topic.name);
    return missing;
}

ProbeAnswer KafkaDoor::ask() {
    const QMutexLocker lock(&m_mutex);
    QString fault;
    if (!somebodyListens(m_port)) return {false, {}, QStringLiteral("does not listen yet")};
    if (!connect(&fault)) return {false, {}, fault};
    const rd_kafka_metadata_t* raw = nullptr;
    const auto error = rd_kafka_metadata(m_handle.get(), m_topicsSeen ? 0 : 1, nullptr, &raw, questionMs);
    if (error) return {false, {}, text(error)};
    const Metadata metadata(raw);
    if (m_topicsSeen) return {true, {}, {}};
    const auto missing = missingTopics(metadata.get());
    if (missing.isEmpty()) {
        m_topicsSeen = true;
        return {true, {}, {}};
    }
    const auto made = kit::kafka::createTopics(m_bootstrap, m_topics, topicsMs);
    if (!made) return {false, {}, QString::fromStdString(made.error().what)};
    return {false, {}, QStringLiteral("topics are being made: %1").arg(missing.join(QLatin1String(", ")))};
}

QString KafkaDoor::touchGroups() {
    auto made = kit::kafka::makeHandle(RD_KAFKA_CONSUMER, consumerSettings(m_bootstrap, "nova-supervisor"));
    if (!made) return QString::fromStdString(made.error().what);
    const kit::kafka::PartitionList list(rd_kafka_topic_partition_list_new(1));
    rd_kafka_topic_partition_list_add(list.get(), m_topics.front().name.c_str(), 0);
    // A broker that has just started may know its coordinator and not yet be it: asked again until the time is over.
    const QDeadlineTimer deadline(groupMs);
    for (;;) {
        const auto error =
            rd_kafka_committed(made.value().get(), list.get(), static_cast<int>(deadline.remainingTime()));
        if (!error) return {};
        if (!isOfAStart(error) || deadline.remainingTime() < againMs) return text(error);
        QThread::msleep(againMs);
    }
}

QString KafkaDoor::exercise(const QString& topic) {
    const auto name = topic.toStdString();
    auto producer = kit::kafka::Producer::make(m_bootstrap, "nova-training", {{"log_level", "0"}});
    auto consumer = kit::kafka::makeHandle(RD_KAFKA_CONSUMER, consumerSettings(m_bootstrap, "nova-training"));
    if (!producer) return QString::fromStdString(producer.error().what);
    if (!consumer) return QString::fromStdString(consumer.error().what);
    if (!produceSome(producer.value(), name)) return QStringLiteral("the training records were not accepted");
    if (!consumeSome(consumer.value().get(), name)) return QStringLiteral("the training records did not come back");
    return {};
}

}  // namespace nova::stack
