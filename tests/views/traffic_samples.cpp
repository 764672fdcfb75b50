#include "tests/views/traffic_samples.h"

#include "app/views/ring_rows.h"
#include "widgets/tables/event_table.h"

namespace nova::test {

using namespace Qt::StringLiterals;

engine::TrafficBatch batchOf(const engine::EventRing& ring) {
    const auto snapshot = ring.snapshot();
    engine::TrafficBatch batch;
    batch.first = batch.last = snapshot.last();
    batch.held = snapshot.last() - snapshot.first();
    batch.dropped = snapshot.dropped();
    batch.heldSeconds = 217;
    batch.perSecond = 4'812;
    batch.topicPerSecond = {{u"nova.content.events"_s, 1'204}, {u"nova.social.events"_s, 3'605},
                            {u"nova.identity.events"_s, 3},    {u"nova.media.events"_s, 0},
                            {u"nova.message.events"_s, 0},     {u"nova.content.events.dlq"_s, 0}};
    batch.topicTotal = {{u"nova.content.events"_s, 12'040}};
    return batch;
}

QString eventAt(views::TrafficView& view, quint64 row) {
    const auto* event = view.rows()->event(row);
    return event ? QString::fromStdString(event->eventId) : QString();
}

// The event in the first row of the window.
QString firstRow(views::TrafficView& view) {
    return eventAt(view, view.table()->model()->top());
}

bool isSorted(views::TrafficView& view, Qt::SortOrder order) {
    const auto* rows = view.rows();
    for (quint64 row = rows->first() + 1; row < rows->last(); ++row) {
        const double before = rows->event(row - 1)->latencyMs(), after = rows->event(row)->latencyMs();
        if (order == Qt::AscendingOrder ? before > after : before < after) return false;
    }
    return rows->sortedColumn() >= 0;
}

QPushButton* button(const QWidget& in, const QString& text) {
    for (auto* button : in.findChildren<QPushButton*>()) {
        if (button->text() == text && button->isVisibleTo(&in)) return button;
    }
    qFatal("no button says %s", qPrintable(text));
}

tables::JsonView* json(const QWidget& in, const QString& name) {
    for (auto* view : in.findChildren<tables::JsonView*>()) {
        if (view->accessibleName() == name) return view;
    }
    return nullptr;
}

engine::Target attached() {
    engine::Profile profile;
    profile.name = u"staging"_s;
    profile.environment = u"staging"_s;
    profile.kafka = {{"bootstrap.servers", "127.0.0.1:1"}};
    return engine::Target::of(profile);
}

engine::KeyReport sampleReport() {
    engine::KeyReport report;
    const QString id = postedEvent;
    engine::KeyState done;
    done.key = u"processed:feed-service:"_s + id;
    done.group = u"feed-service"_s;
    done.state = u"done"_s;
    done.ttlSeconds = 600'000;
    engine::KeyState leased = done;
    leased.key = u"processed:notification-service:"_s + id;
    leased.state = u"leased"_s;
    leased.ttlSeconds = 22;
    report.keys = {done, leased};
    engine::VersionState row, gate;
    row.source = u"postgres posts"_s;
    row.key = u"posts 0193a8e3-1c40-7a2e-b7f0-55d1c0a94e91"_s;
    row.version = 1;
    row.owner = true;
    gate.source = u"feed-service gate"_s;
    gate.key = u"post:0193a8e3-1c40-7a2e-b7f0-55d1c0a94e91:version"_s;
    gate.version = 1;
    gate.drift = u"equal"_s;
    report.versions = {row, gate};
    report.effects = {{u"feed"_s, u"feed:0193a8e3-bob"_s, u"rank 0"_s, u"there"_s}};
    engine::ConsumerState group;
    group.group = u"feed-service"_s;
    group.committed = 51'881;
    group.lagAtEvent = 3;
    group.passed = true;
    group.outcome = u"done"_s;
    report.consumers = {group};
    report.traceId = completeTrace;
    report.causedEvents = {u"0193a8e3-2222-7d04-9b3e-7c2a81f04e91"_s};
    report.sources = {{u"kafka"_s, u"ok"_s, {}},
                      {u"postgres"_s, u"not-configured"_s, u"the profile has no [postgres]"_s}};
    return report;
}

}  // namespace nova::test
