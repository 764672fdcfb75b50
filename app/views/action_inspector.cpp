#include "app/views/action_inspector.h"

#include <QFrame>
#include <QGridLayout>
#include <QLabel>
#include <QScrollBar>
#include <QVBoxLayout>
#include <algorithm>

#include "app/engine/actions/design.h"
#include "app/views/action_timeline.h"
#include "app/views/pane.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/numbers.h"
#include "widgets/theme/plain_tip.h"

namespace nova::views {

using namespace Qt::StringLiterals;
using engine::Action;
using engine::Hop;
namespace metrics = theme::metrics;

namespace {

QString placeOf(const QString& service, const QString& replica) {
    return replica.isEmpty() ? service : replica;
}

// Long ids keep both ends; the whole is in the tool tip and copied by selection of the row.
QString shortened(const QString& id) {
    return id.size() <= 24 ? id : id.left(12) + u"…"_s + id.right(6);
}

}  // namespace

ActionInspector::ActionInspector(QWidget* parent) : QScrollArea(parent) {
    setWidgetResizable(true);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFrameShape(QFrame::NoFrame);
    clearAction(tr("Select an action."));
}

void ActionInspector::rebuild(const QString& heading, const QString& figure, const QString& verdict, bool over) {
    auto* inner = new QWidget(this);
    m_column = new QVBoxLayout(inner);
    m_column->setContentsMargins(metrics::panePadding, 10, metrics::panePadding, metrics::panePadding);
    m_column->setSpacing(metrics::grid);
    auto* title = newLabel(heading, u"second"_s, inner);
    title->setWordWrap(true);
    m_column->addWidget(title);
    if (!figure.isEmpty()) {
        auto* row = new QHBoxLayout;
        row->addWidget(newLabel(figure, u"figure"_s, inner), 0, Qt::AlignBaseline);
        auto* word = newLabel(verdict, u"strong"_s, inner);
        word->setProperty("status", over ? u"err"_s : u"ok"_s);
        row->addWidget(word, 1, Qt::AlignBaseline);
        m_column->addLayout(row);
    }
    setWidget(inner);
}

void ActionInspector::addTitle(const QString& title) {
    auto* rule = new QFrame(widget());
    rule->setProperty("divider", true);
    rule->setFixedHeight(1);
    m_column->addSpacing(metrics::grid);
    m_column->addWidget(rule);
    m_column->addSpacing(metrics::grid);
    m_column->addWidget(newLabel(title, u"section"_s, widget()));
}

void ActionInspector::addSection(const QString& title, const QVector<Line>& lines) {
    const bool anything =
        std::any_of(lines.begin(), lines.end(), [](const Line& line) { return !line.value.isEmpty(); });
    if (!anything) return;
    addTitle(title);
    auto* grid = new QGridLayout;
    grid->setHorizontalSpacing(metrics::panePadding);
    grid->setVerticalSpacing(metrics::grid);
    grid->setColumnStretch(1, 1);
    int row = 0;
    for (const auto& line : lines) {
        if (line.value.isEmpty()) continue;
        grid->addWidget(newLabel(line.name, u"second"_s, widget()), row, 0, Qt::AlignTop);
        auto* value = newLabel({}, line.mono ? u"mono"_s : QString(), widget());
        if (!line.mono) value->setFont(theme::font(theme::Type::Control));
        const QString shown = line.mono ? shortened(line.value) : line.value;
        value->setText(line.link.isEmpty() ? shown.toHtmlEscaped()
                                           : u"<a style=\"text-decoration:none\" href=\"%1\">%2</a>"_s.arg(
                                                 line.link, shown.toHtmlEscaped()));
        value->setTextFormat(Qt::RichText);
        value->setWordWrap(!line.mono);
        value->setToolTip(shown == line.value ? QString() : theme::plainTip(line.value));
        value->setTextInteractionFlags(Qt::TextBrowserInteraction);
        connect(value, &QLabel::linkActivated, this, [this](const QString& link) {
            if (link.startsWith(u"event:"))
                Q_EMIT eventWanted(link.mid(6));
            else
                Q_EMIT hopWanted(link.mid(4));
        });
        grid->addWidget(value, row++, 1);
    }
    m_column->addLayout(grid);
}

void ActionInspector::addText(const QString& title, const QString& text) {
    if (text.isEmpty()) return;
    addTitle(title);
    auto* label = newLabel(text, u"second"_s, widget());
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_column->addWidget(label);
}

void ActionInspector::setAction(const Action& action, const QString& hopId) {
    const int scrolled = verticalScrollBar() ? verticalScrollBar()->value() : 0;
    const Hop* hop = hopId.isEmpty() ? nullptr : action.hop(hopId);
    hop ? showHop(action, *hop) : showWhole(action);
    addEnd(action);
    verticalScrollBar()->setValue(scrolled);
}

void ActionInspector::showHop(const Action& action, const Hop& hop) {
    QString verdict;
    const double counted = hop.endMs() - hop.budgetFromMs;  // a budget shared by several hops begins with the first
    const bool over = hop.budgetMs && counted > *hop.budgetMs + 0.05;
    if (hop.budgetMs) {
        const QString budget = theme::ms(*hop.budgetMs);
        const bool shared = hop.startMs - hop.budgetFromMs > 0.05;
        verdict = over     ? tr("▲ %1 over %2").arg(theme::ms(counted - *hop.budgetMs), budget)
                  : shared ? tr("%1 of %2 designed, with what led to it").arg(theme::ms(counted), budget)
                           : tr("of %1 designed").arg(budget);
    }
    rebuild(titleOf(hop), theme::duration(hop.durationMs), verdict, over);
    addSection(tr("When and where"),
               {{tr("From"), tr("%1 ms to %2 ms").arg(theme::ms(hop.startMs), theme::ms(hop.endMs())), false, {}},
                {tr("Process"), placeOf(hop.service, hop.replica), false, {}},
                {tr("Kind"), hop.client ? tr("%1, calling side").arg(hop.kind) : hop.kind, false, {}},
                {tr("Statements"), hop.statements > 0 ? theme::count(hop.statements) : QString(), false, {}}});
    addSection(tr("Record"),
               {{tr("Topic"), hop.topic, true, {}},
                {tr("Position"),
                 hop.offset >= 0 ? tr("p%1 @ %2").arg(hop.partition).arg(theme::count(hop.offset)) : QString(),
                 true,
                 {}},
                {tr("Event id"), hop.eventId, true, u"event:"_s + hop.eventId},
                {tr("Group"), hop.group, true, {}}});
    addSection(tr("Effect"),
               {{tr("Outcome"), hop.outcome, false, {}},
                {tr("Tries"), hop.tries > 1 ? QString::number(hop.tries) : QString(), false, {}},
                {tr("Effect"), hop.effect, false, {}},
                {tr("Recipients"), hop.recipients >= 0 ? theme::count(hop.recipients) : QString(), false, {}},
                {tr("Error"), hop.error, false, {}}});
    const Hop* parent = action.hop(hop.parent);
    addSection(tr("Evidence"),
               {{tr("Span"), hop.pending ? tr("not received; made from its event") : hop.id, !hop.pending, {}},
                {tr("Parent"),
                 parent                 ? titleOf(*parent)
                 : hop.parent.isEmpty() ? tr("none: the root")
                                        : tr("not received"),
                 false, parent ? u"hop:"_s + parent->id : QString()},
                {tr("Link"), hop.pending ? tr("matched by event id") : tr("proven by traceparent"), false, {}},
                {tr("Trace"), action.traceId, true, {}}});
}

void ActionInspector::showWhole(const Action& action) {
    const auto* design = engine::designOf(action.action);
    const auto answered = action.clientAckMs ? action.clientAckMs : action.ackMs;
    const auto last = action.visibleMs ? action.visibleMs : answered;
    const double budget = !design ? 0 : action.visibleMs && design->effectMs > 0 ? design->effectMs : design->answerMs;
    QString verdict;
    bool over = false;
    if (last && budget > 0) {
        over = *last > budget;
        verdict = over ? tr("▲ %1 over %2").arg(theme::ms(*last - budget), theme::ms(budget))
                       : tr("of %1 designed").arg(theme::ms(budget));
    }
    rebuild(tr("%1 by %2").arg(action.action, action.user), last ? theme::duration(*last) : tr("open"), verdict, over);
    const auto moment = [](const std::optional<double>& ms) { return ms ? theme::duration(*ms) : QString(); };
    addSection(
        tr("Moments"),
        {{tr("Gateway answered"), moment(action.ackMs), false, {}},
         {tr("User had it"), moment(action.clientAckMs), false, {}},
         {tr("First visible"), moment(action.firstVisibleMs), false, {}},
         {tr("Visible to all"), action.visibleMs ? moment(action.visibleMs) : tr("not yet, or to nobody"), false, {}},
         {tr("Hops"), theme::count(action.hops.size()), false, {}},
         {tr("Trace"), action.traceId, true, {}}});
    QVector<Line> slowest;
    auto hops = action.hops;
    std::sort(hops.begin(), hops.end(), [](const Hop& a, const Hop& b) { return a.durationMs > b.durationMs; });
    for (const auto& hop : hops.mid(0, 6))
        slowest.append({theme::duration(hop.durationMs), titleOf(hop), false, u"hop:"_s + hop.id});
    addSection(tr("Longest hops"), slowest);
}

void ActionInspector::addEnd(const Action& action) {
    addText(action.complete ? tr("Notes") : tr("Incomplete"),
            !action.notes.isEmpty() ? action.notes.join(u'\n')
            : action.complete       ? QString()
                                    : tr("Some spans have not come yet. What is dashed is known from events alone."));
    QVector<Line> sources;
    for (const auto& source : action.sources) {
        sources.append({source.name,
                        source.detail.isEmpty() ? source.state : tr("%1: %2").arg(source.state, source.detail),
                        false,
                        {}});
    }
    addSection(tr("Sources"), sources);
    addText(tr("Clocks"),
            m_oneClock ? tr("All parts run on this computer and read the same clock. Raw times are never moved.")
                       : tr("Each part stamps by the clock of its own computer, and how far these differ is not known. "
                            "Raw times are never moved."));
    m_column->addStretch(1);
}

void ActionInspector::clearAction(const QString& why) {
    rebuild(why, {}, {}, false);
    m_column->addStretch(1);
}

}  // namespace nova::views
