#include "app/engine/traffic/scan.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <map>
#include <thread>

#include "app/engine/traffic/follow.h"
#include "app/engine/traffic/read_ahead.h"
#include "app/engine/traffic/scan_reader.h"
#include "kit/runtime/ids.h"

namespace nova::engine {
namespace {

constexpr std::int64_t bulkOffsets = 20'000;  // from so many on a second client pays
constexpr double oneEventSeconds = 10;        // of a broker that is there and does not give it

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
    if (!count || unit == units.end() || *count > std::numeric_limits<std::int64_t>::max() / 2 / unit->second)
        return std::nullopt;
    return *count * unit->second;
}

bool isBulk(const ScanRequest& request, const ScanPlan& plan) {
    const bool few = request.limit > 0 && request.limit < bulkOffsets;
    return plan.offsets() >= bulkOffsets && !few;
}

bool isWorthTwo(const ReadSession& session, const ScanRequest& request, const ScanPlan& plan, std::size_t partitions) {
    return !hasBudget(session) && partitions > 1 && isBulk(request, plan);
}

// The largest first, each to whoever has least.
std::vector<std::vector<ScanCursor*>> share(std::vector<ScanCursor*> cursors, std::size_t readers) {
    static constexpr std::int64_t most = 1LL << 40;  // without an end: as much as the others, and the sums stay numbers
    const auto size = [](const ScanCursor* cursor) {
        return std::min<std::int64_t>(most, cursor->range.until - cursor->next);
    };
    std::ranges::stable_sort(cursors, [&](auto* a, auto* b) { return size(a) > size(b); });
    std::vector<std::vector<ScanCursor*>> shares(readers);
    std::vector<std::int64_t> sums(readers);
    for (auto* cursor : cursors) {
        const auto least = static_cast<std::size_t>(std::ranges::min_element(sums) - sums.begin());
        shares[least].push_back(cursor);
        sums[least] += size(cursor);
    }
    return shares;
}

kit::Result<void> read(const ReadSession& session, const ScanPlan& plan, ScanShared& shared) {
    std::vector<ScanCursor*> open;
    for (const auto& cursor : shared.cursors) {
        if (cursor->range.trouble.empty() && !cursor->isDone()) open.push_back(cursor.get());
    }
    if (open.empty()) return kit::outcome::success();
    auto shares = share(open, isWorthTwo(session, shared.request, plan, open.size()) ? 2 : 1);
    auto settings = readAhead(session, shares.size() > 1              ? Ahead::muchOfTwo
                                       : isBulk(shared.request, plan) ? Ahead::much
                                                                      : Ahead::little);
    settings["enable.partition.eof"] = "true";
    settings["auto.offset.reset"] = "error";  // what is not there is told, not replaced by something else
    std::vector<kit::kafka::Handle> handles;
    for (std::size_t i = 0; i < shares.size(); ++i) {
        BOOST_OUTCOME_TRY(auto handle, session.observer("scan", settings));
        handles.push_back(std::move(handle));
    }
    const auto run = [&](std::size_t i) {
        ScanReader(handles[i].get(), session.budget(), std::move(shares[i]), shared).run();
        rd_kafka_consumer_close(handles[i].get());
    };
    std::vector<std::thread> others;
    for (std::size_t i = 1; i < shares.size(); ++i) others.emplace_back(run, i);
    run(0);
    for (auto& other : others) other.join();
    return kit::outcome::success();
}

ScanReport conclude(ScanShared& shared) {
    const bool all = std::ranges::all_of(shared.cursors, [](const auto& cursor) { return cursor->isDone(); });
    const bool trouble =
        std::ranges::any_of(shared.cursors, [](const auto& cursor) { return !cursor->range.trouble.empty(); });
    auto report = shared.report();
    if (trouble && report.end == ScanEnd::running) report.end = ScanEnd::unavailable;
    if (all && !trouble && report.end != ScanEnd::stopped) report.end = ScanEnd::reachedEnd;
    report.limited = report.end == ScanEnd::limit || report.end == ScanEnd::maxRecords ||
                     report.end == ScanEnd::maxBytes || report.end == ScanEnd::maxSeconds;
    return report;
}

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

double ScanReport::done() const {
    double searched = 0, all = 0;
    for (const auto& range : ranges) {
        searched += static_cast<double>(range.next - range.from);
        all += static_cast<double>(range.until - range.from);
    }
    return all > 0 ? searched / all : 1;
}

kit::Result<ScanReport> scan(const ReadSession& session, const ScanRequest& request, const ScanHooks& hooks,
                             const std::atomic<bool>& stop) {
    ScanShared shared(request, hooks, stop);
    ScanPlan plan;
    {
        BOOST_OUTCOME_TRY(const auto handle, session.observer("scan-plan"));
        BOOST_OUTCOME_TRY(plan, planScan(session, handle.get(), request, stop));
    }
    for (const auto& entry : plan.entries) shared.cursors.push_back(std::make_unique<ScanCursor>(entry));
    if (request.follow) {
        follow(session, plan, shared);
        return conclude(shared);
    }
    BOOST_OUTCOME_TRY(read(session, plan, shared));
    auto report = conclude(shared);
    if (report.end == ScanEnd::unavailable && report.records == 0) {
        const auto bad = std::ranges::find_if(report.ranges, [](const auto& range) { return !range.trouble.empty(); });
        const bool none = std::ranges::none_of(report.ranges, [](const auto& range) { return range.trouble.empty(); });
        if (none) return kit::transient(bad->topic + " " + std::to_string(bad->partition) + ": " + bad->trouble);
    }
    return report;
}

kit::Result<ScanReport> scan(const ReadSession& session, const ScanRequest& request,
                             const std::function<bool(const rd_kafka_message_t&)>& record,
                             const std::atomic<bool>& stop) {
    return scan(session, request, ScanHooks{record, {}, {}, {}, {}, {}}, stop);
}

kit::Result<Event> readEvent(const ReadSession& session, const std::string& topic, int partition, std::int64_t offset,
                             const std::atomic<bool>& stop) {
    ScanRequest request;
    request.ranges = {{topic, partition, offset, offset, offset + 1, {}}};
    request.maxSeconds = oneEventSeconds;
    std::optional<Event> found;
    BOOST_OUTCOME_TRY(const auto report, scan(
                                             session, request,
                                             [&](const rd_kafka_message_t& message) {
                                                 found = eventFrom(&message);
                                                 return false;
                                             },
                                             stop));
    if (found) return std::move(*found);
    if (report.end != ScanEnd::reachedEnd)
        return kit::transient(topic + " " + std::to_string(partition) + " could not be read at offset " +
                              std::to_string(offset) + " within 10 s");
    return kit::Error{kit::ErrorKind::notFound,
                      topic + " " + std::to_string(partition) + " has no record at offset " + std::to_string(offset),
                      "it was compacted, deleted, is a transaction marker, or was not yet written"};
}

kit::Result<Event> readEvent(const ReadSession& session, const std::string& topic, int partition, std::int64_t offset) {
    const std::atomic<bool> never{false};
    return readEvent(session, topic, partition, offset, never);
}

}  // namespace nova::engine
