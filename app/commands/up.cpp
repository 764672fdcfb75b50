#include "app/commands/up.h"

#include <unistd.h>

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <QCoreApplication>
#include <QElapsedTimer>
#include <QJsonArray>
#include <algorithm>

#include "app/commands/attach.h"
#include "app/commands/nearest.h"
#include "app/commands/output.h"
#include "app/commands/signals.h"
#include "app/commands/up_view.h"
#include "app/engine/stack/catalogue.h"
#include "app/engine/stack/stack.h"

namespace nova::commands {
namespace {

using stack::Stack;

QString noService(const char* flag, const QString& name) {
    QStringList names;
    for (const auto& part : stack::Catalogue::builtIn().parts())
        if (!part.isStore()) names << part.name;
    return QStringLiteral("%1: there is no service \"%2\"%3").arg(QLatin1String(flag), name, didYouMean(name, names));
}

// "feed-service=3"
bool readReplicas(const std::string& text, stack::StackOptions& options, QString* fault) {
    const auto whole = QString::fromStdString(text);
    const auto service = whole.section(QLatin1Char('='), 0, 0);
    const auto* part = stack::Catalogue::builtIn().part(service);
    bool number = false;
    const int replicas = whole.section(QLatin1Char('='), 1).toInt(&number);
    if (!part || part->isStore()) {
        *fault = noService("--replicas", service);
    } else if (!number || replicas < 1 || replicas > stack::mostReplicas) {
        *fault = QStringLiteral("--replicas wants SERVICE=N with N from 1 to %1, not \"%2\"")
                     .arg(stack::mostReplicas)
                     .arg(whole);
    } else {
        options.replicas.insert(service, replicas);
        return true;
    }
    return false;
}

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
        *fault = noService("--set", service);
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
        QObject::connect(&stack, &Stack::launched, &stack,
                         [this](const stack::Launched& process) { m_view.launched(process); });
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
    std::vector<std::string> overrides, replicas;
    app.add_option("--set", overrides, "Override a setting of a service, e.g. content-service.rpc_delay_ms=80")
        ->type_name("SERVICE.KEY=VALUE");
    app.add_option("--replicas", replicas, "Start so many of a service, e.g. feed-service=3")->type_name("SERVICE=N");
    if (const auto done = parse(app, arguments, common)) return *done;
    if (const auto refused = refuseProfile(arguments, common)) return *refused;
    if (common.runGiven)
        return usageError(arguments, QStringLiteral("up launches a Nova; --run attaches to one that runs"));
    stack::StackOptions options;
    options.dataDir = common.dataDir;
    for (const auto& text : overrides) {
        QString fault;
        if (!readOverride(text, options, &fault)) return usageError(arguments, fault);
    }
    for (const auto& text : replicas) {
        QString fault;
        if (!readReplicas(text, options, &fault)) return usageError(arguments, fault);
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
