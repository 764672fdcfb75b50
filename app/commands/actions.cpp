#include "app/commands/actions.h"

#include <signal.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <QRegularExpression>
#include <atomic>
#include <nlohmann/json.hpp>

#include "app/commands/attach.h"
#include "app/commands/output.h"
#include "app/commands/render_action.h"
#include "app/engine/actions/action_json.h"
#include "app/engine/actions/action_scan.h"

namespace nova::commands {
namespace {

constexpr int defaultCount = 20;
std::atomic<bool> stopped{false};

bool isTraceId(const QString& text) {
    static const QRegularExpression hex(QStringLiteral("^[0-9a-f]{32}$"));
    return hex.match(text).hasMatch();
}

void printAsJson(const QVector<engine::Action>& actions) {
    for (const auto& action : actions) print(QString::fromStdString(engine::toJson(action).dump()));
}

// What was asked and did not tell all.
QVector<engine::Source> notRead(const QVector<engine::Source>& sources) {
    QVector<engine::Source> found;
    for (const auto& source : sources)
        if (source.state == QLatin1String("unreachable") || source.state == QLatin1String("refused")) found << source;
    return found;
}

void printLines(const QStringList& lines) {
    for (const auto& line : lines) print(line);
}

}  // namespace

int runActions(const Arguments& arguments) {
    CLI::App app("The latest user actions, newest first, or one with all its hops.");
    CommonOptions common;
    std::string trace;
    int count = defaultCount;
    app.add_option("TRACE", trace, "Trace id of one action, 32 hex digits");
    app.add_option("--limit", count, "At most so many; 0 is all")->type_name("N")->check(CLI::NonNegativeNumber);
    if (const auto done = parse(app, arguments, common)) return *done;
    const auto traceId = QString::fromStdString(trace).toLower();
    if (!traceId.isEmpty() && !isTraceId(traceId)) {
        return usageError(arguments,
                          QStringLiteral("\"%1\" is no trace id: 32 hex digits").arg(QString::fromStdString(trace)));
    }
    const auto attached = attach(arguments, common);
    if (!attached.target) return attached.exit;

    for (const int s : {SIGINT, SIGTERM}) ::signal(s, [](int) { stopped = true; });
    engine::ActionStore store;
    const auto scanned = engine::scanActions(*attached.target, {traceId, count}, store, stopped);
    if (!scanned && stopped) return fail(exitCode::badNews, QStringLiteral("interrupted: nothing was read"));
    if (!scanned) return fail(exitCode::cannotConnect, QString::fromStdString(scanned.error().what));
    for (const auto& line : storeRemarks(store.dropped(), store.forgotten(), traceId.isEmpty() ? count : 1))
        std::fprintf(stderr, "%s\n", qPrintable(line));
    const auto unread = notRead(store.sources());
    for (const auto& source : unread)
        std::fprintf(stderr, "%s not read whole: %s\n", qPrintable(source.name), qPrintable(source.detail));
    const int done = stopped || !unread.isEmpty() ? exitCode::badNews : exitCode::done;
    if (traceId.isEmpty()) {
        const auto latest = store.latest(count);
        if (common.json)
            printAsJson(latest);
        else if (!latest.isEmpty())
            printLines(renderActions(latest));
        else if (unread.isEmpty())
            std::fputs("No user action yet: nova-console play create-post makes one.\n", stderr);
        return done;
    }
    const auto action = store.action(traceId);
    if (!action && !unread.isEmpty())
        return fail(stopped ? exitCode::badNews : exitCode::cannotConnect,
                    QStringLiteral("trace %1 is not in what was read").arg(traceId));
    if (!action)
        return fail(exitCode::badNews, QStringLiteral("no span and no event of trace %1 is kept").arg(traceId));
    if (common.json)
        printAsJson({*action});
    else
        printLines(renderAction(*action, terminalWidth(), attached.target->local));
    return done;
}

}  // namespace nova::commands
