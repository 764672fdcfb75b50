#include "app/commands/play.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <cmath>
#include <nlohmann/json.hpp>

#include "app/commands/borrowed_nova.h"
#include "app/commands/output.h"
#include "app/commands/render_action.h"
#include "app/commands/signals.h"
#include "app/engine/actions/action_json.h"
#include "app/engine/actions/create_post_play.h"

namespace nova::commands {
namespace {

using engine::CreatePostPlay;

const QStringList& laterScenarios() {
    static const QStringList names{QStringLiteral("upload-media"), QStringLiteral("chat"),
                                   QStringLiteral("alice-bob"),    QStringLiteral("burst"),
                                   QStringLiteral("kill-feed"),    QStringLiteral("out-of-order"),
                                   QStringLiteral("duplicate"),    QStringLiteral("broker-outage"),
                                   QStringLiteral("lose-redis"),   QStringLiteral("before-after")};
    return names;
}

// What is asked for and not there yet, in words; empty: all is there.
QString notThere(const QString& scenario, const QString& mode, const QString& exportFile) {
    if (laterScenarios().contains(scenario))
        return QStringLiteral("the scenario %1 is not there yet; there is: create-post").arg(scenario);
    if (scenario != QLatin1String("create-post"))
        return QStringLiteral("there is no scenario \"%1\"; there is: create-post").arg(scenario);
    if (mode == QLatin1String("sync")) return QStringLiteral("--mode sync comes later; there is: events");
    if (mode != QLatin1String("events")) return QStringLiteral("--mode is events or sync, not \"%1\"").arg(mode);
    if (!exportFile.isEmpty()) return QStringLiteral("--export comes later");
    return {};
}

void showAction(const engine::Action& action, std::optional<double> readableMs, bool json) {
    if (json) {
        auto line = engine::toJson(action);
        if (readableMs) line["readable_ms"] = std::round(*readableMs * 1'000) / 1'000;
        print(QString::fromStdString(line.dump()));
    } else if (action.action == QLatin1String("createPost")) {
        print({});
        for (const auto& text : renderAction(action, terminalWidth())) print(text);
        if (readableMs)
            print(paint(Colour::dim, QStringLiteral("  Bob's feed was served with the post %1 ms after Alice's click")
                                         .arg(*readableMs, 0, 'f', 1)));
    } else {
        QString times = QStringLiteral("  answered %1 ms").arg(action.ackMs.value_or(0), 0, 'f', 1);
        if (action.visibleMs) times += QStringLiteral(", in effect %1 ms").arg(*action.visibleMs, 0, 'f', 1);
        print((action.complete ? paint(Colour::ok, QStringLiteral("  ✓ "))
                               : paint(Colour::warn, QStringLiteral("  ◐ "))) +
              action.action + paint(Colour::dim, times));
    }
}

}  // namespace

int runPlay(const Arguments& arguments) {
    CLI::App app(
        "Plays a scenario through the gateway and measures it. Without a running Nova it starts one for its duration.");
    CommonOptions common;
    std::string scenario, mode = "events", exportFile;
    app.add_option("SCENARIO", scenario, "create-post")->required();
    app.add_option("--mode", mode, "events")->type_name("MODE");
    app.add_option("--export", exportFile)->group("");
    if (const auto done = parse(app, arguments, common)) return *done;
    const auto fault =
        notThere(QString::fromStdString(scenario), QString::fromStdString(mode), QString::fromStdString(exportFile));
    if (!fault.isEmpty()) return usageError(arguments, fault);

    StopSignals signals_;
    BorrowedNova nova(common);
    QObject::connect(&signals_, &StopSignals::caught, &signals_, [&nova] { nova.interrupt(); });
    const auto run = nova.open();
    if (!run) {
        const bool none = run.error().kind == kit::ErrorKind::notFound || run.error().kind == kit::ErrorKind::badInput;
        return fail(none ? exitCode::cannotConnect : exitCode::badNews, QString::fromStdString(run.error().what));
    }
    CreatePostPlay play(run.value());
    QObject::connect(&signals_, &StopSignals::caught, &play, [&play] { play.stop(); });
    QObject::connect(&play, &CreatePostPlay::played, &play,
                     [&](const engine::Action& action, std::optional<double> readableMs) {
                         showAction(action, readableMs, common.json);
                     });
    if (!common.json) QObject::connect(&play, &CreatePostPlay::step, &play, [](const QString& text) { print(text); });
    const auto result = play.play();
    if (result.problem.isEmpty()) return exitCode::done;
    return fail(result.unreachable ? exitCode::cannotConnect : exitCode::badNews, result.problem);
}

}  // namespace nova::commands
