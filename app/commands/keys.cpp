#include "app/commands/keys.h"

#include <signal.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <atomic>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/commands/attach.h"
#include "app/commands/keys_text.h"
#include "app/commands/output.h"
#include "app/engine/keys/key_json.h"
#include "app/engine/keys/key_lookup.h"

namespace nova::commands {
namespace {

using namespace Qt::StringLiterals;

constexpr qint64 defaultScanLimit = 1'000;
std::atomic<bool> stopped{false};

void printLine(const nlohmann::ordered_json& json) {
    std::puts(json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace).c_str());
}

bool isAway(const engine::Source& source) {
    return source.state == u"unreachable" || source.state == u"refused";
}

// Nothing known while a source was away is no news of the id: the first of them says why.
const engine::Source* away(const QVector<engine::Source>& sources) {
    for (const auto& source : sources)
        if (isAway(source)) return &source;
    return nullptr;
}

int runLookup(const engine::Target& target, const engine::KeyQuery& query, bool json) {
    const auto report = engine::lookUp(target, query, stopped);
    const auto* missing = away(report.sources);
    if (report.interrupted) {
        for (const auto& source : report.sources)
            if (isAway(source))
                std::fprintf(stderr, "%s not read whole: %s\n", qPrintable(source.name), qPrintable(source.detail));
        if (report.nothingKnown()) return fail(exitCode::badNews, u"interrupted: nothing was found so far"_s);
    }
    if (report.nothingKnown() && missing)
        return fail(exitCode::cannotConnect, u"%1 %2: %3"_s.arg(missing->name, missing->state, missing->detail));
    if (json)
        printLine(engine::toJson(report));
    else
        for (const auto& line : renderKeys(report)) print(line);
    return report.interrupted || report.nothingKnown() ? exitCode::badNews : exitCode::done;
}

int runScan(const engine::Target& target, const engine::KeyScanRequest& request, bool json) {
    const bool shown = isTerminal(STDERR_FILENO) && !json;
    const auto progress = [&](const engine::KeyScan& scan) {
        if (shown) std::fprintf(stderr, "\r\x1b[K%s", qPrintable(renderProgress(scan)));
    };
    const auto scan = engine::scanKeys(target, request, progress, stopped);
    if (shown) std::fputs("\r\x1b[K", stderr);
    if (const auto& redis = scan.sources.front(); redis.state != u"ok") {
        const auto why = redis.state == u"not-configured" ? u"no Redis is configured: there is nothing to scan"_s
                                                          : u"redis %1: %2"_s.arg(redis.state, redis.detail);
        return fail(exitCode::cannotConnect, why);
    }
    if (!json) {
        for (const auto& line : renderScan(scan)) print(line);
    } else {
        for (const auto& key : scan.keys) printLine(engine::toJson(key));
        for (const auto& version : scan.versions) printLine(engine::toJson(version));
        printLine(engine::summaryOf(scan));
    }
    if (!scan.complete)
        std::fprintf(stderr, "interrupted: %d %% of Redis' keys were walked through\n",
                     static_cast<int>(scan.fraction * 100));
    return scan.matched == 0 || !scan.complete ? exitCode::badNews : exitCode::done;
}

}  // namespace

int runKeys(const Arguments& arguments) {
    CLI::App app(
        "All that is known of an event, a post, a user, a message or a key: idempotency keys, versions, effects, "
        "consumers. With --scan: which keys there are.");
    CommonOptions common;
    std::string id, group;
    bool scan = false;
    qint64 limit = defaultScanLimit;
    app.add_option("ID", id, "An id, a handle or a key; with --scan a pattern of Redis (default *)");
    app.add_option("--group", group, "Only this consumer group")->type_name("NAME");
    app.add_flag("--scan", scan, "Walk through Redis by SCAN");
    app.add_option("--limit", limit, "With --scan: at most so many keys are shown; 0 is all")
        ->type_name("N")
        ->check(CLI::NonNegativeNumber);
    if (const auto done = parse(app, arguments, common)) return *done;
    if (id.empty() && !scan) return usageError(arguments, u"an id, a handle or a key is missing"_s);
    const auto attached = attach(arguments, common);
    if (!attached.target) return attached.exit;
    for (const int s : {SIGINT, SIGTERM}) ::signal(s, [](int) { stopped = true; });
    if (scan) {
        auto pattern = id.empty() ? u"*"_s : QString::fromStdString(id);
        if (!group.empty() && id.empty()) pattern = u"*%1*"_s.arg(QString::fromStdString(group));
        return runScan(*attached.target, {pattern, limit}, common.json);
    }
    return runLookup(*attached.target, {QString::fromStdString(id), std::nullopt, QString::fromStdString(group)},
                     common.json);
}

}  // namespace nova::commands
