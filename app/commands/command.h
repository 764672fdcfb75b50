// The commands of nova-console: one file each, listed once in dispatch.cpp. A command gets the words that followed its
// name, declares its own flags on a CLI::App, and returns an exit code of the contract. Thread: main. A
// QCoreApplication exists when it runs.
//
//   int runTraffic(const Arguments& arguments) {
//       CLI::App app("Tails or scans the topics");
//       CommonOptions common;
//       std::string topic;
//       app.add_option("--topic", topic, "Only this topic");
//       if (const auto done = parse(app, arguments, common)) return *done;      // --help: 0, wrong usage: 2
//       …
//   }
#pragma once

#include <QString>
#include <optional>
#include <string>
#include <vector>

namespace CLI {
class App;
}

namespace nova::commands {

namespace exitCode {
inline constexpr int done = 0;
inline constexpr int badNews = 1;  // a part not ready, an effect missing, a refused act …
inline constexpr int wrongUsage = 2;
inline constexpr int cannotConnect = 3;  // no Nova is running there, or it does not answer
}  // namespace exitCode

struct Arguments {
    std::string command;             // "traffic"
    std::vector<std::string> words;  // what followed it, flags and values, in order
};

// --data, --run, --profile and --json, the same for all commands.
struct CommonOptions {
    QString dataDir;        // absolute; the default one when not given. With --run: the folder of that file
    QString runFile;        // absolute; <dataDir>/run.json unless --run named another
    bool runGiven = false;  // --run was given: attach, never launch
    QString profile;        // name or file; empty: none. Excludes --run and --data
    bool json = false;
    QString link;  // of the window: nova://…, the record to open at; empty: none
};

// Adds the common flags, parses, and prints help or the fault. A value is the exit code to return with; none: go on.
std::optional<int> parse(CLI::App& app, const Arguments& arguments, CommonOptions& common);

// "nova-console traffic: <text>" and the way to the help, on stderr; returns 2.
int usageError(const Arguments& arguments, const QString& text);
// "nova-console: <text>" on stderr; returns `code`.
int fail(int code, const QString& text);

struct Command {
    const char* name;
    const char* summary;  // one line of --help
    int (*run)(const Arguments&);
};

}  // namespace nova::commands
