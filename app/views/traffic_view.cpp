#include "app/views/traffic_view.h"

#include <QDataStream>
#include <QDockWidget>
#include <QIODevice>
#include <QLabel>
#include <QMainWindow>
#include <QPushButton>
#include <algorithm>

#include "app/engine/keys/key_lookup.h"
#include "app/views/event_detail.h"
#include "app/views/event_words.h"
#include "app/views/filter_field.h"
#include "app/views/kept_rows.h"
#include "app/views/lower_pane.h"
#include "app/views/notice_bar.h"
#include "app/views/ring_rows.h"
#include "app/views/scan_bar.h"
#include "app/views/topic_chooser.h"
#include "widgets/tables/event_table.h"
#include "widgets/theme/clock.h"
#include "widgets/theme/numbers.h"

namespace nova::views {

using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t historySeconds = 80;
constexpr quint64 heldUnseen = 16'384;  // rows
constexpr qsizetype mostTroubles = 2;   // told one by one
constexpr int detailWidth = 420;
constexpr int narrowWidth = 1100;  // of the view; below it the detail stands only beside a chosen event

// Rates change at most four times a second on screen; the strip's bars once.
QString secondsText(double seconds) {
    return seconds < 100 ? theme::seconds(seconds) + u" s"_s : theme::age(seconds);
}

}  // namespace

TrafficView::~TrafficView() {
    *m_closing = true;  // who reads a record for it gives up
    m_table->model()->setSource(nullptr);  // what it shows goes before it does
    delete m_chooser;
}

TopicChooser* TrafficView::chooser() const {
    return m_chooser;
}

void TrafficView::takeBatch(const engine::TrafficBatch& batch) {
    m_batch = batch;
    if (!m_connected) setConnected();
    if (m_history.empty()) sampleRates();
    if (m_batch.last - std::min<quint64>(m_batch.last, m_live->snapshot().last()) >= heldUnseen) letGo();
    if (!isVisible()) return;
    m_chooser->setRates(m_batch.topicPerSecond);
    if (m_isLive && m_sheet == Sheet::live)
        refresh();
    else
        refreshFoot();
}

// Rows that nobody looks at would hold on to all that the ring has let go meanwhile.
void TrafficView::letGo() {
    if (m_sheet != Sheet::live || m_isLive) m_live->refresh();
    if (!isVisible()) m_lower->refresh();
}

void TrafficView::refresh() {
    m_rows->refresh();
    followSelection();
    m_table->model()->refresh();
    m_lower->refresh();
    refreshFoot();
}

void TrafficView::sampleRates() {
    for (auto it = m_batch.topicPerSecond.cbegin(); it != m_batch.topicPerSecond.cend(); ++it) {
        auto& history = m_history[it.key()];
        if (history.empty()) history.assign(historySeconds, 0);
        history.erase(history.begin());
        history.push_back(it.value());
    }
    std::erase_if(m_history, [this](const auto& entry) { return !m_batch.topicPerSecond.contains(entry.first); });
    if (!isVisible()) return;
    if (m_isLive) refreshRates();
    refreshFoot();
}

void TrafficView::refreshRates() {
    std::vector<charts::RateSeries> series;
    for (const auto& [topic, history] : m_history) {
        const double now = m_batch.topicPerSecond.value(topic);
        const bool deadLetters = topic.endsWith(u".dlq"_s);
        if (deadLetters && m_batch.topicTotal.value(topic) == 0) continue;  // an empty one is no news
        series.push_back({topic, topic, history, now, deadLetters && now > 0});
    }
    m_strip->setVisible(!series.empty());
    m_strip->setSeries(std::move(series));
    const bool behind = m_batch.behindSeconds > 0.05;
    m_in->setText(tr("in <b>%1</b> &nbsp; shown <b>%2</b>")
                      .arg(theme::rate(m_batch.perSecond), theme::count(qint64(m_rows->count()))));
    m_held->setText(tr("held <b>%1</b>, <b>%2</b>")
                        .arg(theme::count(qint64(m_batch.held)), secondsText(m_batch.heldSeconds)));
    m_lost->setText(
        tr("dropped <b>%1</b> &nbsp; behind <b>%2</b>%3")
            .arg(theme::count(qint64(m_batch.dropped)), behind ? secondsText(m_batch.behindSeconds) : tr("0 s"),
                 m_batch.waiting ? tr(", byte budget") : QString()));
}

void TrafficView::refreshFoot() {
    const auto* model = m_table->model();
    const quint64 newer = m_sheet == Sheet::kept ? m_batch.last - std::min(m_batch.last, m_kept->end())
                          : !m_isLive && m_sheet == Sheet::live
                              ? m_batch.last - std::min<quint64>(m_batch.last, m_live->snapshot().last())
                              : model->newer();
    m_newer->setVisible(newer > 0);
    m_newer->setText(tr("+ %1 newer (End)").arg(theme::count(qint64(newer))));
    m_following->setText(footText());
    const QStringList hidden = m_table->hiddenColumns();
    m_hidden->setVisible(!hidden.isEmpty());
    m_hidden->setText(tr("no room for %1").arg(hidden.join(u", "_s)));
    refreshFilter();
    m_table->setEmptyText(emptyText());
}

QString TrafficView::footText() const {
    const auto* model = m_table->model();
    if (!m_said.isEmpty()) return m_said;
    if (m_rows->isSorting()) return tr("Sorting %1 events …").arg(theme::count(qint64(m_rows->count())));
    if (m_sheet == Sheet::found) return m_fileOpen ? tr("From a file.") : tr("Found in the history.");
    if (!m_isLive) {
        const auto age = m_kept->since().isValid() ? m_kept->since().secsTo(QDateTime::currentDateTimeUtc()) : 0;
        if (m_sheet != Sheet::kept) return tr("Paused. What is shown is being kept; the ring goes on.");
        return tr("Paused. %1 events kept, %2 ago; the ring goes on.")
            .arg(theme::count(qint64(m_rows->held())), theme::age(double(age)));
    }
    if (m_followed.isEmpty() && m_target && !m_target->local) return tr("No topic is followed.");
    if (!m_troubles.isEmpty()) {
        const auto more = m_troubles.size() - mostTroubles;
        const QString shown = m_troubles.mid(0, mostTroubles).join(u", "_s);
        return more > 0 ? tr("%1, and %2 more. All else is shown.").arg(shown).arg(more)
                        : tr("%1. All else is shown.").arg(shown);
    }
    return model->following() ? tr("Following the newest. Scroll up to hold; the ring keeps filling.")
                              : tr("Holding. Nothing moves until you return to the newest.");
}

void TrafficView::refreshFilter() {
    if (m_rows->filter().isEmpty()) return m_filter->setFigures({}, {});
    const QString found = theme::count(qint64(m_rows->count()));
    QString full = tr("%1 of %2 match · %3 errors")
                       .arg(found, theme::count(qint64(m_rows->held())), theme::count(qint64(m_rows->filterErrors())));
    if (m_rows->costUs() > 0) full += tr(" · %1 µs each").arg(QString::number(m_rows->costUs(), 'f', 1));
    if (m_rows->searched() < 1) full += tr(" · searched %1 %").arg(int(m_rows->searched() * 100));
    m_filter->setFigures(full, tr("%1 match").arg(found));
}

QString TrafficView::emptyText() const {
    if (m_sheet == Sheet::found) {
        if (m_scan->isRunning()) return m_fileOpen ? tr("Reading the file …") : tr("Nothing found so far.");
        return m_rows->held() > 0 ? tr("None of what was found matches the filter. Esc clears it.")
                                  : tr("Nothing found. The bar above says what was searched, and why it ended.");
    }
    const bool held = m_rows->held() > 0;
    if (held && !m_rows->filter().isEmpty())
        return m_rows->searched() < 1 ? tr("Searching …")
                                      : tr("No event held matches %1\nEsc clears the filter; Scan history… searches "
                                           "what lies in the topics.")
                                            .arg(m_rows->filter());
    if (!m_trouble.isEmpty()) return tr("No event was held when the broker went away.");
    if (!m_connected) return tr("Nova is not ready yet. Events appear here as soon as Kafka answers.");
    if (m_target && !m_target->local) {
        if (m_followed.isEmpty())
            return tr("Nothing is read yet. Choose the topics to follow (T), or scan their history (S).");
        const QString none = m_followed.size() == 1 ? tr("No event yet on %1 since %2.")
                                                          .arg(m_followed.first(), theme::clockText(m_attachedAt))
                                                    : tr("No event yet on %1 topics since %2.")
                                                          .arg(m_followed.size())
                                                          .arg(theme::clockText(m_attachedAt));
        return (QStringList{none} + m_troubles.mid(0, mostTroubles)).join(u'\n');
    }
    return tr("No event yet on %1 topics since %2. Press Post in Act as.")
        .arg(std::max(m_topics.size(), m_batch.topicPerSecond.size()))
        .arg(theme::clockText(m_attachedAt));
}

void TrafficView::setConnected() {
    m_connected = true;
    m_trouble.clear();
    m_attachedAt = QDateTime::currentDateTimeUtc();
    Q_EMIT openProblems(0);
    tellTopics();
    refreshFoot();
}

void TrafficView::setDisconnected(const QString& why) {
    m_trouble = why;
    m_notice->setNotice(u"err"_s, tr("The broker does not answer."),
                        tr("What was held stays; new events follow when it is back. It said: %1").arg(why));
    Q_EMIT openProblems(1);
    refreshFoot();
}

void TrafficView::setTarget(const engine::Target& target) {
    m_target = target;
    if (m_lookup)
        m_lookup->setTarget(target);
    else {
        m_lookup = std::make_unique<engine::KeyLookup>(target);
        connect(m_lookup.get(), &engine::KeyLookup::found, this, &TrafficView::takeReport);
    }
    m_chooser->setHint(target.local ? QString()
                                    : tr("These topics are read from the cluster as their events come, all reads "
                                         "together at most %1 a second.")
                                          .arg(theme::bytes(target.profile.readBytesPerSecond)));
    tellTopics();
    refreshFoot();
}

void TrafficView::setTopics(const QStringList& all) {
    m_topics = all;
    tellTopics();
}

void TrafficView::setFollowed(const QStringList& topics) {
    m_followed = topics;
    for (const auto& topic : topics) {
        if (!m_topics.contains(topic)) m_topics << topic;
    }
    m_topics.sort();
    tellTopics();
    refreshFoot();
}

void TrafficView::setTroubles(const QStringList& partitions) {
    m_troubles = partitions;
    refreshFoot();
}

void TrafficView::tellTopics() {
    const bool attached = m_target && !m_target->local;
    const auto words = [&](const QStringList& topics) {
        return topics.size() == 1 ? tr("1 topic")
               : topics.isEmpty() ? (attached ? tr("Choose topics") : tr("All topics"))
                                  : tr("%1 topics").arg(topics.size());
    };
    m_topicsButton->setText(words(m_followed));
    m_scanBar->setTopics(words(scanTopics()), !attached || !scanTopics().isEmpty());
    if (!m_trouble.isEmpty()) return;
    if (attached && m_connected && m_followed.isEmpty())
        m_notice->setNotice(u"info"_s, tr("No topic is followed."),
                            tr("Attaching reads nothing by itself: metadata, offsets and groups only."),
                            tr("Choose topics"));
    else
        m_notice->clearNotice();
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
    if (m_chooser->isVisible()) {
        m_chooser->hide();
        return true;
    }
    if (m_filter->closeProposals() || m_lower->closePane()) return true;
    if (!m_filter->text().isEmpty()) {
        m_filter->clear();
        return true;
    }
    if (m_table->model()->marked()) {
        m_table->mark(std::nullopt);
        m_said.clear();
        refreshFoot();
        return true;
    }
    if (m_scanBar->isVisible()) {
        backToLive();
        return true;
    }
    if (m_rows->sortedColumn() >= 0) {
        sortBy(-1);
        return true;
    }
    if (!m_table->selectedSequence()) return false;
    m_table->selectSequence(std::nullopt);
    m_selected.reset();
    m_detail->clearEvent(tr("Select an event to see what it carries."));
    m_detailDock->setVisible(!m_narrow);
    return true;
}

void TrafficView::timeZoneChanged() {
    m_table->model()->timeZoneChanged();
    m_detail->timeZoneChanged();
    if (const QString text = m_rows->filter(); text.contains(u"time"_s)) {  // 14:30 is another time now
        m_rows->setFilter({});
        m_rows->setFilter(text);
    }
    refreshFoot();
}

QVector<Found> TrafficView::find(const QString& text) {
    if (const auto link = RecordLink::parse(text))
        return {{Found::Section::go, theme::Icon::External, tr("Open %1").arg(text), tr("one record, by its link"), {},
                 {}, {}, [this, link] { Q_EMIT recordWanted(link->topic, link->partition, link->offset); }}};
    const QString id = (text.startsWith(u'#') ? text.mid(1) : text).trimmed().toLower();
    QVector<Found> found;
    if (id.size() < 6) return found;
    if (m_isLive) m_live->refresh();
    const quint64 newest = m_live->last(), oldest = std::max(m_live->first(), newest > 20'000 ? newest - 20'000 : 0);
    for (quint64 row = newest; row > oldest && found.size() < 5; --row) {
        const auto* event = m_live->event(row - 1);
        if (!event) continue;
        const auto eventId = utf8(event->eventId);
        if (!eventId.startsWith(id) && !utf8(event->key).startsWith(id)) continue;
        found.append({Found::Section::go,
                      theme::Icon::Traffic,
                      typeOf(*event) + u' ' + eventId,
                      tr("%1 p%2 @ %3").arg(topicOf(*event)).arg(event->partition).arg(theme::count(event->offset)),
                      {},
                      {},
                      {},
                      [this, eventId] { Q_EMIT eventWanted(eventId); }});
    }
    return found;
}

QVector<KeyHint> TrafficView::keys() const {
    return {{tr("↑ ↓ PgUp PgDn"), tr("rows")},
            {tr("Home, End"), tr("oldest; newest, and follow")},
            {tr("P or Space"), tr("pause or go on")},
            {tr("Ctrl+F or /"), tr("filter; Tab takes a proposal")},
            {tr("Ctrl+G"), tr("go to a time")},
            {tr("T, S"), tr("topics to follow; scan their history")},
            {tr("Enter"), tr("into the event")},
            {tr("H"), tr("history of this key")},
            {tr("D or Ctrl+click"), tr("compare with another event")},
            {tr("X"), tr("export what is shown")},
            {tr("Ctrl+C, Ctrl+Shift+C"), tr("copy the cell; the record as a kcat command")},
            {tr("Menu or Shift+F10"), tr("all that can be done with an event")},
            {tr("G then A, K, L"), tr("its timeline, its keys, the lag of its partition")}};
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
    if (std::exchange(m_narrow, width() < narrowWidth) == m_narrow) return;
    m_detailDock->setVisible(!m_narrow || m_table->selectedSequence());
    if (!m_narrow && m_detailDock->width() < detailWidth) giveSizes();  // there was no room for more
}

void TrafficView::showEvent(QShowEvent* event) {
    View::showEvent(event);
    if (m_defaultLayout) giveSizes();
    if (!m_isLive) return;
    refresh();
    refreshRates();
}

}  // namespace nova::views
