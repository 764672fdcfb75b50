#include "app/commands/down.h"

#include <signal.h>

#include <CLI/App.hpp>
#include <QCoreApplication>
#include <QTimer>
#include <optional>

#include "app/commands/attach.h"
#include "app/commands/output.h"
#include "app/commands/status.h"
#include "app/commands/up_view.h"
#include "app/engine/stack/data_lock.h"
#include "app/engine/stack/paths.h"
#include "app/engine/stack/stack.h"

namespace nova::commands {
namespace {

constexpr int patienceMs = 40'000;

}  // namespace

int runDown(const Arguments& arguments) {
    CLI::App app("Stops the local Nova of a data folder, whoever started it, and waits until nothing of it runs.");
    CommonOptions common;
    if (const auto done = parse(app, arguments, common)) return *done;
    if (const auto refused = refuseProfile(arguments, common)) return *refused;
    stack::StackOptions options;
    options.dataDir = common.dataDir;
    const auto stack = stack::Stack::attach(options);
    if (!stack) return noNova(common);

    std::optional<UpView> view;
    if (!common.json) view.emplace(false).stopping();
    QObject::connect(stack.get(), &stack::Stack::changed, stack.get(), [&view](const auto& parts) {
        if (view) view->parts(parts);
    });
    QObject::connect(stack.get(), &stack::Stack::stopped, stack.get(), [&view, &stack] {
        if (view)
            view->stopped();
        else
            printJson(processesJson(stack->parts()));
        QCoreApplication::exit(exitCode::done);
    });
    QTimer::singleShot(patienceMs, stack.get(), [&common] {
        QCoreApplication::exit(
            fail(exitCode::badNews, QStringLiteral("the owner of %1 does not stop its Nova").arg(common.dataDir)));
    });
    stack->stop();
    return QCoreApplication::exec();
}

}  // namespace nova::commands
