#include "app/views/actions_view.h"

#include <QDataStream>
#include <QDir>
#include <QDockWidget>
#include <QFileDialog>
#include <QIODevice>
#include <QLabel>
#include <QLineEdit>
#include <QListView>
#include <QMainWindow>
#include <QPushButton>
#include <QSplitter>

#include "app/views/action_inspector.h"
#include "app/views/action_picture.h"
#include "app/views/action_timeline.h"
#include "app/views/notice_bar.h"
#include "app/views/pane.h"
#include "widgets/models/action_list_model.h"
#include "widgets/theme/clock.h"
#include "widgets/theme/numbers.h"
#include "widgets/theme/theme.h"
#include "widgets/timeline/timeline_widget.h"

namespace nova::views {

using namespace Qt::StringLiterals;
using engine::Action;

namespace {

constexpr int shownActions = 200;
constexpr int gatherMs = 250;
constexpr int narrowWidth = 1136;  // of the view: a window of 1 200
constexpr int listWidth = 264;
constexpr int inspectorWidth = 296;

bool holds(const Action& action, const QString& text) {
    const QString all = action.action + u' ' + action.user + u' ' + action.traceId + u' ' + action.notes.join(u' ');
    return text.isEmpty() || all.contains(text, Qt::CaseInsensitive);
}

}  // namespace

ActionsView::~ActionsView() = default;

void ActionsView::connectStore() {
    m_soon.setSingleShot(true);
    m_soon.setInterval(gatherMs);
    connect(&m_soon, &QTimer::timeout, this, &ActionsView::refresh);
    connect(&m_store, &engine::ActionStore::changed, this, [this] {
        if (isVisible() && m_live && !m_soon.isActive()) m_soon.start();
    });
}

void ActionsView::refresh() {
    refreshList();
    refreshAction();
}

void ActionsView::refreshList() {
    const QString wanted = m_filter->text().trimmed();
    std::vector<models::ActionRow> rows;
    const auto actions = m_store.latest(shownActions);
    for (const auto& action : actions) {
        if (holds(action, wanted)) rows.push_back(rowOf(action));
    }
    if (m_follow && !rows.empty()) m_trace = rows.front().traceId;
    m_count->setText(wanted.isEmpty() ? (actions.size() == 1 ? tr("1 action") : tr("%1 actions").arg(actions.size()))
                                      : tr("%1 of %2 match").arg(rows.size()).arg(actions.size()));
    if (const auto dropped = m_store.dropped(); dropped > 0) {
        m_count->setText(tr("%1 · %2 dropped").arg(m_count->text(), theme::count(qint64(dropped))));
        m_count->setToolTip(tr("Spans and events that came faster than they were taken: actions may be incomplete"));
    }
    m_model->setRows(std::move(rows));
    const int row = m_model->rowOf(m_trace);
    const QSignalBlocker quiet(m_list->selectionModel());
    m_list->setCurrentIndex(row < 0 ? QModelIndex() : m_model->index(row));
    m_list->viewport()->update();
}

void ActionsView::refreshAction() {
    m_action = m_trace.isEmpty() ? std::nullopt : m_store.action(m_trace);
    if (!m_action) {
        m_bar->setTitle(tr("Actions"));
        m_user->clear();
        m_id->setText(m_trace.isEmpty() ? QString() : m_trace.left(8) + u"…"_s + m_trace.right(7));
        m_state->hide();
        m_timeline->setEmptyText(emptyText());
        m_timeline->setData({});
        for (auto* button : {m_export, m_whole}) button->setEnabled(false);
        m_run->setVisible(m_trace.isEmpty() && m_runnable && m_connected);
        return refreshHop();
    }
    m_bar->setTitle(m_action->action);
    m_user->setText(tr("%1 · %2").arg(m_action->user, theme::clockText(m_action->startedUs)));
    m_id->setText(m_trace.left(8) + u"…"_s + m_trace.right(7));
    m_id->setToolTip(m_trace);
    m_state->setVisible(!m_action->complete || m_action->failed);
    m_state->setText(m_action->failed ? tr("refused") : tr("incomplete: %1 spans so far").arg(m_action->hops.size()));
    m_timeline->setData(timelineOf(*m_action));
    for (auto* button : {m_export, m_whole}) button->setEnabled(true);
    m_run->hide();
    refreshHop();
}

void ActionsView::refreshHop() {
    const QString hop = m_timeline->selectedHop();
    if (!m_action) {
        m_inspectorHeader->setTitle(tr("Inspector"));
        m_inspector->clearAction(m_trace.isEmpty() ? tr("Select an action to see where its time went.")
                                                   : tr("Waiting for the spans of %1.").arg(m_trace));
        m_hopLine->clear();
        return;
    }
    const auto* shown = m_action->hop(hop);
    m_inspectorHeader->setTitle(shown ? (shown->replica.isEmpty() ? shown->service : shown->replica)
                                      : tr("Whole action"));
    m_inspector->setAction(*m_action, shown ? hop : QString());
    if (!shown) return m_hopLine->setText(tr("Select a bar or an arrow to see what it measured."));
    QString line = tr("%1  %2").arg(titleOf(*shown), theme::duration(shown->durationMs));
    const double counted = shown->endMs() - shown->budgetFromMs;
    if (shown->budgetMs && counted > *shown->budgetMs)
        line += tr("  ▲ %1 over").arg(theme::ms(counted - *shown->budgetMs));
    else if (shown->budgetMs)
        line += tr(" of %1 designed").arg(theme::ms(*shown->budgetMs));
    m_hopLine->setText(line);
}

void ActionsView::chooseRow(const QModelIndex& index) {
    if (!index.isValid()) return;
    m_trace = index.data(models::ActionListModel::TraceRole).toString();
    m_follow = index.row() == 0 && m_filter->text().isEmpty();
    refreshAction();
}

void ActionsView::selectAction(const QString& traceId) {
    m_trace = traceId;
    m_follow = false;
    m_filter->clear();
    refresh();
}

void ActionsView::selectHop(const QString& hop) {
    m_timeline->setSelectedHop(hop);
    refreshHop();
}

QString ActionsView::emptyText() const {
    if (!m_trace.isEmpty())
        return tr("No span of this action has come yet. They follow within a second; waiting for %1.").arg(m_trace);
    if (!m_trouble.isEmpty()) return tr("No action was measured before the broker went away.");
    if (!m_connected) return tr("Nova is not ready yet. Actions appear here as soon as it is.");
    return m_offer.isEmpty() ? tr("No action yet. What a user does is drawn here, from the click to its effect.")
                             : tr("No action yet. %1").arg(m_offer);
}

void ActionsView::setRunnable(bool runnable) {
    m_runnable = runnable;
    refreshAction();
}

void ActionsView::run() {
    if (!m_runnable || !m_connected) return;
    m_follow = true;
    Q_EMIT runWanted();
}

void ActionsView::askExport() {
    if (!m_action) return;
    QString chosen;
    QString file = QFileDialog::getSaveFileName(
        this, tr("Export the timeline"), QDir::home().filePath(m_action->action + u"-"_s + m_trace.left(8) + u".svg"_s),
        tr("SVG (*.svg);;PNG, twice the size (*.png)"), &chosen);
    if (file.isEmpty()) return;
    if (QFileInfo(file).suffix().isEmpty()) file += chosen.contains(u"png"_s) ? u".png"_s : u".svg"_s;
    exportTo(file);
}

void ActionsView::exportTo(const QString& file) {
    if (!m_action) return;
    const QString fault = saveActionPicture(m_action->action, {*m_action}, m_inspector->hasOneClock(), file);
    fault.isEmpty() ? m_notice->setNotice(u"ok"_s, tr("Exported."), tr("The timeline is in %1.").arg(file))
                    : m_notice->setNotice(u"err"_s, tr("Not exported."), tr("%1: %2").arg(file, fault));
}

void ActionsView::setConnected() {
    m_connected = true;
    m_trouble.clear();
    m_notice->clearNotice();
    if (isVisible()) refresh();
}

void ActionsView::setOffer(const QString& headline, const QString& text, const QString& action) {
    m_offer = headline;
    if (!m_trouble.isEmpty()) return;  // that it does not answer matters more
    m_notice->setNotice(u"info"_s, headline, text, action);
}

void ActionsView::setDisconnected(const QString& why) {
    m_trouble = why;
    m_notice->setNotice(u"err"_s, tr("No spans are read: the broker does not answer."),
                        tr("What was measured stays; new actions follow when it is back. It said: %1").arg(why));
    if (isVisible()) refreshAction();
}

void ActionsView::focusFilter() {
    m_listPane->show();
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

void ActionsView::goOldest() {
    m_follow = false;
    m_list->setCurrentIndex(m_model->index(m_model->rowCount() - 1));
}

void ActionsView::goNewest() {
    m_follow = true;
    refresh();
}

bool ActionsView::clear() {
    if (!m_filter->text().isEmpty()) {
        m_filter->clear();
        return true;
    }
    if (m_timeline->selectedHop().isEmpty()) return false;
    selectHop({});
    return true;
}

void ActionsView::setLive(bool live) {
    m_live = live;
    if (live && isVisible()) refresh();
}

void ActionsView::timeZoneChanged() {
    if (isVisible()) refresh();
}

QVector<Found> ActionsView::find(const QString& text) {
    QVector<Found> found;
    const QString wanted = text.startsWith(u'@') ? text.mid(1) : text;
    for (const auto& action : m_store.latest(shownActions)) {
        if (found.size() >= 6) break;
        if (wanted.isEmpty() || !holds(action, wanted)) continue;
        found.append({Found::Section::go,
                      theme::Icon::Actions,
                      tr("%1 by %2, %3").arg(action.action, action.user, theme::clockText(action.startedUs)),
                      tr("trace %1").arg(action.traceId.left(8) + u"…"_s + action.traceId.right(7)),
                      {},
                      {},
                      {},
                      [this, trace = action.traceId] { Q_EMIT timelineWanted(trace); }});
    }
    return found;
}

// The event is that of the hop under the selection, else the first of the action.
Subject ActionsView::subject() const {
    Subject subject;
    subject.traceId = m_trace;
    if (!m_action) return subject;
    for (const auto& hop : m_action->hops) {
        if (hop.eventId.isEmpty()) continue;
        if (!subject.eventId.isEmpty() && hop.id != m_timeline->selectedHop()) continue;
        subject.eventId = hop.eventId;
        subject.topic = hop.topic;
        subject.group = hop.group;
    }
    return subject;
}

void ActionsView::showSubject(const Subject& subject) {
    if (!subject.traceId.isEmpty()) selectAction(subject.traceId);
}

QVector<KeyHint> ActionsView::keys() const {
    QVector<KeyHint> keys{{tr("↑ ↓"), tr("actions; in the timeline: lanes")},
                          {tr("← →"), tr("previous and next hop")},
                          {tr("Shift+←, Shift+→"), tr("previous and next flag: answered, visible")},
                          {tr("W S or + −"), tr("zoom")},
                          {tr("Ctrl+wheel"), tr("zoom at the pointer")},
                          {tr("A D"), tr("pan")},
                          {tr("0, Z"), tr("whole action, selected hop")},
                          {tr("C, O"), tr("critical path, design")},
                          {tr("I, L"), tr("inspector, list")},
                          {tr("X"), tr("export the timeline")},
                          {tr("G then T"), tr("this hop's event in Traffic")}};
    if (m_runnable) keys.prepend({tr("Ctrl+Enter"), tr("run Alice to Bob: a post, and a like once it is seen")});
    return keys;
}

QByteArray ActionsView::saveLayout() const {
    QByteArray state;
    QDataStream stream(&state, QIODevice::WriteOnly);
    stream << m_split->saveState() << m_plan->saveState();
    return state;
}

void ActionsView::restoreLayout(const QByteArray& state) {
    QByteArray split, plan;
    QDataStream stream(state);
    stream >> split >> plan;
    m_defaultLayout = split.isEmpty() || !m_split->restoreState(split) || !m_plan->restoreState(plan);
    if (!m_defaultLayout) return;
    m_inspectorDock->setFloating(false);
    m_plan->addDockWidget(Qt::RightDockWidgetArea, m_inspectorDock);
    m_inspectorDock->setVisible(!m_narrow);
    m_listPane->setVisible(!m_narrow);
    if (isVisible()) giveSizes();
}

void ActionsView::giveSizes() {
    m_defaultLayout = false;
    m_split->setSizes({listWidth, std::max(100, width() - listWidth)});
    m_plan->resizeDocks({m_inspectorDock}, {inspectorWidth}, Qt::Horizontal);
}

void ActionsView::showEvent(QShowEvent* event) {
    View::showEvent(event);
    if (m_defaultLayout) giveSizes();
    if (m_live) refresh();
}

void ActionsView::resizeEvent(QResizeEvent* event) {
    View::resizeEvent(event);
    setNarrow(width() < narrowWidth);
}

void ActionsView::setNarrow(bool narrow) {
    if (m_narrow == narrow) return;
    m_narrow = narrow;
    m_listPane->setVisible(!narrow);
    m_inspectorDock->setVisible(!narrow);
    m_showList->setVisible(narrow);
    m_foot->setVisible(narrow);
}

}  // namespace nova::views
