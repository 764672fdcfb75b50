#include "app/commands/traffic.h"

#include <signal.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <QDateTime>
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "app/commands/attach.h"
#include "app/commands/filter_option.h"
#include "app/commands/output.h"
#include "app/engine/cluster/session.h"
#include "app/engine/traffic/decode.h"
#include "app/engine/traffic/scan.h"

namespace nova::commands {
namespace {

constexpr std::int64_t defaultLimit = 1'000, mostByTime = 100'000;
std::atomic<bool> stopped{false};

void printHuman(const engine::Event& event) {
    const auto time =
        QDateTime::fromMSecsSinceEpoch(event.timestampMs, Qt::UTC).toString(QStringLiteral("HH:mm:ss.zzz"));
    const auto decoded = engine::decode(event);
    const QString where = QStringLiteral("%1 p%2 @ %3")
                              .arg(QString::fromStdString(engine::Names::topicName(event.topic)))
                              .arg(event.partition)
                              .arg(event.offset);
    const QString type = QString::fromStdString(engine::Names::typeName(event.type));
    QString text = decoded.ok        ? QString::fromStdString(decoded.json)
                   : event.tombstone ? QStringLiteral("tombstone")
                                     : QString();
    for (const auto& fault : decoded.faults)
        text += paint(Colour::bad, QStringLiteral("undecodable: ") + QString::fromStdString(fault.error));
    print(paint(Colour::dim, time) + u' ' + where.leftJustified(34) + u' ' +
          paint(Colour::bold, type.leftJustified(14)) + u' ' + text);
}

void printEvent(const engine::Event& event, bool json) {
    if (!json)
        printHuman(event);
    else
        std::puts(engine::toJson(event).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
}

// By time, and within a partition by offset: a record whose clock ran back takes the time of the one before it.
std::vector<const engine::Event*> inTimeOrder(const std::vector<engine::Event>& events) {
    std::map<std::pair<int, int>, std::int64_t> latest;
    std::vector<std::pair<std::int64_t, const engine::Event*>> timed;
    for (const auto& event : events) {
        auto& time = latest[{event.topic, event.partition}];
        time = std::max(time, event.timestampMs);
        timed.emplace_back(time, &event);
    }
    std::stable_sort(timed.begin(), timed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<const engine::Event*> ordered;
    for (const auto& [time, event] : timed) ordered.push_back(event);
    return ordered;
}

void tellLimited(const engine::ScanReport& report) {
    std::fprintf(stderr, "%lld records%s\n", static_cast<long long>(report.records),
                 report.limited ? "; the limit ended the scan (--limit 0 is all)" : "");
}

void tellFiltered(std::int64_t records, std::int64_t matched, std::uint64_t errors, bool limited) {
    std::fprintf(stderr, "%lld records searched, %lld match%s\n", static_cast<long long>(records),
                 static_cast<long long>(matched),
                 limited ? "; the limit ended the search (--limit 0 is all)" : "");
    if (errors > 0)
        std::fprintf(stderr, "%llu of them have a payload that the filter could not look into (is:undecodable)\n",
                     static_cast<unsigned long long>(errors));
}

}  // namespace

int runTraffic(const Arguments& arguments) {
    CLI::App app(
        "Tails or scans the topics. Without --follow: from -5m until the ends at the start. otlp_spans and __* only "
        "when named.");
    CommonOptions common;
    std::vector<std::string> topics;
    std::string from, until, filter;
    std::int64_t limit = -1;
    bool follow = false, helpFilter = false;
    app.add_option("--topic", topics, "Only these topics; * matches any run")->type_name("NAME,…")->delimiter(',');
    app.add_option("--from", from, "earliest, an offset, a time, or -5m")->type_name("PLACE");
    app.add_option("--until", until, "the same")->type_name("PLACE");
    app.add_option("--limit", limit, "At most so many records; 0 is all")
        ->type_name("N")
        ->check(CLI::NonNegativeNumber);
    app.add_option("--filter", filter, "Only events that match, as type:PostCreated user:alice; --limit counts these")
        ->type_name("EXPR");
    app.add_flag("--help-filter", helpFilter, "Explains the language of --filter");
    app.add_flag("--follow", follow, "Go on with what comes, from now");
    if (const auto done = parse(app, arguments, common)) return *done;
    if (helpFilter) return printFilterHelp();
    const auto handles = std::make_shared<engine::FilterHandles>();
    engine::FilterContext context;
    context.handleOf = [handles](const std::string& userId) { return handles->handleOf(userId); };
    auto compiled = filterOption(arguments, filter, context);
    if (const auto* code = std::get_if<int>(&compiled)) return *code;
    auto& wanted = std::get<engine::Filter>(compiled);

    engine::ScanRequest request;
    const auto now = QDateTime::currentMSecsSinceEpoch();
    const auto start = engine::Place::parse(from.empty() ? (follow ? "now" : "-5m") : from, now);
    if (!start) return usageError(arguments, QStringLiteral("--from: ") + QString::fromStdString(start.error().what));
    request.from = start.value();
    if (!until.empty()) {
        const auto end = engine::Place::parse(until, now);
        if (!end) return usageError(arguments, QStringLiteral("--until: ") + QString::fromStdString(end.error().what));
        if (follow) return usageError(arguments, QStringLiteral("--until and --follow exclude each other"));
        request.until = end.value();
    }
    request.topics = topics;
    request.follow = follow;
    const auto most = limit >= 0 ? limit : follow ? 0 : defaultLimit;
    request.limit = wanted.matchesAll() ? most : 0;  // else matches are counted here

    const auto attached = attach(arguments, common);
    if (!attached.target) return attached.exit;
    learnHandles(*handles, wanted, attached.target->postgres);
    for (const int s : {SIGINT, SIGTERM}) ::signal(s, [](int) { stopped = true; });
    // A few records are shown by time; many, or those to come, as they are read.
    const bool byTime = !follow && most > 0 && most <= mostByTime;
    std::int64_t matched = 0;
    std::vector<engine::Event> held;
    const auto take = [&](const rd_kafka_message_t& message) {
        auto event = engine::eventFrom(&message);
        handles->note(event);
        if (!wanted.matches(event)) return true;
        ++matched;
        if (byTime)
            held.push_back(std::move(event));
        else
            printEvent(event, common.json);
        if (follow) std::fflush(stdout);
        return !std::ferror(stdout) && (wanted.matchesAll() || matched != most);
    };
    const auto report = engine::scan(attached.target->kafka, request, take, stopped);
    for (const auto* event : inTimeOrder(held)) printEvent(*event, common.json);
    if (!report) {
        const auto text = QString::fromStdString(report.error().what);
        return report.error().kind == kit::ErrorKind::badInput ? usageError(arguments, text)
                                                               : fail(exitCode::cannotConnect, text);
    }
    if (!wanted.matchesAll())
        tellFiltered(report.value().records, matched, wanted.errors(), matched == most);
    else if (!common.json && !follow)
        tellLimited(report.value());
    return exitCode::done;
}

}  // namespace nova::commands
