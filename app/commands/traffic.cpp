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
#include <optional>

#include "app/commands/attach.h"
#include "app/commands/filter_option.h"
#include "app/commands/output.h"
#include "app/engine/cluster/session.h"
#include "app/engine/traffic/capture.h"
#include "app/engine/traffic/decode.h"
#include "app/engine/traffic/scan.h"
#include "app/engine/traffic/seen_events.h"

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
    if (!decoded.faults.empty()) {
        const auto& first = decoded.faults.front();
        text = paint(Colour::bad, QStringLiteral("undecodable, %1: %2 (%3 decoders tried, --json names each)")
                                      .arg(QString::fromStdString(first.decoder), QString::fromStdString(first.error))
                                      .arg(decoded.faults.size()));
    }
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

const char* endOf(const engine::ScanReport& report) {
    switch (report.end) {
        case engine::ScanEnd::limit:
        case engine::ScanEnd::maxRecords:
        case engine::ScanEnd::maxBytes:
        case engine::ScanEnd::maxSeconds:
            return "; the limit ended it (--limit 0 is all)";
        case engine::ScanEnd::stopped:
            return "; it was stopped";
        case engine::ScanEnd::unavailable:
            return "; not all of it could be read";
        case engine::ScanEnd::running:
        case engine::ScanEnd::reachedEnd:
            break;
    }
    return "";
}

struct Options {
    CommonOptions common;
    std::vector<std::string> topics;
    std::string from, until, filter, exportTo, open;
    std::int64_t limit = -1;
    bool follow = false, helpFilter = false;

    void declare(CLI::App& app) {
        app.add_option("--topic", topics, "Only these topics; * matches any run")->type_name("NAME,…")->delimiter(',');
        app.add_option("--from", from, "earliest, an offset, a time, or -5m")->type_name("PLACE");
        app.add_option("--until", until, "the same")->type_name("PLACE");
        app.add_option("--limit", limit, "At most so many records; 0 is all")
            ->type_name("N")
            ->check(CLI::NonNegativeNumber);
        app.add_option("--filter", filter,
                       "Only events that match, as type:PostCreated user:alice; --limit counts these")
            ->type_name("EXPR");
        app.add_flag("--help-filter", helpFilter, "Explains the language of --filter");
        app.add_flag("--follow", follow, "Go on with what comes, from now");
        app.add_option("--export", exportTo,
                       "Write the events into a file rather than to the terminal: JSON Lines (.jsonl), which --open "
                       "reads, or .csv. Without --limit all of them")
            ->type_name("FILE");
        app.add_option("--open", open, "Read the events of an export, without a cluster")
            ->type_name("FILE")
            ->excludes("--from", "--until", "--follow");
    }
    std::int64_t most() const { return limit >= 0 ? limit : follow || !exportTo.empty() ? 0 : defaultLimit; }
};

class TrafficCommand {
public:
    TrafficCommand(const Arguments& arguments, Options options)
        : m_arguments(arguments), m_options(std::move(options)), m_most(m_options.most()) {}

    int run() {
        if (const int code = prepare(); code != exitCode::done) return code;
        for (const int s : {SIGINT, SIGTERM}) ::signal(s, [](int) { stopped = true; });
        return m_options.open.empty() ? scan() : open();
    }

private:
    int usage(const QString& text) const { return usageError(m_arguments, text); }
    static QString said(const kit::Error& error) {
        return QString::fromStdString(error.hint.empty() ? error.what : error.what + "; " + error.hint);
    }

    int prepare() {
        engine::FilterContext context;
        context.handleOf = [handles = m_handles](const std::string& userId) { return handles->handleOf(userId); };
        context.isDuplicate = [seen = m_seen](const engine::Event& event) { return seen->isDuplicate(event); };
        context.isStale = [outcomes = m_outcomes](const engine::Event& event) { return outcomes->isStale(event); };
        auto compiled = filterOption(m_arguments, m_options.filter, context);
        if (const auto* code = std::get_if<int>(&compiled)) return *code;
        m_filter = std::get<engine::Filter>(std::move(compiled));
        if (const int code = place(); code != exitCode::done) return code;
        // A few records are shown by time; many, or those to come, as they are read.
        m_byTime = !m_options.follow && m_options.exportTo.empty() && m_most > 0 && m_most <= mostByTime;
        return exitCode::done;
    }

    int place() {
        const auto now = QDateTime::currentMSecsSinceEpoch();
        const auto& from = m_options.from;
        const auto start = engine::Place::parse(from.empty() ? (m_options.follow ? "now" : "-5m") : from, now);
        if (!start) return usage(QStringLiteral("--from: ") + QString::fromStdString(start.error().what));
        m_request.from = start.value();
        if (!m_options.until.empty()) {
            const auto end = engine::Place::parse(m_options.until, now);
            if (!end) return usage(QStringLiteral("--until: ") + QString::fromStdString(end.error().what));
            if (m_options.follow) return usage(QStringLiteral("--until and --follow exclude each other"));
            m_request.until = end.value();
        }
        m_request.topics = m_options.topics;
        m_request.follow = m_options.follow;
        m_request.limit = m_most;
        return exitCode::done;
    }

    // Made only when there is something to read from: a fault before leaves an older file alone in any case.
    int beginExport() {
        if (m_options.exportTo.empty()) return exitCode::done;
        auto writer = engine::CaptureWriter::make(QString::fromStdString(m_options.exportTo));
        if (!writer && writer.error().kind == kit::ErrorKind::badInput) return usage(said(writer.error()));
        if (!writer) return fail(exitCode::badNews, said(writer.error()));
        m_export = std::move(writer.value());
        return exitCode::done;
    }

    // False: no more of them.
    bool take(engine::Event&& event) {
        ++m_matched;
        if (m_export) {
            const auto written = m_export->write(event);
            if (!written) m_fault = said(written.error());
            return written.has_value();
        }
        if (m_byTime)
            m_held.push_back(std::move(event));
        else
            printEvent(event, m_options.common.json);
        if (m_options.follow) std::fflush(stdout);
        return !std::ferror(stdout);
    }

    int scan() {
        const auto attached = attach(m_arguments, m_options.common);
        if (!attached.target) return attached.exit;
        const auto& target = *attached.target;
        if (const auto used = engine::useDescriptors(target.profile.descriptors); !used)
            return usage(said(used.error()));
        learnHandles(*m_handles, m_filter, target.postgres);
        learnOutcomes(*m_outcomes, m_filter, target.kafka, m_request.from, m_options.follow, stopped);
        if (const int code = beginExport(); code != exitCode::done) return code;
        engine::ScanHooks hooks;
        hooks.record = [this](const rd_kafka_message_t& message) { return take(engine::eventFrom(&message)); };
        hooks.judge = engine::judgeOf(m_filter, m_seen, m_handles);
        const auto report = engine::scan(target.kafka, m_request, hooks, stopped);
        if (!report) {
            finish();
            const auto text = QString::fromStdString(report.error().what);
            return report.error().kind == kit::ErrorKind::badInput ? usage(text) : fail(exitCode::cannotConnect, text);
        }
        return conclude(report.value());
    }

    int open() {
        if (const int code = beginExport(); code != exitCode::done) return code;
        engine::ScanReport report;
        report.end = engine::ScanEnd::reachedEnd;
        const auto before = m_filter.errors();
        const auto wanted = [this](const engine::Event& event) {
            const auto& topic = engine::Names::topicName(event.topic);
            return m_options.topics.empty() || std::ranges::any_of(m_options.topics, [&](const std::string& pattern) {
                       return engine::matchesTopic(pattern, topic);
                   });
        };
        const auto read = engine::readCapture(QString::fromStdString(m_options.open), [&](engine::Event&& event) {
            if (stopped) return report.end = engine::ScanEnd::stopped, false;
            if (!wanted(event)) return true;
            ++report.records;
            m_seen->see(event);
            m_handles->note(event);
            if (!m_filter.matches(event)) return true;
            if (m_most > 0 && m_matched == m_most) return report.end = engine::ScanEnd::limit, false;
            return take(std::move(event));
        });
        report.filterErrors = static_cast<std::int64_t>(m_filter.errors() - before);
        if (!read) return usage(said(read.error()));
        return conclude(report);
    }

    void finish() const {
        for (const auto* event : inTimeOrder(m_held)) printEvent(*event, m_options.common.json);
    }

    int conclude(const engine::ScanReport& report) {
        finish();
        if (m_export && m_fault.isEmpty()) {
            const auto done = m_export->commit();
            if (!done) m_fault = said(done.error());
        }
        if (!m_fault.isEmpty()) return fail(exitCode::badNews, m_fault);
        tell(report);
        return exitCode::done;
    }

    void tell(const engine::ScanReport& report) const {
        const auto records = static_cast<long long>(report.records);
        const bool always = m_export || !m_filter.matchesAll() || report.end == engine::ScanEnd::unavailable;
        if (!always && (m_options.common.json || m_options.follow)) return;
        if (m_filter.matchesAll())
            std::fprintf(stderr, "%lld records%s\n", records, endOf(report));
        else
            std::fprintf(stderr, "%lld records searched, %lld match%s\n", records, static_cast<long long>(m_matched),
                         endOf(report));
        for (const auto& range : report.ranges) {
            if (!range.trouble.empty())
                std::fprintf(stderr, "%s %d was not read: %s\n", range.topic.c_str(), range.partition,
                             range.trouble.c_str());
        }
        if (report.filterErrors > 0)
            std::fprintf(stderr, "%lld of them have a payload that the filter could not look into (is:undecodable)\n",
                         static_cast<long long>(report.filterErrors));
        if (m_export)
            std::fprintf(stderr, "%lld written to %s\n", static_cast<long long>(m_export->events()),
                         m_options.exportTo.c_str());
    }

    const Arguments& m_arguments;
    const Options m_options;
    const std::int64_t m_most;  // events; 0: all
    const std::shared_ptr<engine::FilterHandles> m_handles = std::make_shared<engine::FilterHandles>();
    const std::shared_ptr<engine::SeenEvents> m_seen = std::make_shared<engine::SeenEvents>();
    const std::shared_ptr<engine::FilterOutcomes> m_outcomes = std::make_shared<engine::FilterOutcomes>();
    engine::Filter m_filter;
    engine::ScanRequest m_request;
    std::optional<engine::CaptureWriter> m_export;
    QString m_fault;  // of the export
    bool m_byTime = false;
    std::int64_t m_matched = 0;
    std::vector<engine::Event> m_held;
};

}  // namespace

int runTraffic(const Arguments& arguments) {
    CLI::App app(
        "Tails or scans the topics. Without --follow: from -5m until the ends at the start. otlp_spans and __* only "
        "when named.");
    Options options;
    options.declare(app);
    if (const auto done = parse(app, arguments, options.common)) return *done;
    if (options.helpFilter) return printFilterHelp();
    return TrafficCommand(arguments, std::move(options)).run();
}

}  // namespace nova::commands
