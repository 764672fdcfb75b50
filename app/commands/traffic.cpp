#include "app/commands/traffic.h"

#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <QDateTime>
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <limits>
#include <nlohmann/json.hpp>
#include <optional>

#include "app/commands/attach.h"
#include "app/commands/filter_option.h"
#include "app/commands/output.h"
#include "app/commands/traffic_positions.h"
#include "app/engine/cluster/session.h"
#include "app/engine/traffic/capture.h"
#include "app/engine/traffic/decode.h"
#include "app/engine/traffic/scan.h"
#include "app/engine/traffic/filter_fields.h"
#include "app/engine/traffic/seen_events.h"
#include "app/engine/traffic/time_merge.h"

namespace nova::commands {
namespace {

constexpr std::int64_t defaultLimit = 1'000;
constexpr std::size_t mostRangesTold = 20;
std::atomic<bool> stopped{false};

void printHuman(const engine::Event& event) {
    const auto at = QDateTime::fromMSecsSinceEpoch(engine::soundMs(event.timestampMs), Qt::UTC);
    const auto time =
        event.timestampMs < 0 ? QStringLiteral("no time     ") : at.toString(QStringLiteral("HH:mm:ss.zzz"));
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
    constexpr int roomy = 80;
    const int width = tableWidth();
    if (width == 0 || width >= roomy)
        return print(paint(Colour::dim, time) + u' ' + where.leftJustified(34) + u' ' +
                     paint(Colour::bold, type.leftJustified(14)) + u' ' + text);
    print(fitted(paint(Colour::dim, time) + u' ' + paint(Colour::bold, type), width));
    print(fitted(u"  " + where, width));
    if (!text.isEmpty()) print(fitted(u"  " + text, width));
}

void printEvent(const engine::Event& event, bool json) {
    if (!json)
        printHuman(event);
    else
        std::puts(engine::toJson(event).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
}

const char* endOf(const engine::ScanReport& report) {
    switch (report.end) {
        case engine::ScanEnd::limit:
            return "; the limit ended it (--limit 0 is all)";
        case engine::ScanEnd::maxRecords:
            return "; --max-records ended it";
        case engine::ScanEnd::maxBytes:
            return "; --max-bytes ended it";
        case engine::ScanEnd::maxSeconds:
            return "; --max-time ended it";
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

// Whoever closes the pipe has read enough; without this one would notice at the next event, which may never come.
bool readerIsGone() {
    pollfd output{STDOUT_FILENO, 0, 0};
    return ::poll(&output, 1, 0) > 0 && (output.revents & POLLERR) != 0;
}

struct Options {
    CommonOptions common;
    std::vector<std::string> topics;
    std::string from, until, filter, exportTo, open, maxBytes, maxTime, goOn, positions;
    std::int64_t limit = -1, maxRecords = 0;
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
                       "Write the events into a file rather than to the terminal: JSON Lines (.jsonl) or .csv, which "
                       "--open reads. Without --limit all of them")
            ->type_name("FILE");
        app.add_option("--max-records", maxRecords, "Search at most so many records; 0 is all")
            ->type_name("N")
            ->check(CLI::NonNegativeNumber);
        app.add_option("--max-bytes", maxBytes, "Search at most so many bytes of keys and values, as 100MB")
            ->type_name("SIZE");
        app.add_option("--max-time", maxTime, "Search for so long at most, as 30s")->type_name("DURATION");
        app.add_option("--positions", positions,
                       "Write what was searched, why it ended and where to go on into a file (JSON)")
            ->type_name("FILE");
        app.add_option("--continue", goOn, "Go on where the search ended whose positions are in this file")
            ->type_name("FILE")
            ->excludes("--from", "--until", "--topic");
        app.add_option("--open", open, "Read the events of an export, without a cluster")
            ->type_name("FILE")
            ->excludes("--from", "--until", "--follow", "--continue", "--positions", "--max-records", "--max-bytes",
                       "--max-time");
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
        return bounds();
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
        if (!m_options.goOn.empty()) {
            auto ranges = readPositions(QString::fromStdString(m_options.goOn));
            if (!ranges) return usage(said(ranges.error()));
            m_request.ranges = std::move(ranges.value());
            if (m_options.follow) {
                for (auto& range : m_request.ranges) range.until = std::numeric_limits<std::int64_t>::max();
            }
        }
        m_request.topics = m_options.topics;
        m_request.follow = m_options.follow;
        m_request.limit = m_most;
        return exitCode::done;
    }

    int bounds() {
        m_request.maxRecords = m_options.maxRecords;
        const auto measured = [](const std::string& text, engine::filter::Unit unit) -> std::optional<double> {
            const auto measure = engine::filter::parseMeasure(QString::fromStdString(text));
            const bool fits = measure && measure->value > 0 && measure->value < 1e15L &&
                              (measure->unit == unit || (measure->unit == engine::filter::Unit::none &&
                                                         unit == engine::filter::Unit::bytes));
            return fits ? std::optional(static_cast<double>(measure->value)) : std::nullopt;
        };
        if (!m_options.maxBytes.empty()) {
            const auto bytes = measured(m_options.maxBytes, engine::filter::Unit::bytes);
            if (!bytes) return usage(QStringLiteral("--max-bytes: a size, as 500kB or 100MB"));
            m_request.maxBytes = std::max<std::int64_t>(1, static_cast<std::int64_t>(*bytes));
        }
        if (!m_options.maxTime.empty()) {
            const auto us = measured(m_options.maxTime, engine::filter::Unit::time);
            if (!us) return usage(QStringLiteral("--max-time: a duration, as 500ms, 30s or 5m"));
            m_request.maxSeconds = *us / 1e6;
        }
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

    // False: no more of them. What is there is given by time, what is to come as it comes.
    bool take(engine::Event&& event) {
        ++m_matched;
        if (m_options.follow)
            give(event);
        else
            m_merge.add(std::move(event));
        return m_fault.isEmpty() && !std::ferror(stdout);
    }

    void give(const engine::Event& event) {
        if (!m_export) {
            printEvent(event, m_options.common.json);
            if (m_options.follow) std::fflush(stdout);
        } else if (m_fault.isEmpty()) {
            const auto written = m_export->write(event);
            if (!written) m_fault = said(written.error());
        }
    }

    int scan() {
        const auto attached = attach(m_arguments, m_options.common);
        if (!attached.target) return attached.exit;
        const auto& target = *attached.target;
        if (const auto used = engine::useDescriptors(target.profile.descriptors); !used)
            return usage(said(used.error()));
        learnHandles(*m_handles, m_filter, target);
        learnOutcomes(*m_outcomes, m_filter, target.kafka, m_request.from, m_options.follow, stopped);
        if (const int code = beginExport(); code != exitCode::done) return code;
        engine::ScanHooks hooks;
        hooks.record = [this](const rd_kafka_message_t& message) { return take(engine::eventFrom(&message)); };
        hooks.judge = engine::judgeOf(m_filter, m_seen, m_handles);
        hooks.reached = [this](std::int64_t timeMs) { m_merge.reached(timeMs); };
        hooks.troubles = [this](const std::vector<std::string>& troubles) { tellTroubles(troubles); };
        hooks.goesOn = [this] { return m_export || !readerIsGone(); };
        const auto report = engine::scan(target.kafka, m_request, hooks, stopped);
        if (!report) {
            m_merge.flush();
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

    int conclude(const engine::ScanReport& report) {
        m_merge.flush();
        if (m_export && m_fault.isEmpty()) {
            const auto done = m_export->commit();
            if (!done) m_fault = said(done.error());
        }
        if (m_fault.isEmpty() && !m_options.positions.empty()) {
            const auto written = writePositions(QString::fromStdString(m_options.positions), report);
            if (!written) m_fault = said(written.error());
        }
        if (!m_fault.isEmpty()) return fail(exitCode::badNews, m_fault);
        tell(report);
        // A bound was asked for; what could not be read, or was broken off, is not what was asked for.
        const bool broken = report.end == engine::ScanEnd::stopped && !m_options.follow;
        return broken || report.end == engine::ScanEnd::unavailable ? exitCode::badNews : exitCode::done;
    }

    // Each once while it lasts, as it comes and as it goes.
    void tellTroubles(const std::vector<std::string>& troubles) {
        const auto tellMissing = [](const auto& of, const auto& in, const char* before) {
            for (const auto& one : of)
                if (std::ranges::find(in, one) == in.end()) std::fprintf(stderr, "%s%s\n", before, one.c_str());
        };
        tellMissing(m_troubles, troubles, "no longer: ");
        tellMissing(troubles, m_troubles, "");
        m_troubles = troubles;
    }

    void tell(const engine::ScanReport& report) const {
        for (const auto& trouble : m_troubles) std::fprintf(stderr, "still: %s\n", trouble.c_str());
        const auto records = static_cast<long long>(report.records);
        const bool whole = report.end == engine::ScanEnd::reachedEnd;
        const bool asEver = whole || (m_options.follow && report.end == engine::ScanEnd::stopped);
        const bool always = m_export || !m_filter.matchesAll() || !asEver;
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
        if (!whole && !m_options.follow && !report.ranges.empty()) tellPlaces(report);
        if (report.filterErrors > 0)
            std::fprintf(stderr, "%lld of them have a payload that the filter could not look into (is:undecodable)\n",
                         static_cast<long long>(report.filterErrors));
        if (m_export)
            std::fprintf(stderr, "%lld written to %s\n", static_cast<long long>(m_export->events()),
                         m_options.exportTo.c_str());
    }

    // Exactly what was searched, and how to go on.
    void tellPlaces(const engine::ScanReport& report) const {
        std::size_t told = 0, left = 0;
        for (const auto& range : report.ranges) {
            if (!range.trouble.empty() || range.until <= range.from) continue;
            if (!range.isDone()) ++left;
            if (++told > mostRangesTold) continue;
            if (range.next == range.from)
                std::fprintf(stderr, "%s %d: none of its offsets %lld to %lld\n", range.topic.c_str(), range.partition,
                             static_cast<long long>(range.from), static_cast<long long>(range.until - 1));
            else
                std::fprintf(stderr, "%s %d: offsets %lld to %lld of %lld to %lld\n", range.topic.c_str(),
                             range.partition, static_cast<long long>(range.from),
                             static_cast<long long>(range.next - 1), static_cast<long long>(range.from),
                             static_cast<long long>(range.until - 1));
        }
        if (told > mostRangesTold) std::fprintf(stderr, "and %zu partitions more\n", told - mostRangesTold);
        if (left == 0) return;
        if (m_options.positions.empty())
            std::fprintf(stderr, "--positions FILE writes where to go on, --continue FILE goes on there\n");
        else
            std::fprintf(stderr, "--continue %s goes on there\n", m_options.positions.c_str());
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
    std::int64_t m_matched = 0;
    std::vector<std::string> m_troubles;  // of --follow, as they were told last
    engine::TimeMerge m_merge{[this](engine::Event&& event) { give(event); }};
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
