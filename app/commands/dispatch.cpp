#include "app/commands/dispatch.h"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>
#include <array>
#include <cstdio>
#include <memory>

#include "app/commands/actions.h"
#include "app/commands/cluster.h"
#include "app/commands/down.h"
#include "app/commands/fault.h"
#include "app/commands/keys.h"
#include "app/commands/lag.h"
#include "app/commands/nearest.h"
#include "app/commands/play.h"
#include "app/commands/prepare.h"
#include "app/commands/status.h"
#include "app/commands/traffic.h"
#include "app/commands/up.h"
#include "app/engine/stack/paths.h"

namespace nova::commands {
namespace {

// An option's values alone: what excludes what is said to whom it concerns, and a check has no place in a name.
class PlainOptions : public CLI::Formatter {
    std::string make_option_opts(const CLI::Option* option) const override {
        if (option->get_type_size() == 0) return {};
        std::string type = option->get_type_name();
        const std::string check = ":NONNEGATIVE";
        if (const auto at = type.find(check); at != std::string::npos) type.erase(at, check.size());
        if (!option->get_default_str().empty()) type += "=" + option->get_default_str();
        return type.empty() ? type : " " + type;
    }
};

// The one list of commands: their order is the order of --help.
constexpr std::array commandList{
    Command{"up", "Start a local Nova and stay until it is interrupted", runUp},
    Command{"down", "Stop the local Nova, from anywhere", runDown},
    Command{"status", "Each process, its state, and each dependency", runStatus},
    Command{"play", "Play a scenario through the gateway and measure it", runPlay},
    Command{"actions", "The latest user actions, or one with all its hops", runActions},
    Command{"traffic", "Tail or scan the topics", runTraffic},
    Command{"cluster", "What Kafka itself knows: brokers, topics, configuration, groups", runCluster},
    Command{"lag", "The lag of each group, topic and partition, worst first", runLag},
    Command{"keys", "All that is known of an event, a post or a key", runKeys},
    Command{"fault", "Kill, stop, pause, resume, restart or scale a part of the local Nova", runFault},
    Command{"prepare", "Fetch and prepare what a local Nova needs, once", runPrepare},
};

void printHelp() {
    std::puts(
        "Nova Console: one user action across every service, with its measured time.\n"
        "\n"
        "  nova-console                     open the window on the local Nova\n"
        "  nova-console --profile NAME      open it on the cluster of a profile\n"
        "  nova-console nova://LINK         open it at one record\n"
        "  nova-console COMMAND [ARGS]      the same work in a terminal\n"
        "\n"
        "Commands");
    for (const auto& command : commandList) std::printf("  %-9s  %s\n", command.name, command.summary);
    std::puts(
        "\n"
        "Common options\n"
        "  --data DIR   data folder of the local Nova (default $XDG_DATA_HOME/nova-console)\n"
        "  --run FILE   attach to the Nova of this run file\n"
        "  --profile NAME|FILE   attach to the cluster of this profile, read-only unless it says otherwise\n"
        "  --json       one JSON document, or JSON lines for a stream\n"
        "  --help       help, also for one command: nova-console up --help\n"
        "  --version    the version\n"
        "\n"
        "Exit status: 0 done, 1 bad news, 2 wrong usage, 3 cannot connect.");
}

const Command* find(const std::string& name) {
    for (const auto& command : commandList)
        if (name == command.name) return &command;
    return nullptr;
}

bool takesValue(const std::string& word) {
    return word == "--data" || word == "--run" || word == "--profile" || word == "--link";
}

bool isLink(const std::string& word) {
    return word.starts_with("nova://");
}

QString absolute(const std::string& path) {
    return QDir::cleanPath(QFileInfo(QString::fromStdString(path)).absoluteFilePath());
}

QString hint(const std::string& wrong) {
    QStringList names;
    for (const auto& command : commandList) names << QLatin1String(command.name);
    return didYouMean(QString::fromStdString(wrong), names);
}

// CLI11 writes the ends of a range by all their 300 digits.
QString readable(QString fault) {
    static const QRegularExpression atLeast(QStringLiteral("Value (.*) not in range 0\\.0+ to \\d{300,}\\.\\d+"));
    return fault.replace(atLeast, QStringLiteral("\"\\1\" is no number of 0 or more"));
}

}  // namespace

Request understand(int argc, char** argv) {
    Request request;
    std::vector<std::string> before;
    for (int i = 1; i < argc; ++i) {
        const std::string word = argv[i];
        if (word == "--help" || word == "-h" || word == "help") {
            printHelp();
            request.kind = Request::Kind::answered;
            return request;
        }
        if (word == "--version") {
            std::puts("nova-console " NOVA_VERSION);
            request.kind = Request::Kind::answered;
            return request;
        }
        if (isLink(word)) {
            before.emplace_back("--link");
            before.push_back(word);
            continue;
        }
        if (!word.starts_with('-')) {
            if (!find(word)) {
                std::fprintf(stderr, "nova-console: there is no command \"%s\"%s\nTry: nova-console --help\n",
                             word.c_str(), qPrintable(hint(word)));
                request.kind = Request::Kind::answered;
                request.exit = exitCode::wrongUsage;
                return request;
            }
            request.kind = Request::Kind::command;
            request.arguments = {word, before};
            for (int j = i + 1; j < argc; ++j) request.arguments.words.emplace_back(argv[j]);
            return request;
        }
        before.push_back(word);
        if (takesValue(word) && i + 1 < argc) before.emplace_back(argv[++i]);
    }
    request.arguments = {"", before};
    return request;
}

int run(const Arguments& arguments) {
    const auto* command = find(arguments.command);
    return command ? command->run(arguments) : int{exitCode::wrongUsage};
}

std::optional<CommonOptions> windowOptions(const Arguments& arguments) {
    CLI::App app("Opens the window on the local Nova, or on the cluster of a profile");
    CommonOptions common;
    std::string link;
    app.add_option("--link", link, "Open the window at this record, nova://…")->type_name("LINK");
    if (parse(app, arguments, common)) return std::nullopt;
    common.link = QString::fromStdString(link);
    return common;
}

std::optional<int> parse(CLI::App& app, const Arguments& arguments, CommonOptions& common) {
    std::string data, runFile, profile;
    app.name(arguments.command.empty() ? "nova-console" : "nova-console " + arguments.command);
    app.formatter(std::make_shared<PlainOptions>());
    app.get_formatter()->column_width(28);
    auto* const folder = app.add_option("--data", data, "Data folder of the local Nova")->type_name("DIR");
    auto* const running =
        app.add_option("--run", runFile, "Attach to the Nova of this run file")->type_name("FILE");
    auto* const elsewhere = app.add_option("--profile", profile, "Attach to the cluster of this profile")
                                ->type_name("NAME|FILE")
                                ->excludes(folder)
                                ->excludes(running);
    app.add_flag("--json", common.json, "One JSON document, or JSON lines for a stream");
    auto words = std::vector<std::string>(arguments.words.rbegin(), arguments.words.rend());
    try {
        app.parse(words);
    } catch (const CLI::CallForHelp&) {
        std::fputs(app.help().c_str(), stdout);
        return exitCode::done;
    } catch (const CLI::ParseError& fault) {
        return usageError(arguments, readable(QString::fromStdString(fault.what())));
    }
    // Of a script whose variable is not set: not the default folder's Nova is meant.
    for (const auto* option : {folder, running, elsewhere})
        if (option->count() > 0 && option->as<std::string>().empty())
            return usageError(arguments, QStringLiteral("%1 is empty").arg(QString::fromStdString(option->get_name())));
    common.runGiven = !runFile.empty();
    common.profile = QString::fromStdString(profile);
    common.dataDir = data.empty() ? stack::defaultDataDir() : absolute(data);
    if (common.runGiven) common.dataDir = QFileInfo(absolute(runFile)).path();
    common.runFile = common.runGiven ? absolute(runFile) : common.dataDir + QLatin1String("/run.json");
    return std::nullopt;
}

int usageError(const Arguments& arguments, const QString& text) {
    const std::string name = arguments.command.empty() ? "nova-console" : "nova-console " + arguments.command;
    std::fprintf(stderr, "%s: %s\nTry: %s --help\n", name.c_str(), qPrintable(text), name.c_str());
    return exitCode::wrongUsage;
}

int fail(int code, const QString& text) {
    std::fprintf(stderr, "nova-console: %s\n", qPrintable(text));
    return code;
}

}  // namespace nova::commands
