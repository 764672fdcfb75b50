// nova-console: with a command it works in the terminal, without one it opens the window.
#include <QCoreApplication>
#include <cstdio>
#include <cstdlib>

#include "app/commands/dispatch.h"
#if __has_include("app/shell/window_main.h")
#include "app/shell/window_main.h"
#define NOVA_HAS_WINDOW
#endif

namespace {

using namespace nova::commands;

bool displayIsReachable() {
    const auto set = [](const char* name) { return std::getenv(name) && *std::getenv(name); };
    return set("DISPLAY") || set("WAYLAND_DISPLAY") || set("QT_QPA_PLATFORM");
}

int runCommand(int argc, char** argv, const Arguments& arguments) {
    QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("nova-console"));
    QCoreApplication::setApplicationVersion(QStringLiteral(NOVA_VERSION));
    return run(arguments);
}

}  // namespace

int main(int argc, char** argv) {
    auto request = understand(argc, argv);
    if (request.kind == Request::Kind::answered) return request.exit;
    if (request.kind == Request::Kind::command) return runCommand(argc, argv, request.arguments);
    const auto options = windowOptions(request.arguments);
    if (!options) return exitCode::wrongUsage;
#ifdef NOVA_HAS_WINDOW
    if (displayIsReachable()) return nova::shell::runWindow(argc, argv, options->dataDir);
#endif
    std::fputs("nova-console: no display is reachable: use ssh -X, or the commands (up, down, status, play, actions, traffic); "
               "starting the local Nova here\n", stderr);
    request.arguments.command = "up";
    return runCommand(argc, argv, request.arguments);
}
