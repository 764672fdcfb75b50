#include "app/commands/render_action.h"

#include <QCoreApplication>
#include <QHash>
#include <algorithm>

#include "app/commands/output.h"
#include "app/engine/actions/action_store.h"

namespace nova::commands {
namespace {

using engine::Action;
using engine::Hop;

QString say(const char* text) {
    return QCoreApplication::translate("nova::commands::Actions", text);
}
QString ms(double value) {
    return QString::number(value, 'f', value < 100 ? 1 : 0);
}
QString ms(const std::optional<double>& value) {
    return value ? ms(*value) : QStringLiteral("–");
}
QString localTime(const Action& action, const QString& format) {
    return QDateTime::fromMSecsSinceEpoch(action.startedUs / 1'000, Qt::UTC).toString(format);
}

bool isOver(const Hop& hop) {
    return hop.budgetMs && hop.endMs() > hop.budgetFromMs + *hop.budgetMs + 0.05;
}

QString verdict(const std::optional<double>& measured, double promised) {
    if (!measured) return paint(Colour::dim, QStringLiteral("–"));
    const QString value = ms(*measured) + QStringLiteral(" ms");
    if (promised <= 0) return paint(Colour::bold, value);
    return *measured <= promised ? paint(Colour::ok, value + QStringLiteral(" ✓")) +
                                       paint(Colour::dim, QStringLiteral(" of ") + ms(promised))
                                 : paint(Colour::bad, value + QStringLiteral(" ▲ +") + ms(*measured - promised)) +
                                       paint(Colour::dim, QStringLiteral(" over ") + ms(promised));
}

struct Row {
    const Hop* hop;
    int depth;
};

// Parents before children, children by start.
QVector<Row> inTreeOrder(const Action& action) {
    QHash<QString, QVector<const Hop*>> children;
    for (const auto& hop : action.hops) children[action.hop(hop.parent) ? hop.parent : QString()].append(&hop);
    QVector<Row> rows, open;
    const auto push = [&](const QString& parent, int depth) {
        const auto& list = children[parent];
        for (auto it = list.rbegin(); it != list.rend(); ++it) open.append({*it, depth});
    };
    push({}, 0);
    while (!open.isEmpty() && rows.size() < action.hops.size()) {
        const Row row = open.takeLast();
        rows.append(row);
        push(row.hop->id, row.depth + 1);
    }
    return rows;
}

// Milliseconds to columns.
class Scale {
public:
    Scale(const Action& action, int width) : m_width(width) {
        for (const auto& hop : action.hops) {
            m_from = std::min(m_from, hop.startMs);
            m_to = std::max(m_to, hop.endMs());
        }
        m_to = std::max({m_to, action.visibleMs.value_or(0), m_from + 1});
    }
    int column(double at) const {
        return std::clamp(static_cast<int>((at - m_from) / (m_to - m_from) * (m_width - 1)), 0, m_width - 1);
    }
    bool holds(double at) const { return at >= m_from && at <= m_to; }

    QString axis() const {
        static constexpr double steps[] = {0.5, 1,   2,   5,     10,    20,    25,     50,     100,
                                           200, 250, 500, 1'000, 2'000, 5'000, 10'000, 30'000, 60'000};
        const double least = (m_to - m_from) / m_width * 9;
        const auto* fits = std::find_if(std::begin(steps), std::end(steps) - 1, [&](double s) { return s >= least; });
        double step = *fits;
        while (step < least) step *= 10;  // hours, days: of clocks that are far apart
        QString line(m_width, QLatin1Char(' '));
        for (double t = std::ceil(m_from / step) * step; t <= m_to; t += step) {
            const QString tick = QStringLiteral("╵") + QString::number(t);
            if (column(t) + tick.size() <= m_width) line.replace(column(t), tick.size(), tick);
        }
        return line;
    }

private:
    const int m_width;
    double m_from = 0, m_to = 0;
};

// The bar of a hop between the lines of the answer and of the effect; ┊ is where its budget ends.
QString bar(const Hop& hop, const Action& action, const Scale& scale, int width) {
    QString line(width, QLatin1Char(' '));
    if (const auto at = action.answeredAtMs(); at && scale.holds(*at)) line[scale.column(*at)] = QChar(u'│');
    if (action.visibleMs && scale.holds(*action.visibleMs)) line[scale.column(*action.visibleMs)] = QChar(u'║');
    if (hop.budgetMs && scale.holds(hop.budgetFromMs + *hop.budgetMs))
        line[scale.column(hop.budgetFromMs + *hop.budgetMs)] = QChar(u'┊');
    const int first = scale.column(hop.startMs), last = scale.column(hop.endMs());
    const QChar fill = hop.pending                                                                 ? QChar(u'?')
                       : hop.kind == QLatin1String("kafka") || hop.kind == QLatin1String("outbox") ? QChar(u'▒')
                                                                                                   : QChar(u'█');
    const QString drawn(last - first + 1, !hop.pending && hop.durationMs < 0.05 ? QChar(u'▏') : fill);
    const Colour colour = isOver(hop) || !hop.error.isEmpty() ? Colour::bad
                          : hop.pending                       ? Colour::warn
                          : hop.effect.isEmpty()              ? Colour::info
                                                              : Colour::ok;
    return line.left(first) + paint(colour, drawn) + line.mid(last + 1);
}

QString lengthOf(const Hop& hop) {
    if (hop.pending) return hop.outcome;
    const QString length = ms(hop.durationMs);
    if (!hop.budgetMs) return length;
    if (isOver(hop))
        return paint(Colour::bad, length + QStringLiteral(" ▲+") + ms(hop.endMs() - hop.budgetFromMs - *hop.budgetMs));
    return length + paint(Colour::dim, QStringLiteral(" /") + QString::number(*hop.budgetMs));
}

QString nameOf(const Row& row) {
    QString name = QString(row.depth, QLatin1Char(' ')) + row.hop->name;
    if (row.hop->offset >= 0 && row.hop->kind == QLatin1String("produce")) {
        name += QStringLiteral(" p%1 @ %2").arg(row.hop->partition).arg(row.hop->offset);
    }
    if (row.hop->kind == QLatin1String("consume") && !row.hop->outcome.isEmpty())
        name += QStringLiteral(": ") + row.hop->outcome;
    if (row.hop->recipients >= 0) name += QStringLiteral(" → ") + QString::number(row.hop->recipients);
    return name;
}

QString padded(const QString& text, int width) {
    const int missing = width - visibleWidth(text);
    return missing >= 0 ? QString(text + QString(missing, QLatin1Char(' ')))
                        : QString(text.left(width - 1) + QChar(u'…'));
}

QString indented(const QString& text, int width) {
    return QString(std::max(0, width - visibleWidth(text)), QLatin1Char(' ')) + text;
}

QStringList head(const Action& action) {
    const auto* design = engine::designOf(action.action);
    QStringList lines;
    lines << paint(Colour::bold, action.action.isEmpty() ? say("unknown action") : action.action) +
                 QStringLiteral("  ") + action.user +
                 paint(Colour::dim, QStringLiteral("  ") +
                                        localTime(action, QStringLiteral("yyyy-MM-dd HH:mm:ss.zzz")) +
                                        QStringLiteral(" UTC  trace ") + action.traceId);
    QString line = say("answered ") + verdict(action.ackMs, design ? design->answerMs : 0);
    if (action.clientAckMs) line += paint(Colour::dim, say(", seen by the caller ") + ms(*action.clientAckMs));
    if (action.visibleMs || (design && design->effectMs > 0)) {
        const QString effect = design && !design->effectText.isEmpty() ? design->effectText : say("visible");
        line += QStringLiteral("    ") + effect + QLatin1Char(' ') +
                verdict(action.visibleMs, design ? design->effectMs : 0);
    }
    if (action.ackMs && action.visibleMs) {
        line += paint(Colour::dim, QStringLiteral("    ") + say("window ") +
                                       ms(std::max(0.0, *action.visibleMs - *action.answeredAtMs())) +
                                       QStringLiteral(" ms"));
    }
    if (action.failed) line += paint(Colour::bad, QStringLiteral("  ✕ ") + say("failed"));
    return lines << line;
}

}  // namespace

QStringList renderActions(const QVector<Action>& actions) {
    Table table(
        {say("TIME (UTC)"), say("ACTION"), say("USER"), say("ANSWERED"), say("VISIBLE"), QString(), say("TRACE")},
        {Table::Align::left, Table::Align::left, Table::Align::left, Table::Align::right, Table::Align::right,
         Table::Align::whole, Table::Align::whole},
        {3, 2, 0, 6});
    for (const auto& action : actions) {
        const auto over = std::count_if(action.hops.begin(), action.hops.end(), isOver);
        QString state = action.failed      ? paint(Colour::bad, QStringLiteral("✕ ") + say("failed"))
                        : !action.complete ? paint(Colour::warn, QStringLiteral("◐ ") + say("incomplete"))
                        : over > 0         ? paint(Colour::bad, QStringLiteral("▲ ") + say("%1 over").arg(over))
                                           : paint(Colour::ok, QStringLiteral("✓"));
        table.add({localTime(action, QStringLiteral("HH:mm:ss.zzz")),
                   action.action.isEmpty() ? QStringLiteral("–") : action.action, action.user, ms(action.ackMs),
                   ms(action.visibleMs), state, paint(Colour::dim, action.traceId)});
    }
    return table.lines();
}

namespace {

// A narrow terminal has no room for bars: what took how long, and where.
QStringList withoutBars(const Action& action, const QVector<Row>& rows, int width) {
    constexpr int lengthWidth = 13;
    QStringList lines;
    for (const auto& line : head(action)) lines << fitted(line, width);
    lines << QString() << paint(Colour::dim, padded(QString(), width - lengthWidth) + indented(say("ms"), lengthWidth));
    QString before;
    for (const auto& row : rows) {
        if (row.hop->service != before) lines << paint(Colour::bold, fitted(row.hop->service, width));
        before = row.hop->service;
        lines << padded(u' ' + nameOf(row), width - lengthWidth) + indented(lengthOf(*row.hop), lengthWidth);
    }
    for (const auto& note : action.notes) lines << paint(Colour::warn, QStringLiteral("! ")) + note;
    return lines;
}

}  // namespace

QStringList renderAction(const Action& action, int width, bool oneClock) {
    constexpr int serviceWidth = 17, lengthWidth = 13, leastName = 24, leastBar = 20, mostOfName = 46, unit = 3;
    constexpr int others = serviceWidth + lengthWidth + 2 + unit;
    const auto rows = inTreeOrder(action);
    if (width < others + leastName + leastBar) return withoutBars(action, rows, width);
    int nameWidth = 0;
    for (const auto& row : rows) nameWidth = std::max(nameWidth, static_cast<int>(nameOf(row).size()) + 1);
    nameWidth = std::min({nameWidth, mostOfName, std::max(leastName, width - others - leastBar)});
    const int barWidth = std::max(leastBar, width - others - nameWidth);
    const Scale scale(action, barWidth);
    QStringList lines = head(action);
    lines << QString()
          << paint(Colour::dim, QString(serviceWidth + nameWidth + lengthWidth + 2, QLatin1Char(' ')) + scale.axis() +
                                    QStringLiteral(" ms"));
    QString before;
    for (const auto& row : rows) {
        const QString service = row.hop->service == before ? QString() : row.hop->service;
        before = row.hop->service;
        lines << paint(Colour::bold, padded(service, serviceWidth)) + padded(nameOf(row), nameWidth) +
                     indented(lengthOf(*row.hop), lengthWidth) + QStringLiteral("  ") +
                     bar(*row.hop, action, scale, barWidth);
    }
    if (action.ackMs || action.visibleMs)
        lines << QString()
              << paint(Colour::dim, say("│ answered   ║ visible   ┊ budget   ▒ waiting   ") +
                                        (oneClock ? say("one machine, same clock") : say("by each service's clock")));
    for (const auto& note : action.notes) lines << paint(Colour::warn, QStringLiteral("  ! ")) + note;
    return lines;
}

QStringList storeRemarks(quint64 dropped, quint64 forgotten, int limit) {
    QStringList remarks;
    if (dropped > 0)
        remarks << paint(Colour::warn,
                         say("%1 spans and events came faster than they were taken: actions may be incomplete")
                             .arg(dropped));
    if (forgotten > 0 && (limit == 0 || limit > engine::ActionStore::maxActions))
        remarks << paint(Colour::warn, say("the latest %1 traces are held: %2 older ones are left out")
                                           .arg(engine::ActionStore::maxActions)
                                           .arg(forgotten));
    return remarks;
}

}  // namespace nova::commands
