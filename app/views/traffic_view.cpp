#include "app/views/traffic_view.h"

#include <QDataStream>
#include <QDateTime>
#include <QDockWidget>
#include <QIODevice>
#include <QLabel>
#include <QLineEdit>
#include <QMainWindow>
#include <QPushButton>

#include "app/engine/traffic/event.h"
#include "app/views/event_detail.h"
#include "app/views/notice_bar.h"
#include "app/views/ring_rows.h"
#include "widgets/tables/event_table.h"
#include "widgets/theme/clock.h"
#include "widgets/theme/numbers.h"

namespace nova::views {

using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t historySeconds = 80;
constexpr int detailWidth = 420;
constexpr int narrowWidth = 1100;  // of the view; below it the detail stands only beside a chosen event

// Rates change at most four times a second on screen; the strip's bars once.
QString secondsText(double seconds) {
    return seconds < 100 ? theme::seconds(seconds) + u" s"_s : theme::age(seconds);
}

}  // namespace

TrafficView::~TrafficView() = default;

void TrafficView::takeBatch(const engine::TrafficBatch& batch) {
    m_batch = batch;
    if (!m_connected) setConnected();
    if (m_history.empty()) sampleRates();
    if (!isVisible() || !m_live) return;
    refresh();
}

void TrafficView::refresh() {
    m_rows->refresh();
    m_table->model()->refresh();
    refreshFoot();
}

void TrafficView::sampleRates() {
    for (auto it = m_batch.topicPerSecond.cbegin(); it != m_batch.topicPerSecond.cend(); ++it) {
        auto& history = m_history[it.key()];
        if (history.empty()) history.assign(historySeconds, 0);
        history.erase(history.begin());
        history.push_back(it.value());
    }
    if (isVisible() && m_live) refreshRates();
}

void TrafficView::refreshRates() {
    std::vector<charts::RateSeries> series;
    for (const auto& [topic, history] : m_history) {
        const double now = m_batch.topicPerSecond.value(topic);
        const bool deadLetters = topic.endsWith(u".dlq"_s);
        if (deadLetters && m_batch.topicTotal.value(topic) == 0) continue;  // an empty one is no news
        series.push_back({topic, topic, history, now, deadLetters && now > 0});
    }
    m_strip->setSeries(std::move(series));
    const bool behind = m_batch.behindSeconds > 0.05;
    m_in->setText(
        tr("in <b>%1</b> &nbsp; held <b>%2</b>").arg(theme::rate(m_batch.perSecond), secondsText(m_batch.heldSeconds)));
    m_lost->setText(
        tr("dropped <b>%1</b> &nbsp; behind <b>%2</b>")
            .arg(theme::count(qint64(m_batch.dropped)), behind ? secondsText(m_batch.behindSeconds) : tr("0 s")));
}

void TrafficView::refreshFoot() {
    const auto* model = m_table->model();
    m_newer->setVisible(!model->following() && model->newer() > 0);
    m_newer->setText(tr("+ %1 newer (End)").arg(theme::count(qint64(model->newer()))));
    m_following->setText(!m_live              ? tr("Paused. The ring keeps filling.")
                         : model->following() ? tr("Following the newest. Scroll up to hold; the ring keeps filling.")
                                              : tr("Holding. Nothing moves until you return to the newest."));
    const bool filtered = !m_rows->filter().isEmpty();
    m_matches->setVisible(filtered);
    if (filtered) {
        const QString matches =
            tr("%1 of %2 match").arg(theme::count(qint64(m_rows->count())), theme::count(qint64(m_rows->held())));
        m_matches->setText(m_rows->searched() >= 1
                               ? matches
                               : tr("%1 · searched %2 %").arg(matches).arg(int(m_rows->searched() * 100)));
    }
    m_table->setEmptyText(emptyText());
}

QString TrafficView::emptyText() const {
    if (!m_trouble.isEmpty()) return tr("No event was held when the broker went away.");
    if (!m_connected) return tr("Nova is not ready yet. Events appear here as soon as Kafka answers.");
    if (!m_rows->filter().isEmpty()) return tr("No event holds “%1”. Esc clears the filter.").arg(m_rows->filter());
    return tr("No event yet on %1 topics since %2. Press Post in Act as (Ctrl+4).")
        .arg(m_batch.topicPerSecond.size())
        .arg(theme::clockText(m_attachedAt));
}

void TrafficView::select(quint64 row) {
    m_detailDock->show();
    const auto* event = m_rows->event(row);
    if (event)
        m_detail->setEvent(*event);
    else
        m_detail->clearEvent(tr("This event has left the ring."));
}

void TrafficView::setConnected() {
    m_connected = true;
    m_trouble.clear();
    m_attachedAt = QDateTime::currentDateTimeUtc();
    m_notice->clearNotice();
    Q_EMIT openProblems(0);
    refreshFoot();
}

void TrafficView::setDisconnected(const QString& why) {
    m_trouble = why;
    m_notice->setNotice(u"err"_s, tr("The broker does not answer."),
                        tr("What was held stays; new events follow when it is back. It said: %1").arg(why));
    Q_EMIT openProblems(1);
    refreshFoot();
}

void TrafficView::learnName(const QString& userId, const QString& handle) {
    m_rows->learnName(userId, handle);
}

void TrafficView::goToEvent(const QString& eventId) {
    m_filter->clear();
    m_rows->setFilter({});
    refresh();
    const qint64 row = m_rows->rowOfEvent(eventId);
    if (row < 0) return m_detail->clearEvent(tr("Event %1 is not held. The ring keeps the newest only.").arg(eventId));
    m_table->selectSequence(quint64(row));
    select(quint64(row));
}

void TrafficView::focusFilter() {
    m_filter->setFocus(Qt::ShortcutFocusReason);
    m_filter->selectAll();
}

void TrafficView::goOldest() {
    m_table->model()->setTop(m_rows->first());
    refreshFoot();
}

void TrafficView::goNewest() {
    m_table->model()->setFollowing(true);
    refreshFoot();
}

bool TrafficView::clear() {
    if (!m_filter->text().isEmpty()) {
        m_filter->clear();
        return true;
    }
    if (!m_table->selectedSequence()) return false;
    m_table->selectSequence(std::nullopt);
    m_detail->clearEvent(tr("Select an event to see what it carries."));
    m_detailDock->setVisible(!m_narrow);
    return true;
}

void TrafficView::setLive(bool live) {
    m_live = live;
    if (live && isVisible()) refresh();
    refreshFoot();
}

void TrafficView::timeZoneChanged() {
    m_table->model()->timeZoneChanged();
    refreshFoot();
}

QVector<Found> TrafficView::find(const QString& text) {
    const QString id = (text.startsWith(u'#') ? text.mid(1) : text).trimmed().toLower();
    QVector<Found> found;
    if (id.size() < 6) return found;
    m_rows->refresh();
    const quint64 newest = m_rows->last(), oldest = std::max(m_rows->first(), newest > 20'000 ? newest - 20'000 : 0);
    for (quint64 row = newest; row > oldest && found.size() < 5; --row) {
        const auto* event = m_rows->event(row - 1);
        if (!event) continue;
        const auto eventId = QString::fromStdString(event->eventId);
        if (!eventId.startsWith(id) && !QString::fromStdString(event->key).startsWith(id)) continue;
        const auto topic = QString::fromStdString(engine::Names::topicName(event->topic));
        found.append({Found::Section::go,
                      theme::Icon::Traffic,
                      QString::fromStdString(engine::Names::typeName(event->type)) + u' ' + eventId,
                      tr("%1 p%2 @ %3").arg(topic).arg(event->partition).arg(theme::count(event->offset)),
                      {},
                      {},
                      {},
                      [this, eventId] { Q_EMIT eventWanted(eventId); }});
    }
    return found;
}

QVector<KeyHint> TrafficView::keys() const {
    return {{tr("↑ ↓ PgUp PgDn"), tr("rows")},        {tr("Home, End"), tr("oldest; newest, and follow")},
            {tr("P or Space"), tr("pause or go on")}, {tr("G then A"), tr("the timeline of this event's action")},
            {tr("Ctrl+C"), tr("copy the cell")},      {tr("Ctrl+F or /"), tr("filter")}};
}

QByteArray TrafficView::saveLayout() const {
    return m_plan->saveState();
}

void TrafficView::restoreLayout(const QByteArray& state) {
    m_defaultLayout = state.isEmpty() || !m_plan->restoreState(state);
    if (!m_defaultLayout) return;
    m_detailDock->setFloating(false);
    m_plan->addDockWidget(Qt::RightDockWidgetArea, m_detailDock);
    m_detailDock->setVisible(!m_narrow);
    if (isVisible()) giveSizes();
}

void TrafficView::giveSizes() {
    m_defaultLayout = false;
    m_plan->resizeDocks({m_detailDock}, {std::clamp(width() / 3, 320, detailWidth)}, Qt::Horizontal);
}

void TrafficView::resizeEvent(QResizeEvent* event) {
    View::resizeEvent(event);
    if (std::exchange(m_narrow, width() < narrowWidth) != m_narrow)
        m_detailDock->setVisible(!m_narrow || m_table->selectedSequence());
}

void TrafficView::showEvent(QShowEvent* event) {
    View::showEvent(event);
    if (m_defaultLayout) giveSizes();
    if (!m_live) return;
    refresh();
    refreshRates();
}

}  // namespace nova::views
