#include "app/commands/status.h"

#include <CLI/App.hpp>
#include <QCoreApplication>
#include <QJsonArray>
#include <QTimer>
#include <algorithm>

#include "app/commands/attach.h"
#include "app/commands/output.h"
#include "app/engine/stack/catalogue.h"
#include "app/engine/stack/stack.h"
#include "app/engine/stack/status_json.h"

namespace nova::commands {
namespace {

using stack::PartState;
using stack::PartStatus;
constexpr int patienceMs = 5'000;

QString addressOf(const PartStatus& part) {
    return part.port() ? QStringLiteral("127.0.0.1:%1").arg(part.port()) : QString();
}

QJsonArray dependencies(const QVector<PartStatus>& parts) {
    QJsonArray list;
    for (const auto& part : parts) {
        const auto* known = stack::Catalogue::builtIn().part(part.name);
        if (!known || !known->isStore()) continue;
        list << QJsonObject{{QStringLiteral("name"), part.name},
                            {QStringLiteral("state"), stack::stateName(part.state)},
                            {QStringLiteral("address"), addressOf(part)},
                            {QStringLiteral("binary"), part.binary},
                            {QStringLiteral("detail"), part.note.isEmpty() ? part.lastError : part.note}};
    }
    return list;
}

QString remark(const PartStatus& part) {
    if (!part.blockedBy.isEmpty()) return QStringLiteral("blocked by %1").arg(part.blockedBy.join(QLatin1String(", ")));
    return part.lastError.isEmpty() ? part.note : part.lastError;
}

void printTable(const stack::Stack& stack) {
    using Align = Table::Align;
    Table table({QStringLiteral("process"), QStringLiteral("#"), QStringLiteral("state"), QStringLiteral("pid"),
                 QStringLiteral("cpu %"), QStringLiteral("memory"), QStringLiteral("restarts"),
                 QStringLiteral("ready in"), QStringLiteral("port"), QStringLiteral("up"), QString()},
                {Align::left, Align::right, Align::left, Align::right, Align::right, Align::right, Align::right,
                 Align::right, Align::right, Align::right, Align::left},
                {7, 4, 3, 8, 5, 6, 9, 10});
    const auto dash = QStringLiteral("–");
    const auto parts = stack.parts();
    for (const auto& part : parts) {
        const auto readyIn =
            part.readyMs < 0 ? dash : QStringLiteral("%1 s").arg(static_cast<double>(part.readyMs) / 1000.0, 0, 'f', 2);
        table.add({part.name, QString::number(part.replica), stateText(part),
                   part.pid ? QString::number(part.pid) : dash, QString::number(part.cpuPercent, 'f', 1),
                   bytesText(part.rssBytes), QString::number(part.restarts), readyIn,
                   part.port() ? QString::number(part.port()) : dash, sinceText(part.upSince),
                   paint(Colour::dim, remark(part))});
    }
    const auto ready =
        std::count_if(parts.begin(), parts.end(), [](const auto& part) { return part.state == PartState::ready; });
    print(
        paint(Colour::bold, QStringLiteral("Nova %1").arg(stack::phaseName(stack.phase()))) +
        QStringLiteral(": %1 of %2 processes ready, owner pid %3").arg(ready).arg(parts.size()).arg(stack.ownerPid()));
    print(paint(Colour::dim, stack.dataDir()));
    print(QString());
    for (const auto& line : table.lines()) print(line);
    for (const auto& alert : stack.alerts())
        if (alert.firing) print(paint(Colour::bad, alert.rule) + QLatin1String("  ") + alert.summary);
}

int report(const stack::Stack& stack, bool json) {
    const auto parts = stack.parts();
    if (json) {
        auto document = processesJson(parts);
        document.insert(QStringLiteral("alerts"), stack::toJson(stack.alerts()));
        printJson(document);
    } else {
        printTable(stack);
    }
    const bool allReady =
        std::all_of(parts.begin(), parts.end(), [](const auto& part) { return part.state == PartState::ready; });
    return allReady ? exitCode::done : exitCode::badNews;
}

}  // namespace

QJsonObject processesJson(const QVector<PartStatus>& parts) {
    return {{QStringLiteral("processes"), stack::toJson(parts)},
            {QStringLiteral("dependencies"), dependencies(parts)}};
}

int runStatus(const Arguments& arguments) {
    CLI::App app("Each process of the local Nova, its state, and each dependency. Exit 1 when a part is not ready.");
    CommonOptions common;
    if (const auto done = parse(app, arguments, common)) return *done;
    if (!common.profile.isEmpty())
        return usageError(arguments, QStringLiteral("status is of a local Nova's processes; what Kafka knows of %1 "
                                                    "says: nova-console cluster --profile %1")
                                         .arg(common.profile));
    stack::StackOptions options;
    options.dataDir = common.dataDir;
    const auto stack = stack::Stack::attach(options);
    if (!stack) return noNova(common);

    QObject::connect(stack.get(), &stack::Stack::changed, stack.get(), [&stack, &common] {
        if (stack->ownerPid() <= 0) return;
        const bool stopped = stack->phase() == stack::Phase::stopped;  // of a window that runs nothing
        QCoreApplication::exit(stopped ? noNova(common) : report(*stack, common.json));
        stack->disconnect(stack.get());  // news that came with these are not reported again
    });
    const auto silent = [&common] { QCoreApplication::exit(noAnswer(common)); };
    QObject::connect(stack.get(), &stack::Stack::stopped, stack.get(), silent);
    QTimer::singleShot(patienceMs, stack.get(), silent);
    return QCoreApplication::exec();
}

}  // namespace nova::commands
