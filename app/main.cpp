// nova-console: with a command it works in the terminal, without one it opens the window.
#include <QCoreApplication>
#include <cstdio>

#include "app/commands/dispatch.h"
#include "app/commands/display.h"
#include "app/shell/window_main.h"

namespace {

using namespace nova::commands;

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
    if (displayIsReachable()) return nova::shell::runWindow(argc, argv, options->dataDir);
    std::fputs(
        "nova-console: no display is reachable: use ssh -X, or the commands (nova-console --help); starting the local "
        "Nova as `up` does\n",
        stderr);
    request.arguments.command = "up";
    return runCommand(argc, argv, request.arguments);
}
