#include "app/engine/traffic/scan.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "contract/topics.h"
#include "kit/runtime/ids.h"

namespace nova::engine {
namespace {

using Partition = std::pair<std::string, int>;
using Offsets = std::map<Partition, std::int64_t>;
constexpr int askMs = 5'000, pollMs = 100, silentMs = 15'000;

std::int64_t nowMs() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

std::optional<std::int64_t> number(const std::string& text) {
    if (text.empty() || text.size() > 18 ||
        !std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c); }))
        return std::nullopt;
    return std::stoll(text);
}

// Milliseconds of "5m", "90s", "250ms"; nullopt when it is no duration.
std::optional<std::int64_t> duration(const std::string& text) {
    const auto digits = text.find_first_not_of("0123456789");
    if (digits == 0 || digits == std::string::npos) return std::nullopt;
    const auto count = number(text.substr(0, digits));
    static const std::map<std::string, std::int64_t> units{
        {"ms", 1}, {"s", 1'000}, {"m", 60'000}, {"h", 3'600'000}, {"d", 86'400'000}};
    const auto unit = units.find(text.substr(digits));
    if (!count || unit == units.end()) return std::nullopt;
    return *count * unit->second;
}

kit::Result<std::vector<std::pair<std::string, int>>> chosenTopics(const ReadSession& session, rd_kafka_t* handle,
                                                                   const ScanRequest& request) {
    BOOST_OUTCOME_TRY(const auto all, session.topics(handle, askMs));
    std::vector<std::pair<std::string, int>> chosen;
    std::set<std::string> unmatched(request.topics.begin(), request.topics.end());
    std::string known;
    for (const auto& [topic, partitions] : all) {
        const bool internal = topic.starts_with("__") || topic == contract::topic::spans;
        bool wanted = request.topics.empty() && !internal;
        for (const auto& pattern : request.topics) {
            if (!matchesTopic(pattern, topic) || (internal && pattern != topic)) continue;
            wanted = true;
            unmatched.erase(pattern);
        }
        if (wanted) chosen.emplace_back(topic, partitions);
        if (!topic.starts_with("__")) known += (known.empty() ? "" : ", ") + topic;
    }
    if (!unmatched.empty())
        return kit::badInput("no topic matches \"" + *unmatched.begin() + "\"; there are: " + known);
    return chosen;
}

kit::Result<Offsets> resolve(const ReadSession& session, rd_kafka_t* handle,
                             const std::vector<std::pair<std::string, int>>& topics, const Place& place,
                             const std::map<Partition, Watermarks>& marks) {
    Offsets offsets;
    if (place.kind == Place::Kind::time) {
        BOOST_OUTCOME_TRY(offsets, session.offsetsAt(handle, topics, place.value, askMs));
    } else {
        for (const auto& [partition, mark] : marks) {
            offsets[partition] = place.kind == Place::Kind::earliest ? mark.low
                                 : place.kind == Place::Kind::now    ? mark.high
                                                                     : place.value;
        }
    }
    for (auto& [partition, offset] : offsets) {
        if (const auto mark = marks.find(partition); mark != marks.end())
            offset = std::clamp(offset, mark->second.low, mark->second.high);
    }
    return offsets;
}

void assign(rd_kafka_t* handle, const Offsets& from) {
    kit::kafka::PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(from.size())));
    for (const auto& [partition, offset] : from) {
        rd_kafka_topic_partition_list_add(list.get(), partition.first.c_str(), partition.second)->offset = offset;
    }
    rd_kafka_assign(handle, list.get());
}

// Polls until every partition has reached its end.
class Reader {
public:
    Reader(rd_kafka_t* handle, const ScanRequest& request, const Offsets& until)
        : m_handle(handle), m_request(request), m_until(until) {}

    kit::Result<ScanReport> read(const std::function<bool(const rd_kafka_message_t&)>& record,
                                 const std::atomic<bool>& stop) {
        auto heard = nowMs();
        while (!stop && (m_request.follow || !m_until.empty())) {
            const kit::kafka::Message message(rd_kafka_consumer_poll(m_handle, pollMs));
            if (!message) {
                if (!m_request.follow && nowMs() - heard > silentMs)
                    return kit::transient("Kafka has been silent for 15 s in the middle of the scan");
                continue;
            }
            heard = nowMs();
            if (!take(*message, record)) break;
        }
        return m_report;
    }

private:
    bool take(const rd_kafka_message_t& message, const std::function<bool(const rd_kafka_message_t&)>& record) {
        if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) return finish(message, message.offset), true;
        if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) return true;  // the client retries by itself
        if (!m_request.follow && isPast(message)) return true;
        if (m_request.limit > 0 && m_report.records == m_request.limit) {
            m_report.limited = true;
            return false;
        }
        ++m_report.records;
        const bool more = record(message);
        finish(message, message.offset + 1);
        return more && !(m_request.follow && m_report.records == m_request.limit);
    }

    bool isPast(const rd_kafka_message_t& message) const {
        const auto end = m_until.find({rd_kafka_topic_name(message.rkt), message.partition});
        return end == m_until.end() || message.offset >= end->second;
    }

    void finish(const rd_kafka_message_t& message, std::int64_t next) {
        const auto end = m_until.find({rd_kafka_topic_name(message.rkt), message.partition});
        if (end != m_until.end() && next >= end->second) m_until.erase(end);
    }

    rd_kafka_t* m_handle;
    const ScanRequest& m_request;
    Offsets m_until;
    ScanReport m_report;
};

}  // namespace

kit::Result<Place> Place::parse(const std::string& text, std::int64_t now) {
    if (text == "earliest") return Place{Kind::earliest, 0};
    if (text == "now" || text == "latest") return Place{Kind::now, 0};
    if (const auto offset = number(text)) return Place{Kind::offset, *offset};
    if (text.starts_with('-')) {
        if (const auto ago = duration(text.substr(1))) return Place{Kind::time, now - *ago};
    }
    if (const auto time = kit::parseRfc3339(text)) {
        return Place{Kind::time,
                     std::chrono::duration_cast<std::chrono::milliseconds>(time->time_since_epoch()).count()};
    }
    return kit::badInput("\"" + text + "\" is no place in a topic",
                         "earliest, now, an offset, a time like 2026-11-23T01:02:03Z, or -5m");
}

bool matchesTopic(const std::string& pattern, const std::string& topic) {
    std::size_t p = 0, t = 0, star = std::string::npos, mark = 0;
    while (t < topic.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            mark = t;
        } else if (p < pattern.size() && pattern[p] == topic[t]) {
            ++p;
            ++t;
        } else if (star != std::string::npos) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == '*') ++p;
    return p == pattern.size();
}

kit::Result<ScanReport> scan(const ReadSession& session, const ScanRequest& request,
                             const std::function<bool(const rd_kafka_message_t&)>& record,
                             const std::atomic<bool>& stop) {
    BOOST_OUTCOME_TRY(const auto handle,
                      session.observer("scan", {{"enable.partition.eof", "true"}, {"fetch.wait.max.ms", "100"}}));
    BOOST_OUTCOME_TRY(const auto topics, chosenTopics(session, handle.get(), request));
    if (topics.empty()) return ScanReport{};
    BOOST_OUTCOME_TRY(const auto marks, session.watermarks(handle.get(), topics, askMs));
    BOOST_OUTCOME_TRY(auto from, resolve(session, handle.get(), topics, request.from, marks));
    BOOST_OUTCOME_TRY(auto until, resolve(session, handle.get(), topics, request.until.value_or(Place{}), marks));
    if (!request.follow) {
        std::erase_if(until, [&](const auto& end) { return from.at(end.first) >= end.second; });
        std::erase_if(from, [&](const auto& start) { return !until.contains(start.first); });
    }
    if (from.empty()) return ScanReport{};
    assign(handle.get(), from);
    auto report = Reader(handle.get(), request, until).read(record, stop);
    rd_kafka_assign(handle.get(), nullptr);
    rd_kafka_consumer_close(handle.get());
    return report;
}

}  // namespace nova::engine
