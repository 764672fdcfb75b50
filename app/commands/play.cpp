#include "app/commands/play.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <QFileInfo>
#include <QSaveFile>
#include <nlohmann/json.hpp>

#include "app/commands/attach.h"
#include "app/commands/borrowed_nova.h"
#include "app/commands/output.h"
#include "app/commands/play_report.h"
#include "app/commands/signals.h"
#include "app/engine/actions/action_json.h"
#include "app/engine/actions/mermaid.h"
#include "app/engine/plays/scenarios.h"

namespace nova::commands {
namespace {

using engine::Play;
using engine::PlayResult;
using engine::Scenario;

struct Options {
    std::string scenario, mode, exportFile;
    int rate = 0, seconds = 0;
    bool steps = false;
};

Painter& painter() {
    static Painter installed;
    return installed;
}

QString endingOf(const QString& file) {
    return QFileInfo(file).suffix().toLower();
}

QString names() {
    QStringList all;
    for (const auto& scenario : engine::scenarios()) all << scenario.name;
    return all.join(QStringLiteral(", "));
}

// What is wrong with what was asked for; empty: nothing.
QString faultOf(const Scenario* scenario, const Options& options) {
    const auto mode = QString::fromStdString(options.mode), file = QString::fromStdString(options.exportFile);
    if (!scenario)
        return QStringLiteral("there is no scenario \"%1\"; there are: %2")
            .arg(QString::fromStdString(options.scenario), names());
    if (!mode.isEmpty() && mode != QLatin1String("events") && mode != QLatin1String("sync"))
        return QStringLiteral("--mode is events or sync, not \"%1\"").arg(mode);
    if (mode == QLatin1String("sync") && !scenario->bothModes)
        return QStringLiteral("the scenario %1 is about events: it has no --mode sync").arg(scenario->name);
    if ((options.rate > 0 || options.seconds > 0) && !scenario->load)
        return QStringLiteral("--rate and --seconds are for burst and before-after");
    if (file.isEmpty()) return {};
    const auto ending = endingOf(file);
    const QStringList written{QStringLiteral("mmd"), QStringLiteral("json")},
        painted{QStringLiteral("svg"), QStringLiteral("png")};
    if (!written.contains(ending) && !painted.contains(ending))
        return QStringLiteral("--export writes .svg, .png, .mmd or .json, not \"%1\"").arg(file);
    if (painted.contains(ending) && !painter())
        return QStringLiteral("--export of .%1 is not built in here; .mmd and .json are").arg(ending);
    if (!QFileInfo(QFileInfo(file).absolutePath()).isDir())
        return QStringLiteral("--export: there is no folder %1").arg(QFileInfo(file).absolutePath());
    return {};
}

QString saveText(const QString& file, const QByteArray& text) {
    QSaveFile out(file);
    if (!out.open(QIODevice::WriteOnly) || out.write(text) != text.size() || !out.commit()) return out.errorString();
    return {};
}

// Why it could not be written; empty: it was.
QString exportTo(const QString& file, const Scenario& scenario, const PlayResult& result) {
    const auto ending = endingOf(file);
    if (ending == QLatin1String("mmd"))
        return saveText(file, engine::toMermaid(scenario.name, result.actions).toUtf8());
    if (ending != QLatin1String("json")) return painter()(scenario.name, result.actions, file);
    auto json = resultJson(scenario, result);
    json["actions"] = nlohmann::ordered_json::array();
    for (const auto& action : result.actions) json["actions"].push_back(engine::toJson(action));
    return saveText(file, QByteArray::fromStdString(json.dump(2)) + '\n');
}

int judged(const PlayResult& result) {
    if (result.problem.isEmpty()) return exitCode::done;
    return fail(result.unreachable ? exitCode::cannotConnect : exitCode::badNews, result.problem);
}

}  // namespace

void setPainter(Painter install) {
    painter() = std::move(install);
}

int runPlay(const Arguments& arguments) {
    CLI::App app(
        "Plays a scenario through the gateway and measures it. Without a running Nova it starts one for its duration.");
    CommonOptions common;
    Options options;
    app.add_option("SCENARIO", options.scenario, names().toStdString())->required();
    app.add_option("--mode", options.mode, "events or sync: with events, or as a chain of calls")->type_name("MODE");
    app.add_option("--export", options.exportFile, "Write what was played: .svg .png .mmd .json")->type_name("FILE");
    app.add_option("--rate", options.rate, "Calls a second, of burst and before-after")->check(CLI::Range(1, 5'000));
    app.add_option("--seconds", options.seconds, "How long, of burst and before-after")->check(CLI::Range(1, 600));
    app.add_flag("--steps", options.steps,
                 "With --json: what happens as it comes, on stderr: lines of \"step\", \"finding\", \"action\"");
    if (const auto done = parse(app, arguments, common)) return *done;
    if (const auto refused = refuseProfile(arguments, common)) return *refused;
    const auto* scenario = engine::scenarioOf(QString::fromStdString(options.scenario));
    const auto fault = faultOf(scenario, options);
    if (!fault.isEmpty()) return usageError(arguments, fault);

    StopSignals signals_;
    BorrowedNova nova(common);
    QObject::connect(&signals_, &StopSignals::caught, &signals_, [&nova] { nova.interrupt(); });
    const auto run = nova.open();
    if (!run) {
        const bool none = run.error().kind == kit::ErrorKind::notFound || run.error().kind == kit::ErrorKind::badInput;
        return fail(none ? exitCode::cannotConnect : exitCode::badNews, QString::fromStdString(run.error().what));
    }
    if (scenario->faults && !nova.stack())
        return fail(exitCode::badNews,
                    QStringLiteral("%1 hurts parts of the Nova: only a local one that runs here is played with")
                        .arg(scenario->name));
    const auto play = scenario->make(
        {run.value(), QString::fromStdString(options.mode), nova.stack(), options.rate, options.seconds});
    QObject::connect(&signals_, &StopSignals::caught, play.get(), [&play] { play->stop(); });
    PlayReport report(*scenario, common.json, options.steps);
    QObject::connect(play.get(), &Play::step, play.get(), [&](const QString& text) { report.step(text); });
    QObject::connect(play.get(), &Play::found, play.get(), [&](const engine::Finding& one) { report.found(one); });
    QObject::connect(play.get(), &Play::played, play.get(),
                     [&](const engine::Action& action, const QJsonObject& more) { report.played(action, more); });
    const auto result = play->play();
    report.finish(result);
    if (!options.exportFile.empty()) {
        const auto why = exportTo(QString::fromStdString(options.exportFile), *scenario, result);
        if (!why.isEmpty()) return fail(exitCode::badNews, QStringLiteral("--export: %1").arg(why));
    }
    return judged(result);
}

}  // namespace nova::commands
