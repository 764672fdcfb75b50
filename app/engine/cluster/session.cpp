#include "app/engine/cluster/session.h"

#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>
#include <thread>

#include "app/engine/cluster/watched_handle.h"

namespace nova::engine {
namespace {

constexpr int firstSliceMs = 1'000;

// What a client fetches ahead of its reader no wait() holds back: a fraction of a second's worth.
void boundFetches(kit::kafka::Settings& settings, std::int64_t bytesPerSecond) {
    const auto most = std::clamp<std::int64_t>(bytesPerSecond / 4, 1 << 20, 50 << 20);
    settings["fetch.max.bytes"] = std::to_string(most);
    settings["queued.max.messages.kbytes"] = std::to_string(most >> 10);
}

kit::kafka::PartitionList listOf(const std::vector<std::pair<std::string, int>>& counts, std::int64_t offset) {
    kit::kafka::PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(counts.size()) * 8));
    for (const auto& [topic, partitions] : counts) {
        for (int p = 0; p < partitions; ++p)
            rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), p)->offset = offset;
    }
    return list;
}

// One ListOffsets round for all: the time, or −1 for the end and −2 for the start.
kit::Result<std::map<std::pair<std::string, int>, std::int64_t>> ask(
    rd_kafka_t* handle, const std::vector<std::pair<std::string, int>>& counts, std::int64_t time, int timeoutMs) {
    auto list = listOf(counts, time);
    const auto error = rd_kafka_offsets_for_times(handle, list.get(), timeoutMs);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
        return kit::transient("Kafka did not tell the offsets: " + ReadSession::why(handle, error));
    std::map<std::pair<std::string, int>, std::int64_t> offsets;
    for (int i = 0; i < list->cnt; ++i) {
        const auto& entry = list->elems[i];
        if (entry.err == RD_KAFKA_RESP_ERR_NO_ERROR) offsets[{entry.topic, entry.partition}] = entry.offset;
    }
    return offsets;
}

}  // namespace

kit::Result<RunFile> RunFile::read(const QString& path) {
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly)) {
        return kit::Error{kit::ErrorKind::notFound,
                          "no Nova is running there: " + path.toStdString() + " cannot be read",
                          "start one with `nova-console up`"};
    }
    QJsonParseError fault;
    const auto json = QJsonDocument::fromJson(file.readAll(), &fault).object();
    if (fault.error != QJsonParseError::NoError || json.value(u"version").toInt() != 1 ||
        json.value(u"kafka").toString().isEmpty()) {
        const auto why = fault.error != QJsonParseError::NoError
                             ? fault.errorString()
                             : QStringLiteral("version 1 and the address of Kafka are not in it");
        return kit::badInput(path.toStdString() + " is no run file: " + why.toStdString(),
                             "`nova-console up` writes one");
    }
    RunFile run;
    run.path = path;
    run.started = json.value(u"started").toString();
    run.kafka = json.value(u"kafka").toString();
    run.postgres = json.value(u"postgres").toString();
    run.redis = json.value(u"redis").toString();
    run.graphql = json.value(u"graphql").toString();
    run.upload = json.value(u"upload").toString();
    run.websocket = json.value(u"websocket").toString();
    for (const auto& value : json.value(u"processes").toArray()) {
        const auto process = value.toObject();
        run.processes.append({process.value(u"name").toString(), process.value(u"http").toString(),
                              process.value(u"replica").toInt(), process.value(u"pid").toInteger()});
    }
    return run;
}

kit::Result<kit::kafka::Handle> ReadSession::observer(const std::string& purpose,
                                                      const kit::kafka::Settings& extra) const {
    auto settings = kit::kafka::commonSettings(m_bootstrap, "console-" + purpose);
    // librdkafka wants a group.id for its consumer calls; nothing ever subscribes with it or commits to it.
    settings["group.id"] = "console-observer";
    settings["enable.auto.commit"] = "false";
    settings["enable.auto.offset.store"] = "false";
    settings["auto.offset.reset"] = "earliest";
    settings["isolation.level"] = "read_uncommitted";
    settings["reconnect.backoff.ms"] = m_budget ? "500" : "50";
    settings["reconnect.backoff.max.ms"] = m_budget ? "10000" : "1000";
    if (m_budget) settings["topic.metadata.refresh.interval.ms"] = "60000";
    for (const auto& [name, value] : m_access) settings[name] = value;
    for (const auto& [name, value] : extra) settings[name] = value;
    if (m_budget && m_budget->bytesPerSecond() > 0) boundFetches(settings, m_budget->bytesPerSecond());
    auto handle = makeWatched(settings, m_budget);
    if (handle) rd_kafka_poll_set_consumer(handle.value().get());
    return handle;
}

std::string ReadSession::why(rd_kafka_t* handle, rd_kafka_resp_err_t error) {
    const auto fault = faultOf(handle);
    const bool local = error == RD_KAFKA_RESP_ERR__TRANSPORT || error == RD_KAFKA_RESP_ERR__TIMED_OUT ||
                       error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || error == RD_KAFKA_RESP_ERR__WAIT_COORD;
    return local && !fault.text.empty() ? fault.text : rd_kafka_err2str(error);
}

// "Topic authorization failed", "SASL authentication error: Authentication failed", "Not authorized to …".
bool ReadSession::isRefusal(std::string_view text) {
    return text.find("uthoriz") != std::string_view::npos || text.find("uthentication") != std::string_view::npos;
}

bool ReadSession::pause() const {
    if (!m_budget) return false;
    const auto wait = m_budget->wait();
    if (wait.count() > 0) std::this_thread::sleep_for(std::min(wait, longestPause));
    return wait.count() > 0;
}

// A refusal is known long before the time is over: the first second is asked for by itself.
kit::Result<ReadSession::MetadataPtr> ReadSession::metadata(rd_kafka_t* handle, int timeoutMs) const {
    const struct rd_kafka_metadata* raw = nullptr;
    auto error = rd_kafka_metadata(handle, 1, nullptr, &raw, std::min(timeoutMs, firstSliceMs));
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR && timeoutMs > firstSliceMs && !faultOf(handle).refused)
        error = rd_kafka_metadata(handle, 1, nullptr, &raw, timeoutMs - firstSliceMs);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
        return kit::transient("Kafka at " + m_bootstrap + " does not answer: " + why(handle, error));
    return MetadataPtr(raw);
}

kit::Result<std::vector<std::pair<std::string, int>>> ReadSession::topics(rd_kafka_t* handle, int timeoutMs) const {
    BOOST_OUTCOME_TRY(const auto metadata, this->metadata(handle, timeoutMs));
    std::vector<std::pair<std::string, int>> topics;
    for (int i = 0; i < metadata->topic_cnt; ++i)
        topics.emplace_back(metadata->topics[i].topic, metadata->topics[i].partition_cnt);
    return topics;
}

kit::Result<std::map<std::pair<std::string, int>, Watermarks>> ReadSession::watermarks(
    rd_kafka_t* handle, const std::vector<std::pair<std::string, int>>& counts, int timeoutMs) const {
    BOOST_OUTCOME_TRY(const auto low, ask(handle, counts, RD_KAFKA_OFFSET_BEGINNING, timeoutMs));
    BOOST_OUTCOME_TRY(const auto high, ask(handle, counts, RD_KAFKA_OFFSET_END, timeoutMs));
    std::map<std::pair<std::string, int>, Watermarks> marks;
    for (const auto& [partition, start] : low) {
        if (const auto end = high.find(partition); end != high.end()) marks[partition] = {start, end->second};
    }
    return marks;
}

kit::Result<std::map<std::pair<std::string, int>, std::int64_t>> ReadSession::offsetsAt(
    rd_kafka_t* handle, const std::vector<std::pair<std::string, int>>& counts, std::int64_t timeMs,
    int timeoutMs) const {
    BOOST_OUTCOME_TRY(auto offsets, ask(handle, counts, timeMs, timeoutMs));
    BOOST_OUTCOME_TRY(const auto ends, ask(handle, counts, RD_KAFKA_OFFSET_END, timeoutMs));
    for (auto& [partition, offset] : offsets) {
        if (offset >= 0) continue;
        if (const auto end = ends.find(partition); end != ends.end()) offset = end->second;
    }
    return offsets;
}

}  // namespace nova::engine
