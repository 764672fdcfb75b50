#include "app/engine/cluster/record_reader.h"

#include <QCoreApplication>
#include <algorithm>
#include <chrono>

#include "contract/topics.h"
#include "kit/runtime/ids.h"

namespace nova::engine {
namespace {

using Clock = std::chrono::steady_clock;

QString tr(const char* text) {
    return QCoreApplication::translate("nova::engine::RecordReader", text);
}

}  // namespace

kit::Result<RecordReader> RecordReader::make(const ReadSession& session) {
    // One record a partition is wanted; a small fetch keeps what comes along with it small.
    BOOST_OUTCOME_TRY(auto handle, session.observer("records", {{"enable.partition.eof", "true"},
                                                                {"fetch.wait.max.ms", "50"},
                                                                {"fetch.message.max.bytes", "16384"},
                                                                {"queued.min.messages", "1"},
                                                                {"queued.max.messages.kbytes", "1024"}}));
    return RecordReader(std::move(handle));
}

std::map<PartitionKey, RecordTime> RecordReader::timesAt(
    const std::map<PartitionKey, std::int64_t>& offsets, int timeoutMs,
    const std::function<void(const rd_kafka_message_t&)>& each) const {
    std::map<PartitionKey, RecordTime> answer;
    if (offsets.empty()) return answer;
    kit::kafka::PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(offsets.size())));
    for (const auto& [key, offset] : offsets)
        rd_kafka_topic_partition_list_add(list.get(), key.first.c_str(), key.second)->offset = offset;
    rd_kafka_assign(m_handle.get(), list.get());
    const auto until = Clock::now() + std::chrono::milliseconds(timeoutMs);
    while (answer.size() < offsets.size()) {
        const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(until - Clock::now()).count();
        if (left <= 0) break;
        const kit::kafka::Message message{
            rd_kafka_consumer_poll(m_handle.get(), static_cast<int>(std::min<qint64>(left, 50)))};
        if (!message || !message->rkt) continue;
        const PartitionKey key{rd_kafka_topic_name(message->rkt), message->partition};
        if (!offsets.contains(key) || answer.contains(key)) continue;
        if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) {
            answer[key] = timeOf(*message);
            if (each) each(*message);
        } else if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) {
            answer[key].reason = tr("no record is left, only the markers of transactions");
            answer[key].nothingThere = true;
        } else {
            answer[key].reason = QString::fromUtf8(rd_kafka_err2str(message->err));
        }
    }
    rd_kafka_assign(m_handle.get(), nullptr);
    for (const auto& [key, offset] : offsets)
        if (!answer.contains(key)) answer[key].reason = tr("the broker did not give the record in time");
    return answer;
}

RecordTime timeOf(const rd_kafka_message_t& message) {
    const auto headers = kit::kafka::headersOf(&message);
    if (const auto time = kit::parseRfc3339(kit::kafka::header(headers, contract::header::time)))
        return {time->time_since_epoch() / std::chrono::milliseconds{1}, true, {}, false};
    const auto stamp = rd_kafka_message_timestamp(&message, nullptr);
    if (stamp > 0) return {stamp, false, {}, false};
    return {std::nullopt, false, tr("the record bears no time"), true};
}

}  // namespace nova::engine
