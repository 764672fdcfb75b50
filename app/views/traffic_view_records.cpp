// What the Traffic view does with one event: it is shown, looked up, compared, followed through its history, copied,
// exported and linked to.
#include <QClipboard>
#include <QCoreApplication>
#include <QDir>
#include <QDockWidget>
#include <QFileDialog>
#include <QFileInfo>
#include <QGuiApplication>
#include <QLabel>
#include <QPointer>
#include <QThreadPool>

#include "app/engine/actions/action_store.h"
#include "app/engine/keys/key_lookup.h"
#include "app/engine/traffic/capture.h"
#include "app/views/event_detail.h"
#include "app/views/event_words.h"
#include "app/views/filter_field.h"
#include "app/views/kept_rows.h"
#include "app/views/lower_pane.h"
#include "app/views/record_copy.h"
#include "app/views/ring_rows.h"
#include "app/views/touched_pane.h"
#include "app/views/traffic_view.h"
#include "widgets/tables/event_table.h"
#include "widgets/theme/numbers.h"

namespace nova::views {

using namespace Qt::StringLiterals;

namespace {

constexpr int outcomesMs = 1'000;
constexpr qsizetype tracesAtOnce = 200;

}  // namespace

void TrafficView::select(quint64 row) {
    const auto* event = m_rows->event(row);
    m_said.clear();
    m_selectedLeftAt = {};
    if (event) {
        m_selected = m_rows->sequence(row);
        showEvent(*event);
    } else {
        m_selected.reset();
        m_detailDock->show();
        m_detail->clearEvent(tr("This event has left the ring."));
    }
    refreshFoot();
}

void TrafficView::showEvent(const engine::Event& event) {
    m_detailDock->show();
    m_detail->setEvent(event);
    if (event.eventId.empty())
        m_detail->touched()->setUnavailable(tr("It carries no ce_id, so nothing can be looked up by it."));
    else if (!m_lookup)
        m_detail->touched()->setUnavailable(tr("There is no cluster to ask."));
    else
        m_detail->touched()->setWaiting();
    m_lookupRun = 0;
    if (m_lookup && !event.eventId.empty()) m_lookupSoon.start();
}

void TrafficView::lookUp() {
    const auto* event = m_detail->event();
    if (!event || !m_lookup) return;
    m_detail->touched()->setWaiting();
    m_lookupRun = m_lookup->request(*event);
}

void TrafficView::takeReport(const engine::KeyReport& report, quint64 request) {
    if (request == m_lookupRun && !m_detail->isEmpty()) m_detail->touched()->setReport(report);
}

// Rows of quiet topics are numbered anew as others leave; the selection belongs to its event.
void TrafficView::followSelection() {
    if (!m_selected || m_detail->isEmpty()) return;
    const qint64 row = m_rows->rowOfSequence(*m_selected);
    if (row >= 0) {
        if (m_table->selectedSequence() && *m_table->selectedSequence() != quint64(row)) {
            const bool following = m_table->model()->following();
            m_table->selectSequence(quint64(row));
            m_table->model()->setFollowing(following);
        }
        return;
    }
    if (m_rows->snapshot().rowOf(*m_selected)) return;  // held, and not among those that are shown
    if (!m_selectedLeftAt.isValid()) m_selectedLeftAt = QDateTime::currentDateTimeUtc();
    m_detail->setHeld(tr("It left the ring %1 ago and is kept here.")
                          .arg(theme::age(double(m_selectedLeftAt.secsTo(QDateTime::currentDateTimeUtc())))));
}

void TrafficView::goToTarget(const QString& target) {
    const auto at = target.indexOf(u':');
    const QString kind = target.left(at), id = target.mid(at + 1);
    if (kind == "key"_L1) Q_EMIT keyWanted(id);
    if (kind == "event"_L1) Q_EMIT eventWanted(id);
    if (kind == "trace"_L1) Q_EMIT timelineWanted(id);
    const auto here = subject();
    if (kind == "group"_L1) Q_EMIT lagWanted(id, here.topic, here.partition);
}

void TrafficView::goToEvent(const QString& eventId) {
    if (!m_filter->text().isEmpty()) m_filter->clear();
    refresh();
    const qint64 row = m_rows->rowOfEvent(eventId);
    if (row < 0) return m_detail->clearEvent(tr("Event %1 is not held. The ring keeps the newest only.").arg(eventId));
    m_table->selectSequence(quint64(row));
    select(quint64(row));
}

void TrafficView::goToRecord(const QString& topic, int partition, qint64 offset) {
    if (!m_filter->text().isEmpty()) m_filter->clear();
    refresh();
    const qint64 row = m_rows->rowOfPlace(topic, partition, offset);
    if (row >= 0) {
        m_table->selectSequence(quint64(row));
        return select(quint64(row));
    }
    const QString place = tr("%1 p%2 @ %3").arg(topic).arg(partition).arg(theme::count(offset));
    m_detailDock->show();
    if (!m_target)
        return m_detail->clearEvent(tr("%1 is not held, and there is no cluster to read it from.").arg(place));
    m_detail->clearEvent(tr("Reading %1 …").arg(place));
    m_table->selectSequence(std::nullopt);
    m_selected.reset();
    QThreadPool::globalInstance()->start([self = QPointer<TrafficView>(this), session = m_target->kafka,
                                          name = topic.toStdString(), partition, offset, place, asked = ++m_recordAsked,
                                          closing = m_closing] {
        auto read =
            std::make_shared<kit::Result<engine::Event>>(engine::readEvent(session, name, partition, offset, *closing));
        QMetaObject::invokeMethod(qApp, [self, read, place, asked] {
            if (!self || self->m_selected || asked != self->m_recordAsked) return;
            if (*read) return self->showEvent(read->value());
            const auto& error = read->error();
            self->m_detail->clearEvent(
                error.kind == kit::ErrorKind::notFound
                    ? tr("There is no record at %1:\n%2.").arg(place, QString::fromStdString(error.hint))
                    : tr("%1:\n%2").arg(place, QString::fromStdString(error.what)));
        });
    });
}

// The ring holds the beginning of a large value; the broker has all of it.
void TrafficView::loadWhole() {
    const auto* event = m_detail->event();
    if (!event) return;
    if (!m_target) return m_detail->setNotLoaded(tr("There is no cluster to read the whole value from."));
    QThreadPool::globalInstance()->start([self = QPointer<TrafficView>(this), session = m_target->kafka,
                                          topic = engine::Names::topicName(event->topic), partition = event->partition,
                                          offset = event->offset, closing = m_closing] {
        auto read = std::make_shared<kit::Result<engine::Event>>(
            engine::readEvent(session, topic, partition, offset, *closing));
        QMetaObject::invokeMethod(qApp, [self, read] {
            if (!self) return;
            if (*read) return self->m_detail->setWhole(read->value());
            const auto& error = read->error();
            const auto& why = error.hint.empty() ? error.what : error.hint;
            self->m_detail->setNotLoaded(
                tr("The whole value could not be read: %1.").arg(QString::fromStdString(why)));
        });
    });
}

bool TrafficView::openLink(const RecordLink& link) {
    const QString here = !m_target || m_target->local ? u"local"_s : m_target->profile.name;
    if (link.profile != here) return false;
    goToRecord(link.topic, link.partition, link.offset);
    return true;
}

Subject TrafficView::subject() const {
    Subject subject;
    if (const auto* event = m_detail->event()) {
        subject.eventId = utf8(event->eventId);
        subject.traceId = utf8(event->traceId);
        subject.key = utf8(event->key);
        subject.topic = topicOf(*event);
        subject.partition = event->partition;
        subject.offset = event->offset;
    }
    return subject;
}

void TrafficView::showSubject(const Subject& subject) {
    if (!subject.topic.isEmpty() && subject.partition >= 0 && subject.offset >= 0)
        return goToRecord(subject.topic, subject.partition, subject.offset);
    if (!subject.eventId.isEmpty()) return goToEvent(subject.eventId);
    if (!subject.traceId.isEmpty()) return m_filter->setText(u"trace:"_s + subject.traceId);
    if (!subject.topic.isEmpty())
        m_filter->setText(subject.partition < 0 ? QString(u"topic:"_s + subject.topic)
                                                : u"topic:%1 partition:%2"_s.arg(subject.topic).arg(subject.partition));
}

void TrafficView::compareWith(quint64 row) {
    const auto* other = m_rows->event(row);
    const auto* chosen = m_detail->event();
    if (!other || !chosen || m_table->selectedSequence() == row) {
        m_said = tr("Choose another event and press D, or Ctrl+click it.");
        return refreshFoot();
    }
    m_said.clear();
    m_table->model()->setMarked(row);
    const bool older = std::pair(other->timestampMs, other->offset) <= std::pair(chosen->timestampMs, chosen->offset);
    m_lower->compare(older ? *other : *chosen, older ? *chosen : *other);
    refreshFoot();
}

void TrafficView::showHistory() {
    const auto* event = m_detail->event();
    if (!event) return;
    if (historyFilter(*event).isEmpty()) {
        m_said = tr("This event has no key that can be searched for.");
        return refreshFoot();
    }
    const auto& ring = m_sheet == Sheet::found ? m_scan->ring() : m_liveRing;
    m_lower->showHistory(*event, ring, m_rows->sharedIndex());
}

void TrafficView::copyJson() {
    if (const auto* event = m_detail->event()) QGuiApplication::clipboard()->setText(recordJson(*event));
}

void TrafficView::copyKcat() {
    const auto* event = m_detail->event();
    if (!event) return;
    const QString brokers = m_target ? m_target->address() : u"127.0.0.1:9092"_s;
    QGuiApplication::clipboard()->setText(
        kcatLine(*event, brokers, m_target ? m_target->profile.kafka : kit::kafka::Settings()));
    m_said = tr("The kcat command is in the clipboard.");
    refreshFoot();
}

void TrafficView::copyLink() {
    const auto* event = m_detail->event();
    if (!event) return;
    const QString profile = !m_target || m_target->local ? u"local"_s : m_target->profile.name;
    QGuiApplication::clipboard()->setText(
        RecordLink{profile, topicOf(*event), event->partition, event->offset}.print());
}

void TrafficView::askExport() {
    const QString kinds = tr("JSON Lines (*.jsonl);;CSV, for spreadsheets too (*.csv)");
    QString chosen;
    QString file = QFileDialog::getSaveFileName(this, tr("Export what is shown"),
                                                QDir::home().filePath(u"events.jsonl"_s), kinds, &chosen);
    if (file.isEmpty()) return;
    if (QFileInfo(file).suffix().isEmpty()) file += chosen.contains(u"csv"_s) ? u".csv"_s : u".jsonl"_s;
    exportTo(file);
}

void TrafficView::askOpen() {
    const QString file =
        QFileDialog::getOpenFileName(this, tr("Open an export"), QDir::homePath(), tr("Exports (*.jsonl *.csv)"));
    if (!file.isEmpty()) openCapture(file);
}

void TrafficView::exportTo(const QString& file) {
    m_said = tr("Writing %1 events to %2 …").arg(theme::count(qint64(m_rows->count())), file);
    refreshFoot();
    QThreadPool::globalInstance()->start([self = QPointer<TrafficView>(this), file, rows = m_rows->sequences(),
                                          closing = m_closing,
                                          session = m_target ? std::optional(m_target->kafka) : std::nullopt] {
        const auto write = [&]() -> kit::Result<std::int64_t> {
            BOOST_OUTCOME_TRY(auto writer, engine::CaptureWriter::make(file));
            for (const auto sequence : rows.list()) {
                // Nobody waits for it any more, and the exit would: without a commit there is no file.
                if (*closing) return kit::transient("the window was closed");
                const auto* event = rows.snapshot.bySequence(sequence);
                if (!event) continue;
                // Of a large value the ring holds the beginning; what the broker has no more stays said to be cut.
                auto whole = event->isCut() && session
                                 ? engine::readEvent(*session, engine::Names::topicName(event->topic), event->partition,
                                                     event->offset, *closing)
                                 : kit::Result<engine::Event>(*event);
                BOOST_OUTCOME_TRY(writer.write(whole ? whole.value() : *event));
            }
            BOOST_OUTCOME_TRY(writer.commit());
            return writer.events();
        };
        const auto written = write();
        const QString said = written ? tr("%1 events are in %2.").arg(theme::count(written.value()), file)
                                     : tr("Not written: %1").arg(QString::fromStdString(written.error().what));
        QMetaObject::invokeMethod(qApp, [self, said] {
            if (!self) return;
            self->m_said = said;
            self->refreshFoot();
            Q_EMIT self->exported();
        });
    });
}

void TrafficView::learnName(const QString& userId, const QString& handle) {
    m_live->index().learnName(userId, handle);
    m_found->index().learnName(userId, handle);
}

void TrafficView::followOutcomes(engine::ActionStore& actions) {
    m_outcomes.setSingleShot(true);
    m_outcomes.setInterval(outcomesMs);
    connect(&actions, &engine::ActionStore::changed, this, [this](const QStringList& traces) {
        if (m_changedTraces.size() < tracesAtOnce) m_changedTraces += traces.mid(0, tracesAtOnce);
        if (!m_outcomes.isActive()) m_outcomes.start();
    });
    connect(&m_outcomes, &QTimer::timeout, this, [this, &actions] { refreshOutcomes(actions); });
}

void TrafficView::refreshOutcomes(engine::ActionStore& actions) {
    QStringList stale;
    m_changedTraces.removeDuplicates();
    for (const auto& trace : std::exchange(m_changedTraces, {})) {
        const auto action = actions.action(trace);
        if (!action) continue;
        for (const auto& hop : action->hops) {
            if (hop.outcome == "stale"_L1) stale << hop.eventId;
        }
    }
    if (stale.isEmpty()) return;
    m_live->index().learnStale(stale);
    m_found->index().learnStale(stale);
}

}  // namespace nova::views
