// The Lag view's history: which lines are drawn, in which ink, and what the legend says of them.
#include <QCoreApplication>
#include <QDateTime>
#include <QLabel>
#include <algorithm>
#include <limits>
#include <tuple>

#include "app/engine/lag/lag_rules.h"
#include "app/views/lag_figures.h"
#include "app/views/lag_view.h"
#include "widgets/charts/history_chart.h"
#include "widgets/theme/clock.h"
#include "widgets/theme/numbers.h"
#include "widgets/theme/theme.h"

namespace nova::views {

using engine::LagRow;
using namespace Qt::StringLiterals;

namespace {

constexpr int mostChosen = 4;

struct Words {
    Q_DECLARE_TR_FUNCTIONS(LagView)
};

// The chosen ones and the worst, by partition.
QVector<const LagRow*> drawnOf(const QVector<LagRow>& rows, const QVector<int>& chosen) {
    QVector<const LagRow*> drawn;
    for (const auto& row : rows) drawn << &row;
    std::stable_sort(drawn.begin(), drawn.end(), [&](const LagRow* a, const LagRow* b) {
        return std::tuple(chosen.contains(a->partition), a->lag.value_or(-1)) >
               std::tuple(chosen.contains(b->partition), b->lag.value_or(-1));
    });
    if (drawn.size() > charts::HistoryChart::mostSeries) drawn.resize(charts::HistoryChart::mostSeries);
    std::sort(drawn.begin(), drawn.end(), [](const LagRow* a, const LagRow* b) { return a->partition < b->partition; });
    return drawn;
}

charts::HistoryLine lineOf(const LagRow& row, const QVector<engine::LagPoint>& points, bool chosen, bool seconds) {
    constexpr double unknown = std::numeric_limits<double>::quiet_NaN();
    charts::HistoryLine line;
    line.name = u'p' + QString::number(row.partition);
    line.chosen = chosen;
    for (const auto& point : points) {
        line.at.push_back(double(point.atMs) / 1000);
        line.value.push_back(seconds ? point.seconds.value_or(unknown) : point.lag ? double(*point.lag) : unknown);
    }
    return line;
}

QString clockOf(qint64 ms, const QString& format) {
    return QDateTime::fromMSecsSinceEpoch(ms, theme::timeZone()).toString(format);
}

QString inked(const QColor& ink, const QString& text) {
    return u"<span style=\"color:%1\">%2</span>"_s.arg(ink.name(), text);
}

QString legendOf(const std::vector<charts::HistoryLine>& lines, qsizetype partitions,
                 const std::vector<charts::HistoryMark>& marks, qint64 committedUntil, double threshold,
                 const QColor& color) {
    const auto& t = theme::tokens();
    QStringList legend;
    for (const auto& line : lines)
        if (line.chosen) legend << inked(color, legend.size() % 2 ? u"╌╌"_s : u"──"_s) + u' ' + line.name;
    if (qsizetype(lines.size()) > legend.size())
        legend << inked(t.t3, u"──"_s) + u' ' +
                      (qsizetype(lines.size()) < partitions
                           ? Words::tr("the %1 worst of %2 partitions").arg(lines.size()).arg(theme::count(partitions))
                           : Words::tr("other partitions"));
    bool kinds[4] = {};
    for (const auto& mark : marks) kinds[int(mark.kind)] = true;
    if (kinds[0]) legend << Words::tr("▽ rebalance");
    if (kinds[1]) legend << inked(t.err, Words::tr("✕ crash"));
    if (kinds[2]) legend << Words::tr("◇ deploy");
    if (kinds[3]) legend << Words::tr("▽ reset");
    if (committedUntil > 0) legend << Words::tr("until %1 from commits").arg(clockOf(committedUntil, u"HH:mm:ss"_s));
    if (threshold >= 0) legend << inked(t.err, u"╌╌ "_s + Words::tr("alert %1").arg(theme::count(qint64(threshold))));
    return legend.join(u" &nbsp; "_s);
}

}  // namespace

// The selected one, or the two worst and those that are over their limit.
QVector<int> LagView::chosenPartitions(const QVector<LagRow>& rows) const {
    if (m_cell >= 0 && m_cell < rows.size()) return {rows[m_cell].partition};
    QVector<const LagRow*> sorted;
    for (const auto& row : rows)
        if (row.lag.value_or(0) > 0) sorted << &row;
    std::sort(sorted.begin(), sorted.end(), [](const LagRow* a, const LagRow* b) { return engine::worse(*a, *b); });
    QVector<int> chosen;
    for (const auto* row : sorted)
        if (chosen.size() < 2 || (isOver(*row, ruleOf(row->group)) && chosen.size() < mostChosen))
            chosen << row->partition;
    return chosen;
}

void LagView::refreshHistory() {
    const auto rows = m_index.rowsOf(m_key);
    const qint64 until = m_hasSample ? m_index.sample().atMs : theme::now().toMSecsSinceEpoch();
    const qint64 from = until - rangeMs();
    const auto chosen = chosenPartitions(rows);
    std::vector<charts::HistoryLine> lines;
    qint64 committedUntil = 0;  // ms; 0: all that is drawn was measured
    if (m_past.history)
        for (const auto* row : drawnOf(rows, chosen)) {
            const auto points = m_past.history(row->group, row->topic, row->partition, from);
            for (const auto& point : points)
                if (point.fromCommit && !seconds()) committedUntil = std::max(committedUntil, point.atMs);
            lines.push_back(lineOf(*row, points, chosen.contains(row->partition), seconds()));
        }
    const QString group = m_key.section(u'\n', 0, 0);
    std::vector<charts::HistoryMark> marks;
    if (m_past.marks && !rows.isEmpty()) {
        for (const auto& mark : m_past.marks(group, from))
            marks.push_back({charts::HistoryMark::Kind(int(mark.kind)), double(mark.atMs) / 1000, mark.text});
    }
    const auto rule = ruleOf(group);
    const double threshold = seconds() ? rule.maxSeconds.value_or(-1) : double(rule.maxLag);
    const auto& t = theme::tokens();
    const QColor color = group.isEmpty() || t.service(group) == t.store ? t.accent : t.service(group);
    m_historyTitle->setText(seconds() ? tr("Oldest unread, seconds") : tr("Lag, offsets"));
    m_historyLegend->setText(rows.isEmpty() ? QString()
                                            : legendOf(lines, rows.size(), marks, committedUntil, threshold, color));
    m_historyLegend->setToolTip(committedUntil > 0 ? tr("Points of before this console attached are commits kept in "
                                                        "__consumer_offsets; the log's end at each is told by the time "
                                                        "of its records.")
                                                   : QString());
    m_historyRange->setText(
        tr("%1 to %2 %3").arg(clockOf(from, u"HH:mm"_s), clockOf(until, u"HH:mm"_s), clockOf(until, u"t"_s)));
    m_history->setEmptyText(rows.isEmpty() ? tr("Select a group to see its history.")
                            : seconds()    ? tr("No age was measured in this time yet.")
                                           : tr("No history in this time yet. It grows by one point a sample."));
    m_history->setData(std::move(lines), std::move(marks), double(from) / 1000, double(until) / 1000, threshold,
                       seconds(), color);
}

}  // namespace nova::views
