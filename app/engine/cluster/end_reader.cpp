#include "app/engine/cluster/end_reader.h"

#include <algorithm>

namespace nova::engine {
namespace {

using Metadata = std::unique_ptr<const struct rd_kafka_metadata, kit::kafka::Deleter<rd_kafka_metadata_destroy>>;

}  // namespace

kit::Result<EndReader> EndReader::make(const ReadSession& session) {
    BOOST_OUTCOME_TRY(auto uncommitted, session.observer("lag-ends"));
    BOOST_OUTCOME_TRY(auto committed, session.observer("lag-lso", {{"isolation.level", "read_committed"}}));
    return EndReader(session, std::move(uncommitted), std::move(committed));
}

kit::Result<void> EndReader::refresh(int timeoutMs) {
    for (auto* handle : {m_uncommitted.get(), m_committed.get()})  // what was said of lost connections meanwhile
        while (kit::kafka::Message message{rd_kafka_consumer_poll(handle, 0)}) {
        }
    const struct rd_kafka_metadata* raw = nullptr;
    const auto error = rd_kafka_metadata(m_uncommitted.get(), 1, nullptr, &raw, timeoutMs);
    if (error)
        return kit::transient("Kafka at " + m_session.bootstrap() +
                              " does not answer: " + ReadSession::why(m_uncommitted.get(), error));
    const Metadata metadata(raw);
    m_topics.clear();
    m_leaders.clear();
    for (int i = 0; i < raw->topic_cnt; ++i) {
        const auto& topic = raw->topics[i];
        if (topic.err == RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART) continue;
        m_topics[topic.topic] = topic.partition_cnt;
        for (int p = 0; p < topic.partition_cnt; ++p)
            m_leaders[{topic.topic, topic.partitions[p].id}] = topic.partitions[p].leader;
    }
    return kit::outcome::success();
}

int EndReader::partitionsOf(const std::string& topic) const {
    const auto found = m_topics.find(topic);
    return found == m_topics.end() ? 0 : found->second;
}

bool EndReader::hasLeader(const PartitionKey& key) const {
    const auto found = m_leaders.find(key);
    return found != m_leaders.end() && found->second >= 0;
}

// A topic that is gone, or a leader that moved, fails its round as a whole: what failed is asked once more by fresh
// metadata.
std::map<PartitionKey, PartitionEnds> EndReader::read(const std::vector<PartitionKey>& which, bool starts,
                                                      int timeoutMs) {
    Answer answer;
    const auto failed = readOnce(which, starts, timeoutMs, answer);
    if (!failed.empty() && refresh(timeoutMs)) {
        for (const auto& key : failed) answer[key] = {};
        readOnce(failed, starts, timeoutMs, answer);
    }
    return answer;
}

std::vector<PartitionKey> EndReader::readOnce(const std::vector<PartitionKey>& which, bool starts, int timeoutMs,
                                              Answer& answer) {
    std::vector<PartitionKey> failed;
    std::map<int, std::vector<PartitionKey>> byLeader;
    for (const auto& key : which) {
        const auto leader = m_leaders.find(key);
        if (leader == m_leaders.end())
            answer[key].trouble = rd_kafka_err2str(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART);
        else if (leader->second < 0)
            answer[key].trouble = rd_kafka_err2str(RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE);
        else
            byLeader[leader->second].push_back(key);
    }
    for (const auto& [leader, keys] : byLeader) {
        bool answers = true;
        for (std::size_t at = 0; at < keys.size(); at += perCall) {
            const std::vector<PartitionKey> some(
                keys.begin() + static_cast<std::ptrdiff_t>(at),
                keys.begin() + static_cast<std::ptrdiff_t>(std::min(at + perCall, keys.size())));
            // The end before the last stable offset would make transactions look closed that were not.
            answers =
                answers && ask(m_committed.get(), some, RD_KAFKA_OFFSET_END, timeoutMs, &PartitionEnds::lso, answer);
            answers =
                answers && ask(m_uncommitted.get(), some, RD_KAFKA_OFFSET_END, timeoutMs, &PartitionEnds::end, answer);
            if (starts)
                answers = answers && ask(m_uncommitted.get(), some, RD_KAFKA_OFFSET_BEGINNING, timeoutMs,
                                         &PartitionEnds::start, answer);
            if (answers) continue;
            failed.insert(failed.end(), some.begin(), some.end());
            for (const auto& key : some)
                if (auto& ends = answer[key]; ends.trouble.empty())
                    ends.trouble = "broker " + std::to_string(leader) + " did not answer in time";
        }
    }
    return failed;
}

// False when the round failed as a whole: this leader is not asked again.
bool EndReader::ask(rd_kafka_t* handle, const std::vector<PartitionKey>& which, std::int64_t time, int timeoutMs,
                    std::optional<std::int64_t> PartitionEnds::*field, Answer& answer) {
    kit::kafka::PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(which.size())));
    for (const auto& [topic, partition] : which)
        rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = time;
    const auto error = rd_kafka_offsets_for_times(handle, list.get(), timeoutMs);
    for (int i = 0; i < list->cnt; ++i) {
        const auto& entry = list->elems[i];
        auto& ends = answer[{entry.topic, entry.partition}];
        const auto fault = error ? error : entry.err;
        if (fault)
            ends.trouble = rd_kafka_err2str(fault);
        else if (entry.offset >= 0)
            ends.*field = entry.offset;
        else
            ends.trouble = "the broker told no offset";
    }
    return error == RD_KAFKA_RESP_ERR_NO_ERROR;
}

std::map<PartitionKey, OffsetAtTime> EndReader::atTimes(const std::map<PartitionKey, std::int64_t>& times,
                                                        int timeoutMs) const {
    std::map<PartitionKey, OffsetAtTime> answer;
    std::map<int, kit::kafka::PartitionList> byLeader;
    for (const auto& [key, time] : times) {
        const auto leader = m_leaders.find(key);
        if (leader == m_leaders.end() || leader->second < 0) {
            answer[key].trouble = rd_kafka_err2str(RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE);
            continue;
        }
        auto& list = byLeader[leader->second];
        if (!list) list.reset(rd_kafka_topic_partition_list_new(static_cast<int>(times.size())));
        rd_kafka_topic_partition_list_add(list.get(), key.first.c_str(), key.second)->offset = time;
    }
    for (const auto& [leader, list] : byLeader) {
        const auto error = rd_kafka_offsets_for_times(m_uncommitted.get(), list.get(), timeoutMs);
        for (int i = 0; i < list->cnt; ++i) {
            const auto& entry = list->elems[i];
            auto& told = answer[{entry.topic, entry.partition}];
            if (const auto fault = error ? error : entry.err)
                told.trouble = rd_kafka_err2str(fault);
            else if (entry.offset >= 0)
                told.offset = entry.offset;
        }
    }
    return answer;
}

}  // namespace nova::engine
