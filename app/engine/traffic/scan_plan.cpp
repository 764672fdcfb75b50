#include "app/engine/traffic/scan_plan.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <set>
#include <thread>

#include "app/engine/cluster/watched_handle.h"
#include "contract/topics.h"

namespace nova::engine {
namespace {

using Partition = std::pair<std::string, int>;
using Entries = std::map<Partition, ScanPlan::Entry>;
constexpr int askMs = 5'000, sliceMs = 500;  // in all; of it at once
constexpr std::int64_t forEver = std::numeric_limits<std::int64_t>::max();

struct Listed {
    std::vector<std::string> names;             // of all topics
    std::map<Partition, std::string> troubles;  // of each partition; "" when it has a leader
};

kit::Result<ReadSession::MetadataPtr> askForTopics(const ReadSession& session, rd_kafka_t* handle,
                                                   const std::atomic<bool>& stop) {
    auto answer = session.metadata(handle, sliceMs);
    for (int waited = sliceMs; waited < askMs && !answer && !stop && !faultOf(handle).refused; waited += sliceMs)
        answer = session.metadata(handle, sliceMs);
    return answer;
}

kit::Result<Listed> listTopics(const ReadSession& session, rd_kafka_t* handle, const std::atomic<bool>& stop) {
    const auto answer = askForTopics(session, handle, stop);
    if (!answer) return answer.error();
    const auto& metadata = *answer.value();
    Listed listed;
    for (int t = 0; t < metadata.topic_cnt; ++t) {
        const auto& topic = metadata.topics[t];
        listed.names.emplace_back(topic.topic);
        for (int p = 0; p < topic.partition_cnt; ++p) {
            const auto& partition = topic.partitions[p];
            const bool led = partition.leader >= 0;
            listed.troubles[{topic.topic, partition.id}] =
                led ? ""
                    : std::string("it has no leader") +
                          (partition.err ? std::string(": ") + rd_kafka_err2str(partition.err) : "");
        }
    }
    return listed;
}

kit::Result<std::set<std::string>> chooseTopics(const Listed& listed, const ScanRequest& request) {
    std::set<std::string> chosen;
    std::set<std::string> unmatched(request.topics.begin(), request.topics.end());
    std::string known;
    for (const auto& topic : listed.names) {
        const bool internal = topic.starts_with("__") || topic == contract::topic::spans;
        bool wanted = request.topics.empty() && !internal;
        for (const auto& pattern : request.topics) {
            if (!matchesTopic(pattern, topic) || (internal && pattern != topic)) continue;
            wanted = true;
            unmatched.erase(pattern);
        }
        if (wanted) chosen.insert(topic);
        if (!topic.starts_with("__")) known += (known.empty() ? "" : ", ") + topic;
    }
    if (!unmatched.empty())
        return kit::badInput("no topic matches \"" + *unmatched.begin() + "\"; there are: " + known);
    return chosen;
}

bool isOfConnection(rd_kafka_resp_err_t error) {
    return error == RD_KAFKA_RESP_ERR__TRANSPORT || error == RD_KAFKA_RESP_ERR__TIMED_OUT ||
           error == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN || error == RD_KAFKA_RESP_ERR__DESTROY;
}

// ListOffsets for all that can be read: a time, or −1 for the ends and −2 for the starts. One call; where one partition
// spoils it (its leader moves, or it was just made) it is asked again, and then by halves until that one is found.
class Asker {
public:
    Asker(rd_kafka_t* handle, Entries& entries, std::int64_t time, const std::atomic<bool>& stop)
        : m_handle(handle), m_entries(entries), m_time(time), m_stop(stop) {}

    kit::Result<std::map<Partition, std::int64_t>> ask() {
        std::vector<Partition> all;
        for (const auto& [partition, entry] : m_entries) {
            if (entry.range.trouble.empty()) all.push_back(partition);
        }
        auto error = call(all);
        for (int i = 0; i < tries && error != RD_KAFKA_RESP_ERR_NO_ERROR && !isOfConnection(error); ++i) {
            std::this_thread::sleep_for(tryAgainIn);
            error = call(all);
        }
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR && !isOfConnection(error)) error = askByHalves(all);
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
            return kit::transient("Kafka did not tell the offsets: " + ReadSession::why(m_handle, error));
        return std::move(m_offsets);
    }

private:
    static constexpr int tries = 5;
    static constexpr std::chrono::milliseconds tryAgainIn{100};

    rd_kafka_resp_err_t askByHalves(const std::vector<Partition>& some) {
        const auto middle = some.begin() + static_cast<std::ptrdiff_t>(some.size() / 2);
        for (const auto& half : {std::vector(some.begin(), middle), std::vector(middle, some.end())}) {
            auto error = call(half);
            if (error == RD_KAFKA_RESP_ERR_NO_ERROR) continue;
            if (isOfConnection(error)) return error;
            if (half.size() == 1)
                blame(half.front(), error);
            else if (error = askByHalves(half); error != RD_KAFKA_RESP_ERR_NO_ERROR)
                return error;
        }
        return RD_KAFKA_RESP_ERR_NO_ERROR;
    }

    rd_kafka_resp_err_t call(const std::vector<Partition>& some) {
        if (some.empty()) return RD_KAFKA_RESP_ERR_NO_ERROR;
        const kit::kafka::PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(some.size())));
        for (const auto& [topic, partition] : some)
            rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = m_time;
        auto error = rd_kafka_offsets_for_times(m_handle, list.get(), sliceMs);
        for (int waited = sliceMs; waited < askMs && error == RD_KAFKA_RESP_ERR__TIMED_OUT && !m_stop;
             waited += sliceMs) {
            for (int i = 0; i < list->cnt; ++i) list->elems[i].offset = m_time;
            error = rd_kafka_offsets_for_times(m_handle, list.get(), sliceMs);
        }
        for (int i = 0; error == RD_KAFKA_RESP_ERR_NO_ERROR && i < list->cnt; ++i) {
            const auto& answer = list->elems[i];
            const Partition partition{answer.topic, answer.partition};
            if (answer.err == RD_KAFKA_RESP_ERR_NO_ERROR)
                m_offsets[partition] = answer.offset;
            else
                blame(partition, answer.err);
        }
        return error;
    }

    void blame(const Partition& partition, rd_kafka_resp_err_t error) {
        m_entries[partition].range.trouble = std::string("its offsets are not known: ") + rd_kafka_err2str(error);
    }

    rd_kafka_t* m_handle;
    Entries& m_entries;
    const std::int64_t m_time;
    const std::atomic<bool>& m_stop;
    std::map<Partition, std::int64_t> m_offsets;
};

class Planner {
public:
    Planner(rd_kafka_t* handle, const ScanRequest& request, const std::atomic<bool>& stop)
        : m_handle(handle), m_request(request), m_stop(stop) {}

    kit::Result<ScanPlan> plan(Entries entries) {
        m_entries = std::move(entries);
        BOOST_OUTCOME_TRY(const auto low, ask(RD_KAFKA_OFFSET_BEGINNING));
        BOOST_OUTCOME_TRY(const auto high, ask(RD_KAFKA_OFFSET_END));
        for (auto& [partition, entry] : m_entries) {
            if (!entry.range.trouble.empty()) continue;
            m_low[partition] = low.at(partition);
            entry.high = high.at(partition);
        }
        if (m_request.ranges.empty()) {
            BOOST_OUTCOME_TRY(place());
        } else {
            goOn();
        }
        ScanPlan plan;
        for (auto& [partition, entry] : m_entries) plan.entries.push_back(std::move(entry));
        return plan;
    }

private:
    kit::Result<std::map<Partition, std::int64_t>> ask(std::int64_t time) {
        return Asker(m_handle, m_entries, time, m_stop).ask();
    }

    kit::Result<void> place() {
        BOOST_OUTCOME_TRY(const auto from, resolve(m_request.from));
        BOOST_OUTCOME_TRY(const auto until, resolve(m_request.until.value_or(Place{})));
        for (auto& [partition, entry] : m_entries) {
            if (!entry.range.trouble.empty()) continue;
            entry.range.from = entry.range.next = from.at(partition);
            entry.range.until = m_request.follow ? forEver : std::max(until.at(partition), entry.range.from);
        }
        return kit::outcome::success();
    }

    // What retention took meanwhile is not there to be searched, nor is what was not yet written.
    void goOn() {
        for (auto& [partition, entry] : m_entries) {
            auto& range = entry.range;
            if (!range.trouble.empty()) continue;
            const std::int64_t low = m_low.at(partition), high = std::max(entry.high, low);
            if (range.next > range.from && range.next > high) {
                range.trouble = madeAnew(high, range.next);
                continue;
            }
            range.next = std::clamp(range.next, low, high);
            if (!m_request.follow) range.until = std::clamp(range.until, range.next, std::max(high, range.next));
        }
    }

    kit::Result<std::map<Partition, std::int64_t>> resolve(const Place& place) {
        std::map<Partition, std::int64_t> offsets;
        if (place.kind == Place::Kind::time) {
            BOOST_OUTCOME_TRY(offsets, ask(place.value));
        }
        for (const auto& [partition, entry] : m_entries) {
            if (!entry.range.trouble.empty()) continue;
            const std::int64_t low = m_low.at(partition), high = std::max(entry.high, low);
            auto& offset = offsets[partition];
            switch (place.kind) {
                case Place::Kind::earliest:
                    offset = low;
                    break;
                case Place::Kind::now:
                    offset = high;
                    break;
                case Place::Kind::offset:
                    offset = place.value;
                    break;
                case Place::Kind::time:
                    offset = offset < 0 ? high : offset;
                    break;  // nothing so late: the end
            }
            offset = std::clamp(offset, low, high);
        }
        return offsets;
    }

    rd_kafka_t* m_handle;
    const ScanRequest& m_request;
    const std::atomic<bool>& m_stop;
    Entries m_entries;
    std::map<Partition, std::int64_t> m_low;
};

}  // namespace

std::string madeAnew(std::int64_t end, std::int64_t next) {
    return "it was deleted and made anew meanwhile: its log ends at " + std::to_string(end) + ", and " +
           std::to_string(next) + " was to be read next";
}

std::int64_t ScanPlan::offsets() const {
    std::int64_t sum = 0;
    for (const auto& entry : entries) {
        if (entry.range.trouble.empty() && entry.range.until != forEver)
            sum += std::max<std::int64_t>(0, entry.range.until - entry.range.next);
    }
    return sum;
}

kit::Result<ScanPlan> planScan(const ReadSession& session, rd_kafka_t* handle, const ScanRequest& request,
                               const std::atomic<bool>& stop) {
    BOOST_OUTCOME_TRY(const auto listed, listTopics(session, handle, stop));
    Entries entries;
    for (const auto& range : request.ranges) {
        const auto found = listed.troubles.find({range.topic, range.partition});
        auto& entry = entries[{range.topic, range.partition}];
        entry.range = range;
        entry.range.trouble = found == listed.troubles.end() ? "it is not there any more" : found->second;
    }
    if (request.ranges.empty()) {
        BOOST_OUTCOME_TRY(const auto topics, chooseTopics(listed, request));
        for (const auto& [partition, trouble] : listed.troubles) {
            if (topics.contains(partition.first))
                entries[partition].range = {partition.first, partition.second, 0, 0, 0, trouble};
        }
    }
    return Planner(handle, request, stop).plan(std::move(entries));
}

}  // namespace nova::engine
