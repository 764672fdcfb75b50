#include "app/commands/up_view.h"

#include <unistd.h>

#include <QJsonArray>
#include <algorithm>

#include "app/engine/stack/status_json.h"

namespace nova::commands {
namespace {

using stack::PartState;
using stack::PartStatus;

QString seconds(qint64 ms) {
    return QStringLiteral("%1 s").arg(static_cast<double>(ms) / 1000.0, 0, 'f', 2);
}

QString explanation(const PartStatus& part) {
    if (!part.blockedBy.isEmpty()) return QStringLiteral("blocked by %1").arg(part.blockedBy.join(QLatin1String(", ")));
    if (part.state == PartState::failed && !part.lastError.isEmpty()) return part.lastError;
    return part.note;
}

// "feed-service", or "feed-service/1" where there are several; each as wide as the longest.
QHash<QString, QString> labelsOf(const QVector<PartStatus>& parts) {
    QHash<QString, int> replicas;
    QHash<QString, QString> labels;
    for (const auto& part : parts) ++replicas[part.name];
    for (const auto& part : parts) labels.insert(part.id(), replicas.value(part.name) > 1 ? part.id() : part.name);
    return labels;
}

int widest(const QHash<QString, QString>& labels) {
    qsizetype width = 0;
    for (const auto& label : labels) width = std::max(width, label.size());
    return static_cast<int>(width);
}

}  // namespace

UpView::UpView(bool json) : m_json(json), m_live(!json && isTerminal(STDOUT_FILENO)) {
    m_clock.start();
}

void UpView::parts(const QVector<PartStatus>& parts) {
    if (m_live && m_stage != Stage::up) m_lines.show(list(parts));
    const bool first = m_told.isEmpty();
    const auto labels = labelsOf(parts);
    const int width = widest(labels);
    for (const auto& part : parts) {
        const auto told = m_told.value(part.id());
        const bool news =
            told.state != part.state || (part.state == PartState::failed && told.lastError != part.lastError);
        const bool quietStart = first && (part.state == PartState::stopped || m_stage == Stage::stopping);
        if (news && !quietStart) tell(part, labels.value(part.id()), width);
        m_told.insert(part.id(), part);
    }
}

void UpView::launched(const stack::Launched& process) {
    if (!m_json) return;
    printJson({{QStringLiteral("event"), QStringLiteral("process")},
               {QStringLiteral("name"), process.name},
               {QStringLiteral("replica"), process.replica},
               {QStringLiteral("pid"), process.pid},
               {QStringLiteral("program"), process.program},
               {QStringLiteral("arguments"), QJsonArray::fromStringList(process.arguments)},
               {QStringLiteral("working_directory"), process.workDir}});
}

void UpView::tell(const PartStatus& part, const QString& label, int width) {
    if (m_json) {
        auto event = stack::toJson(part);
        event.insert(QStringLiteral("event"), QStringLiteral("part"));
        return printJson(event);
    }
    if (m_live && m_stage != Stage::up) return;
    auto line = QStringLiteral("%1  %2  %3").arg(seconds(m_clock.elapsed()), 8).arg(label, -width).arg(stateText(part));
    if (part.state == PartState::ready && part.readyMs >= 0)
        line += QStringLiteral(" in %1").arg(seconds(part.readyMs));
    if (const auto why = explanation(part); !why.isEmpty()) line += QLatin1String("  ") + why;
    print(line);
}

QStringList UpView::list(const QVector<PartStatus>& parts) const {
    using Align = Table::Align;
    Table table({QStringLiteral("part"), QStringLiteral("state"), QStringLiteral("ready in"), QString()},
                {Align::left, Align::left, Align::right, Align::left});
    const auto labels = labelsOf(parts);
    for (const auto& part : parts) {
        const auto readyIn = part.readyMs >= 0 ? seconds(part.readyMs) : QStringLiteral("–");
        table.add({labels.value(part.id()), stateText(part), readyIn, paint(Colour::dim, explanation(part))});
    }
    auto lines = table.lines();
    if (m_stage != Stage::up)
        lines << QString()
              << (m_stage == Stage::starting ? slowest(parts)
                                             : QStringLiteral("Stopping, %1").arg(seconds(m_clock.elapsed())));
    return lines;
}

QString UpView::slowest(const QVector<PartStatus>& parts) const {
    QStringList open;
    const auto labels = labelsOf(parts);
    for (const auto& part : parts)
        if (part.state != PartState::ready) open << labels.value(part.id());
    const auto time = seconds(m_clock.elapsed());
    if (open.isEmpty()) return QStringLiteral("All ready after %1").arg(time);
    return QStringLiteral("Starting, %1; %2 of %3 ready, waiting for %4")
        .arg(time)
        .arg(parts.size() - open.size())
        .arg(parts.size())
        .arg(open.join(QLatin1String(", ")));
}

void UpView::ready(const QString& runFile, const QVector<PartStatus>& parts) {
    if (m_stage == Stage::up) return;
    m_stage = Stage::up;
    if (m_json) {
        printJson({{QStringLiteral("event"), QStringLiteral("ready")}, {QStringLiteral("run"), runFile}});
    } else {
        if (m_live) m_lines.show(list(parts));
        m_lines.forget();
        const auto slow = std::max_element(parts.begin(), parts.end(),
                                           [](const auto& a, const auto& b) { return a.readyMs < b.readyMs; });
        if (slow != parts.end())
            print(paint(Colour::dim, QStringLiteral("%1 parts in %2, slowest: %3 with %4")
                                         .arg(parts.size())
                                         .arg(seconds(m_clock.elapsed()), labelsOf(parts).value(slow->id()),
                                              seconds(slow->readyMs))));
        print(paint(Colour::ok, QStringLiteral("ready")) + QLatin1Char(' ') + runFile);
    }
}

void UpView::failed(const QString& reason) {
    m_lines.forget();
    if (m_json)
        return printJson({{QStringLiteral("event"), QStringLiteral("failed")}, {QStringLiteral("reason"), reason}});
    std::fprintf(stderr, "nova-console: %s\n", qPrintable(reason));
}

void UpView::stopping() {
    if (m_stage == Stage::stopping) return;
    m_stage = Stage::stopping;
    m_clock.restart();
    if (m_json) return printJson({{QStringLiteral("event"), QStringLiteral("stopping")}});
    if (m_live)
        std::fputs("\n", stdout);
    else
        print(QStringLiteral("stopping"));
}

void UpView::stopped() {
    m_lines.forget();
    if (m_json) return printJson({{QStringLiteral("event"), QStringLiteral("stopped")}});
    if (m_stage == Stage::stopping) print(QStringLiteral("stopped after %1").arg(seconds(m_clock.elapsed())));
}

}  // namespace nova::commands
