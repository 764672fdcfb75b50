#include "app/engine/keys/time_reader.h"

#include <QDateTime>
#include <algorithm>

#include "app/engine/traffic/scan.h"
#include "contract/topics.h"

namespace nova::engine {
namespace {

constexpr int askMs = 5'000;

std::int64_t between(const std::map<std::pair<std::string, int>, std::int64_t>& from,
                     const std::map<std::pair<std::string, int>, std::int64_t>& until) {
    std::int64_t offsets = 0;
    for (const auto& [partition, start] : from) {
        if (const auto end = until.find(partition); end != until.end())
            offsets += std::max<std::int64_t>(0, end->second - start);
    }
    return offsets;
}

}  // namespace

kit::Result<TimeReader> TimeReader::make(const ReadSession& session, const std::atomic<bool>& stop) {
    BOOST_OUTCOME_TRY(auto handle, session.observer("keys"));
    BOOST_OUTCOME_TRY(const auto topics, session.topics(handle.get(), askMs));
    return TimeReader(session, std::move(handle), {topics.begin(), topics.end()}, stop);
}

bool TimeReader::has(const std::string& topic) const {
    return m_topics.contains(topic);
}

std::vector<std::vector<std::string>> TimeReader::eventTopics() const {
    std::vector<std::string> novas, others;
    for (const auto& [topic, partitions] : m_topics) {
        if (topic.starts_with("__") || topic == contract::topic::spans) continue;
        (topic.starts_with("nova.") ? novas : others).push_back(topic);
    }
    std::vector<std::vector<std::string>> all;
    for (auto* topics : {&novas, &others})
        if (!topics->empty()) all.push_back(std::move(*topics));
    return all;
}

kit::Result<TimeReader::Offsets> TimeReader::offsetsAt(const std::vector<std::string>& topics, qint64 timeMs) const {
    std::vector<std::pair<std::string, int>> counts;
    for (const auto& topic : topics) {
        if (const auto known = m_topics.find(topic); known != m_topics.end()) counts.emplace_back(*known);
    }
    return m_session.offsetsAt(m_handle.get(), counts, timeMs, askMs);
}

kit::Result<SearchReach> TimeReader::read(const std::vector<std::string>& topics, Start start,
                                          const std::vector<qint64>& untilMs, qint64 most, const Each& each) {
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    BOOST_OUTCOME_TRY(auto from, offsetsAt(topics, start.earlyMs));
    SearchReach reach;
    reach.fromMs = start.earlyMs;
    Offsets until;
    for (auto end = untilMs.rbegin(); end != untilMs.rend(); ++end) {
        // One past now: what was appended within this millisecond belongs to it.
        BOOST_OUTCOME_TRY(until, offsetsAt(topics, std::min(*end, now + 1)));
        reach.untilMs = std::min(*end, now);
        if (between(from, until) <= most) break;
    }
    if (between(from, until) > most && start.closeMs > start.earlyMs) {
        reach.fromMs = start.closeMs;
        BOOST_OUTCOME_TRY(from, offsetsAt(topics, start.closeMs));
    }
    ScanRequest request;
    request.maxRecords = most;
    for (const auto& [partition, offset] : from) {
        const auto end = until.find(partition);
        if (end == until.end() || end->second <= offset) continue;
        request.ranges.push_back({partition.first, partition.second, offset, offset, end->second, {}});
    }
    // Where the time had to be narrowed, what lies beyond was not searched, whatever the read itself meets.
    reach.limited = reach.fromMs > start.earlyMs || reach.untilMs < std::min(untilMs.back(), now);
    if (request.ranges.empty()) return reach;
    BOOST_OUTCOME_TRY(const auto report, scan(m_session, request, each, *m_stop));
    reach.records = report.records;
    reach.limited |= report.end == ScanEnd::maxRecords;
    if (report.end == ScanEnd::stopped) reach.trouble = QStringLiteral("interrupted");
    for (const auto& range : report.ranges) {
        if (!range.trouble.empty()) reach.trouble = QString::fromStdString(range.trouble);
    }
    return reach;
}

}  // namespace nova::engine
