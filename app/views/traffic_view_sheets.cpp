// Which rows the Traffic view shows: the live ring, what a pause kept, what a scan found or a file holds; their filter,
// their order, and the way to a time.
#include <QDateTime>
#include <QFileInfo>
#include <QInputDialog>
#include <QLabel>
#include <QPushButton>
#include <optional>
#include <tuple>

#include "app/engine/keys/key_lookup.h"
#include "app/engine/traffic/seen_events.h"
#include "app/views/event_detail.h"
#include "app/views/filter_field.h"
#include "app/views/kept_rows.h"
#include "app/views/lower_pane.h"
#include "app/views/ring_rows.h"
#include "app/views/scan_bar.h"
#include "app/views/sentence.h"
#include "app/views/topic_chooser.h"
#include "app/views/traffic_view.h"
#include "widgets/tables/event_table.h"
#include "widgets/theme/clock.h"
#include "widgets/theme/numbers.h"

namespace nova::views {

using namespace Qt::StringLiterals;
using models::EventTableModel;

void TrafficView::show(Sheet sheet, RingRows* rows) {
    m_sheet = sheet;
    m_rows = rows;
    m_lower->closePane();
    m_said.clear();
    m_table->selectSequence(std::nullopt);
    m_table->model()->setSource(rows);
    m_table->model()->setSorted(rows->sortedColumn(), rows->sortOrder());
}

void TrafficView::setFilter(const QString& text) {
    m_filter->setText(text);
}

// What was found by a filter is not filtered by it once more: `is:duplicate` knows what the scan has seen.
void TrafficView::applyFilter(const QString& text) {
    const QString wanted = text.trimmed();
    const bool asScanned = m_sheet == Sheet::found && wanted == m_scanFilter;
    const auto problem = m_rows->setFilter(asScanned ? QString() : wanted);
    m_filter->setProblem(problem);
    m_problem->setVisible(problem.has_value());
    if (problem)
        return m_problemText->setText(m_rows->filter().isEmpty()
                                          ? tr("%1 No filter is in force.").arg(asSentence(problem->sentence()))
                                          : tr("%1 Still in force: %2")
                                                .arg(asSentence(problem->sentence()), m_rows->filter()));
    m_said.clear();
    m_selected.reset();
    m_table->selectSequence(std::nullopt);
    m_table->model()->setFollowing(true);
    m_detail->setSearch(m_rows->searchedWords());
    if (m_sheet != Sheet::live || !m_isLive) m_table->model()->refresh();
    refresh();
}

void TrafficView::setLive(bool live) {
    if (live == m_isLive) return refreshFoot();
    m_isLive = live;
    if (m_sheet == Sheet::found) return refreshFoot();
    if (live) {
        backToLive();
    } else {
        m_kept->keep(*m_live, m_table->model()->top());
        refreshFoot();
    }
}

// The kept rows take the place of the live ones without anything moving.
void TrafficView::showKept() {
    if (m_isLive || m_sheet != Sheet::live) return;
    const auto* model = m_table->model();
    const bool following = model->following();
    const auto placeOf = [this](quint64 liveRow) -> qint64 {
        if (liveRow < m_live->first() || liveRow >= m_live->last()) return -1;
        const auto kept = m_kept->sequenceOf(m_live->sequence(liveRow));
        return kept ? m_kept->rows()->rowOfSequence(*kept) : -1;
    };
    const qint64 top = placeOf(model->top());
    const auto selected = m_selected ? m_kept->sequenceOf(*m_selected) : std::nullopt;
    const auto marked = model->marked();
    const qint64 markedRow = marked ? placeOf(*marked) : -1;
    show(Sheet::kept, m_kept->rows());
    for (const auto change : {&RingRows::sorted, &RingRows::searchedOn}) {
        connect(m_rows, change, this, [this, rows = m_rows] {
            if (rows == m_rows && isVisible()) refresh();
        });
    }
    m_selected = selected;
    if (!following && top >= 0) m_table->model()->setTop(quint64(top));
    if (!following) m_table->model()->setFollowing(false);
    const qint64 row = selected ? m_rows->rowOfSequence(*selected) : -1;
    if (row >= 0) m_table->selectSequence(quint64(row));
    if (markedRow >= 0) m_table->model()->setMarked(quint64(markedRow));
    if (m_pendingSort >= 0) sortBy(std::exchange(m_pendingSort, -1));
    refreshFoot();
}

void TrafficView::backToLive() {
    const bool wasFound = m_sheet == Sheet::found;
    m_scanBar->hide();
    m_scan->stop();
    m_fileOpen = false;
    m_pendingSort = -1;
    if (wasFound && !m_isLive && m_kept->rows()) {
        show(Sheet::kept, m_kept->rows());
        applyFilter(m_filter->text());
        return;
    }
    if (m_sheet != Sheet::live) show(Sheet::live, m_live);
    if (m_isLive) m_kept->drop();
    m_selected.reset();
    if (m_live->filter() != m_filter->text().trimmed()) applyFilter(m_filter->text());
    if (!isVisible()) return;
    refresh();
    refreshRates();
}

void TrafficView::startScan() {
    auto request = m_scanBar->request();
    if (!request) return;
    for (const auto& topic : scanTopics()) request->topics.push_back(topic.toStdString());
    scan(*request);
}

void TrafficView::scan(const engine::ScanRequest& request) {
    if (!m_target) {
        m_said = tr("There is no cluster to scan yet.");
        return refreshFoot();
    }
    auto compiled = m_found->compile(m_filter->text().trimmed());
    const auto* filter = std::get_if<engine::Filter>(&compiled);
    if (!filter) return;  // the field says what is wrong
    m_scanFilter = m_filter->text().trimmed();
    m_fileOpen = false;
    m_scan->start(m_target->kafka, request, *filter, m_found->index().events());
    m_found->setFilter({});
    m_found->refresh();
    m_selected.reset();
    show(Sheet::found, m_found);
    m_scanBar->show();
    m_scanBar->setRunning(m_scan->report());
    refresh();
}

void TrafficView::openCapture(const QString& file) {
    m_filter->clear();
    m_scanFilter.clear();
    m_fileOpen = true;
    m_file = QFileInfo(file).fileName();
    m_scan->open(file);
    m_found->setFilter({});
    m_found->refresh();
    m_selected.reset();
    show(Sheet::found, m_found);
    m_scanBar->show();
    m_scanBar->setFile(m_file, 0);
    refresh();
}

void TrafficView::scanOn() {
    if (m_fileOpen && m_scan->error().isEmpty())
        m_scanBar->setFile(m_file, m_scan->ring().snapshot().rows());
    else if (m_scan->isRunning())
        m_scanBar->setRunning(m_scan->report());
    else
        m_scanBar->setEnded(m_scan->report(), m_scan->error(), m_scan->canContinue());
    if (m_sheet == Sheet::found && isVisible()) refresh();
}

// What was chosen, and what stands at the top, are found again by their place in Kafka.
void TrafficView::followReordered() {
    using Place = std::optional<std::tuple<std::uint16_t, int, std::int64_t>>;
    const auto placeOf = [](const engine::Event* event) {
        return event ? Place({event->topic, event->partition, event->offset}) : Place();
    };
    auto* model = m_table->model();
    const bool isShown = m_sheet == Sheet::found;
    const bool following = model->following();
    const auto top = isShown ? placeOf(m_found->event(model->top())) : Place();
    const auto chosen =
        isShown && m_selected ? placeOf(m_found->snapshot().bySequence(*m_selected)) : Place();
    m_found->startAnew();
    if (!isShown) return;
    if (auto* history = m_lower->history()) history->startAnew();
    const auto& snapshot = m_found->snapshot();
    m_selected.reset();
    for (auto row = snapshot.first(); chosen && !m_selected && row < snapshot.last(); ++row) {
        if (placeOf(snapshot.at(row)) == chosen) m_selected = snapshot.sequence(row);
    }
    model->setMarked({});
    model->refresh();
    for (auto row = m_found->first(); top && row < m_found->last(); ++row) {
        if (placeOf(m_found->event(row)) != top) continue;
        model->setTop(row);
        break;
    }
    model->setFollowing(following);
    const qint64 row = m_selected ? m_found->rowOfSequence(*m_selected) : -1;
    m_table->selectSequence(row >= 0 ? std::optional(quint64(row)) : std::nullopt);
    model->setFollowing(following);
}

// A click on the header of a column: down, up, as they came. The live tail is paused first: what is sorted stands
// still.
void TrafficView::sortBy(int column) {
    const bool sorted = column >= 0 && m_rows->sortedColumn() == column;
    const bool numbers = column != EventTableModel::Topic && column != EventTableModel::Key &&
                         column != EventTableModel::Type && column != EventTableModel::User;
    const auto first = numbers ? Qt::DescendingOrder : Qt::AscendingOrder;
    const bool off = column < 0 || (sorted && m_rows->sortOrder() != first);
    if (m_sheet == Sheet::live) {
        m_pendingSort = column;
        if (m_isLive) Q_EMIT pauseToggled();
        return;
    }
    const auto order = sorted ? (first == Qt::AscendingOrder ? Qt::DescendingOrder : Qt::AscendingOrder) : first;
    m_table->model()->setSorted(off ? -1 : column, order);
    m_rows->sort(off ? -1 : column, order);
    m_table->model()->setFollowing(false);
    m_table->model()->setTop(m_rows->first());
    m_table->model()->setFollowing(false);
    refreshFoot();
}

void TrafficView::askTime() {
    bool ok = false;
    const QString text = QInputDialog::getText(this, tr("Go to a time"),
                                               tr("A time as 23:41:52, 2026-11-22T23:41:52Z or -5m (now: %1)")
                                                   .arg(theme::clockText(QDateTime::currentDateTimeUtc())),
                                               QLineEdit::Normal, {}, &ok);
    if (ok) goToTime(text.trimmed());
}

void TrafficView::goToTime(const QString& text) {
    qint64 ms = -1;
    const QTime clock = QTime::fromString(text, text.count(u':') == 1 ? u"H:mm"_s : u"H:mm:ss"_s);
    if (clock.isValid()) {
        const auto today = QDateTime::currentDateTimeUtc().toTimeZone(theme::timeZone()).date();
        ms = QDateTime(today, clock, theme::timeZone()).toMSecsSinceEpoch();
    } else {
        const auto place = engine::Place::parse(text.toStdString(), QDateTime::currentMSecsSinceEpoch());
        if (place && place.value().kind == engine::Place::Kind::time) ms = place.value().value;
    }
    if (ms < 0) {
        m_said = tr("“%1” is no time. Write 23:41:52, 2026-11-22T23:41:52Z or -5m.").arg(text);
        return refreshFoot();
    }
    m_rows->findTime(ms, [this, rows = m_rows, ms](qint64 row) {
        if (rows != m_rows) return;
        m_said = row >= 0 ? QString() : tr("Nothing is held from %1 or later.").arg(theme::clockText(ms * 1000));
        if (row >= 0) {
            m_table->selectSequence(quint64(row));
            m_table->model()->setTop(quint64(row));
            m_table->model()->setFollowing(false);
            select(quint64(row));
        }
        refreshFoot();
    });
}

QStringList TrafficView::scanTopics() const {
    return m_scanTopics.isEmpty() ? m_followed : m_scanTopics;
}

// To follow them, or only to search their history: that reads nothing but what is searched.
void TrafficView::chooseTopics(QPushButton& under, bool toScan) {
    m_choosingForScan = toScan;
    m_chooser->setPurpose(toScan ? tr("Search these") : tr("Follow"), !toScan);
    QStringList all = m_topics;
    for (auto it = m_batch.topicPerSecond.cbegin(); it != m_batch.topicPerSecond.cend(); ++it) {
        if (!all.contains(it.key())) all << it.key();
    }
    all.sort();
    const bool attached = m_target && !m_target->local;
    const QStringList chosen = toScan ? scanTopics() : m_followed;
    m_chooser->setTopics(all, chosen.isEmpty() && !attached ? all : chosen);
    m_chooser->openUnder(under);
}

}  // namespace nova::views
