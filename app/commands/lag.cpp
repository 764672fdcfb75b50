#include "app/commands/lag.h"

#include <signal.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <QDateTime>
#include <QElapsedTimer>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <map>
#include <set>
#include <thread>

#include "app/commands/attach.h"
#include "app/commands/lag_report.h"
#include "app/commands/output.h"
#include "app/engine/lag/lag_rules.h"
#include "app/engine/lag/lag_watch.h"

namespace nova::commands {
namespace {

using std::chrono::milliseconds;
constexpr int catchUpMs = 3'000, everyMs = 1'000, measureMs = 3'000, askAllMs = 30'000;
constexpr qsizetype namedAtMost = 3;
constexpr milliseconds nap{50};
std::atomic<bool> stopped{false};

struct Asked {
    std::vector<std::string> groups, topics, statuses;
    std::int64_t minLag = -1, limit = 0;
    bool follow = false, all = false;
};

QStringList texts(const std::vector<std::string>& words) {
    QStringList texts;
    for (const auto& word : words) texts << QString::fromStdString(word);
    return texts;
}

// What the flags ask for, worst first, and how many rows a person was spared.
struct Chosen {
    QVector<engine::LagRow> rows;
    int hidden = 0, beyondLimit = 0;
    bool alarm = false;
};

Chosen choose(const engine::LagSample& sample, const Asked& asked, const std::set<engine::LagStatus>& statuses,
              bool json) {
    // A group whose commits are gone, or not known, is no idle one.
    std::set<QString> expired, idle;
    for (const auto& row : sample.rows)
        if (row.lastCommitted) expired.insert(row.group);
    for (const auto& group : sample.groups) {
        const bool isIdle = (group.listing.state == u"Empty" || group.listing.state == u"Dead") && group.lag == 0 &&
                            group.worst < engine::LagStatus::unknown && group.trouble.isEmpty() &&
                            !expired.contains(group.listing.group);
        if (isIdle || group.isConsole) idle.insert(group.listing.group);
    }
    const bool hide = !json && !asked.all && asked.groups.empty();
    Chosen chosen;
    for (const auto& row : sample.rows) {
        if (!statuses.empty() && !statuses.contains(row.status)) continue;
        if (asked.minLag >= 0 && row.lag.value_or(-1) < asked.minLag) continue;
        if (hide && !row.alarm && idle.contains(row.group)) {
            ++chosen.hidden;
            continue;
        }
        chosen.alarm = chosen.alarm || row.alarm;
        chosen.rows.append(row);
    }
    std::sort(chosen.rows.begin(), chosen.rows.end(), engine::worse);
    if (asked.limit > 0 && chosen.rows.size() > asked.limit) {
        chosen.beyondLimit = static_cast<int>(chosen.rows.size() - asked.limit);
        chosen.rows.resize(asked.limit);
    }
    return chosen;
}

// Groups that fail alike are told in one line.
QStringList groupTroubles(const engine::LagSample& sample) {
    std::map<QString, QStringList> groups;
    for (const auto& group : sample.groups)
        if (!group.trouble.isEmpty()) groups[group.trouble] << group.listing.group;
    QStringList lines;
    for (const auto& [trouble, names] : groups) {
        const QString who = QStringList(names.mid(0, namedAtMost)).join(QStringLiteral(", "));
        const auto more = names.size() - namedAtMost;
        lines << (more > 0 ? QStringLiteral("%1 and %2 more groups: %3").arg(who).arg(more).arg(trouble)
                           : QStringLiteral("%1: %2").arg(who, trouble));
    }
    return lines;
}

QStringList remarks(const engine::LagSample& sample, const Chosen& chosen) {
    QStringList remarks;
    if (!sample.trouble.isEmpty()) remarks << paint(Colour::bad, sample.trouble);
    if (!sample.missing.isEmpty()) remarks << paint(Colour::warn, sample.missing);
    for (const auto& line : groupTroubles(sample)) remarks << paint(Colour::warn, line);
    if (chosen.hidden > 0)
        remarks << paint(
            Colour::dim,
            QStringLiteral("%1 rows of idle and console-* groups hidden; --all shows them").arg(chosen.hidden));
    if (chosen.beyondLimit > 0)
        remarks << paint(Colour::dim, QStringLiteral("%1 more rows; --limit 0 is all").arg(chosen.beyondLimit));
    if (sample.commits != u"followed") remarks << paint(Colour::dim, QStringLiteral("commits ") + sample.commits);
    return remarks;
}

// Beside the rows, so that what is missing from them is said to a script's reader, too.
void complain(const QStringList& remarks) {
    for (const auto& line : remarks) std::fprintf(stderr, "%s\n", qPrintable(harmless(line)));
}

using Key = std::tuple<QString, QString, int>;

// Time lag for what is printed: the rate of reads lets some wait, for `patienceMs` here, then for the next look.
// `printed` goes from one look to the next.
Chosen take(engine::LagWatch& watch, engine::LagSample& sample, const Asked& asked,
            const std::set<engine::LagStatus>& statuses, bool json, int patienceMs, std::set<Key>& printed) {
    const auto until = QDateTime::currentMSecsSinceEpoch() + patienceMs;
    for (;;) {
        watch.measure(sample, [&](const engine::LagRow& row) {
            return printed.contains({row.group, row.topic, row.partition});
        });
        auto chosen = choose(sample, asked, statuses, json);
        bool fresh = false, waiting = false;
        std::set<Key> now;
        for (const auto& row : chosen.rows) {
            const Key key{row.group, row.topic, row.partition};
            fresh = fresh || !printed.contains(key);
            waiting = waiting || row.secondsReason == QLatin1String(engine::TimeLag::waiting);
            now.insert(key);
        }
        printed = std::move(now);
        const bool patient = waiting && QDateTime::currentMSecsSinceEpoch() < until;
        if (stopped || (!fresh && !patient)) return chosen;
        if (!fresh) std::this_thread::sleep_for(nap);
    }
}

int showOnce(engine::LagWatch& watch, const Asked& asked, const std::set<engine::LagStatus>& statuses, bool json) {
    watch.catchUp(catchUpMs);
    QElapsedTimer clock;
    clock.start();
    auto sample = watch.look();
    while (watch.backlog() && !stopped && !clock.hasExpired(askAllMs)) sample = watch.look();
    if (watch.backlog() && sample.missing.isEmpty())
        sample.missing = QStringLiteral("not all groups could be asked within %1 s").arg(askAllMs / 1'000);
    if (!sample.trouble.isEmpty() && sample.rows.isEmpty()) return fail(exitCode::cannotConnect, sample.trouble);
    std::set<Key> printed;
    const auto chosen = take(watch, sample, asked, statuses, json, measureMs, printed);
    if (json) {
        std::puts(lagJson(chosen.rows).c_str());
    } else {
        if (chosen.rows.isEmpty())
            print(QStringLiteral("no group reads anything here") +
                  (sample.rows.isEmpty() ? QString() : QStringLiteral(" that was asked for")));
        else
            for (const auto& line : lagTable(chosen.rows)) print(line);
    }
    complain(remarks(sample, chosen));
    return chosen.alarm ? exitCode::badNews : exitCode::done;
}

int showOn(engine::LagWatch& watch, const Asked& asked, const std::set<engine::LagStatus>& statuses, bool json) {
    watch.catchUp(catchUpMs);
    LiveLines live;
    std::set<Key> printed;
    QStringList said;
    bool alarm = false;
    while (!stopped) {
        const auto began = QDateTime::currentMSecsSinceEpoch();
        auto sample = watch.look();
        const auto chosen = take(watch, sample, asked, statuses, json, 0, printed);
        alarm = chosen.alarm;
        if (json) {
            std::puts(lagJson(chosen.rows).c_str());
            std::fflush(stdout);
            if (auto now = remarks(sample, chosen); now != said) complain(said = std::move(now));
        } else {
            auto lines = lagTable(chosen.rows) + remarks(sample, chosen);
            lines.prepend(
                paint(Colour::dim, QDateTime::currentDateTimeUtc().toString(QStringLiteral("HH:mm:ss.zzz 'UTC'"))));
            if (isTerminal(1))
                live.show(lines);
            else
                for (const auto& line : lines) print(line);
        }
        if (std::ferror(stdout)) break;
        const auto pause = watch.backlog() ? 0 : everyMs - (QDateTime::currentMSecsSinceEpoch() - began);
        for (auto left = milliseconds(pause); left > milliseconds{0} && !stopped; left -= nap)
            std::this_thread::sleep_for(nap);
    }
    live.forget();
    return alarm ? exitCode::badNews : exitCode::done;
}

}  // namespace

int runLag(const Arguments& arguments) {
    CLI::App app(
        "Each group x topic x partition with its lag in offsets, worst first. Exit 1 when an alert fires: the lag of a "
        "group and topic\n"
        "above its threshold (1000, or the profile's) or a commit beyond the end.");
    CommonOptions common;
    Asked asked;
    app.add_option("--group", asked.groups, "Only these groups; * matches any run")
        ->type_name("NAME,…")
        ->delimiter(',');
    app.add_option("--topic", asked.topics, "Only these topics; * matches any run")
        ->type_name("NAME,…")
        ->delimiter(',');
    app.add_option("--status", asked.statuses,
                   "Only these: ok no-commit unknown warn rewind stall stop lost beyond-end")
        ->type_name("STATUS,…")
        ->delimiter(',');
    app.add_option("--min-lag", asked.minLag, "Only rows with so much lag or more")
        ->type_name("N")
        ->check(CLI::NonNegativeNumber);
    app.add_option("--limit", asked.limit, "At most so many rows, the worst; 0 is all")
        ->type_name("N")
        ->check(CLI::NonNegativeNumber);
    app.add_flag("--follow", asked.follow, "Go on, a look each second");
    app.add_flag("--all", asked.all, "Idle and console-* groups too (always with --json)");
    if (const auto done = parse(app, arguments, common)) return *done;
    std::set<engine::LagStatus> statuses;
    for (const auto& word : texts(asked.statuses)) {
        const auto status = engine::statusOf(word);
        if (!status) return usageError(arguments, QStringLiteral("--status: there is no status \"%1\"").arg(word));
        statuses.insert(*status);
    }
    const auto attached = attach(arguments, common);
    if (!attached.target) return attached.exit;
    for (const int s : {SIGINT, SIGTERM}) ::signal(s, [](int) { stopped = true; });
    engine::LagOptions options{texts(asked.groups), texts(asked.topics), 0, true};
    const auto watch = engine::LagWatch::make(*attached.target, options);
    if (!watch) return fail(exitCode::cannotConnect, QString::fromStdString(watch.error().what));
    return asked.follow ? showOn(*watch.value(), asked, statuses, common.json)
                        : showOnce(*watch.value(), asked, statuses, common.json);
}

}  // namespace nova::commands
