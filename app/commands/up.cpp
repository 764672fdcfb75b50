#include "app/commands/up.h"

#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <QCoreApplication>
#include <QElapsedTimer>
#include <QJsonArray>
#include <algorithm>

#include "app/commands/output.h"
#include "app/commands/signals.h"
#include "app/commands/up_view.h"
#include "app/engine/stack/catalogue.h"
#include "app/engine/stack/stack.h"

namespace nova::commands {
namespace {

using stack::Stack;

// "content-service.rpc_delay_ms=80"
bool readOverride(const std::string& text, stack::StackOptions& options, QString* fault) {
    const auto whole = QString::fromStdString(text);
    const auto name = whole.section(QLatin1Char('='), 0, 0), value = whole.section(QLatin1Char('='), 1);
    const auto service = name.section(QLatin1Char('.'), 0, 0), key = name.section(QLatin1Char('.'), 1);
    const auto* part = stack::Catalogue::builtIn().part(service);
    if (service.isEmpty() || key.isEmpty() || !whole.contains(QLatin1Char('='))) {
        *fault = QStringLiteral("--set wants SERVICE.KEY=VALUE, not \"%1\"").arg(whole);
        return false;
    }
    if (!part || part->isStore()) {
        *fault = QStringLiteral("--set: there is no service \"%1\"").arg(service);
        return false;
    }
    options.set[service].insert(key, value);
    return true;
}

// From start to the end of everything; returns the exit code.
class Up {
public:
    Up(Stack& stack, bool json) : m_stack(stack), m_view(json) {
        QObject::connect(&stack, &Stack::changed, &stack,
                         [this](const QVector<stack::PartStatus>& parts) { m_view.parts(parts); });
        QObject::connect(&stack, &Stack::ready, &stack,
                         [this](const QString& file) { m_view.ready(file, m_stack.parts()); });
        QObject::connect(&stack, &Stack::failed, &stack, [this](const QString& reason) {
            m_view.failed(reason);
            m_exit = exitCode::badNews;
        });
        QObject::connect(&stack, &Stack::stopped, &stack, [this] {
            m_view.stopped();
            QCoreApplication::exit(m_exit);
        });
        QObject::connect(&m_signals, &StopSignals::caught, &stack, [this](int) {
            m_view.stopping();
            m_stack.stop();
        });
    }
    int run() {
        m_stack.start();
        return QCoreApplication::exec();
    }

private:
    Stack& m_stack;
    UpView m_view;
    StopSignals m_signals;
    int m_exit = exitCode::done;
};

}  // namespace

int runUp(const Arguments& arguments) {
    CLI::App app("Starts a local Nova and stays until SIGINT, SIGTERM or SIGHUP, then stops all of it.");
    CommonOptions common;
    std::vector<std::string> overrides;
    app.add_option("--set", overrides, "Override a setting of a service, e.g. content-service.rpc_delay_ms=80")
        ->type_name("SERVICE.KEY=VALUE");
    if (const auto done = parse(app, arguments, common)) return *done;
    if (common.runGiven)
        return usageError(arguments, QStringLiteral("up launches a Nova; --run attaches to one that runs"));
    stack::StackOptions options;
    options.dataDir = common.dataDir;
    for (const auto& text : overrides) {
        QString fault;
        if (!readOverride(text, options, &fault)) return usageError(arguments, fault);
    }
    const auto stack = Stack::open(options);
    if (!stack->isOwner()) {
        return fail(exitCode::badNews,
                    QStringLiteral("%1 belongs to process %2 already; stop it with: nova-console down --data %1")
                        .arg(common.dataDir)
                        .arg(stack->ownerPid()));
    }
    return Up(*stack, common.json).run();
}

}  // namespace nova::commands
