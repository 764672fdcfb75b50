#include "app/views/keys_rows.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "app/engine/keys/key_names.h"
#include "widgets/theme/clock.h"
#include "widgets/theme/numbers.h"

namespace nova::views {

using namespace Qt::StringLiterals;
using engine::KeyReport;
using models::Cell;
using models::CellRow;
using models::CellTone;
using theme::Status;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(KeysRows)
};

const QString none = u"–"_s;

Cell with(Cell cell, Status status, const QString& toolTip = {}) {
    cell.status = status;
    cell.toolTip = toolTip;
    return cell;
}

Cell tipped(const QString& text, const QString& toolTip, CellTone tone = CellTone::plain) {
    auto cell = Cell::of(text, tone);
    cell.toolTip = toolTip;
    return cell;
}

QString ofIndex(qsizetype index) {
    return u"%1"_s.arg(index, 8, 10, QLatin1Char('0'));
}

// Ids are long and begin alike: their ends tell them apart.
QString shortId(const QString& text) {
    static const qsizetype uuid = 36;
    for (qsizetype at = 0; at + uuid <= text.size(); ++at) {
        const auto id = text.mid(at, uuid);
        if (engine::idKindOf(id) == engine::IdKind::id)
            return text.left(at) + id.left(8) + u'…' + id.right(4) + text.mid(at + uuid);
    }
    return text;
}

Cell stateCell(const engine::KeyState& key) {
    if (key.state == u"done")
        return with(Cell::of(Text::tr("done")), Status::Ok,
                    Text::tr("The group has applied the event; a repeat is suppressed while the key lives"));
    if (key.state == u"leased")
        return with(Cell::of(Text::tr("leased"), CellTone::info), Status::Starting,
                    Text::tr("A replica is at it now: it holds the key for a few seconds"));
    if (key.state == u"absent") return with(Cell::of(Text::tr("absent"), CellTone::second), Status::Off, key.why);
    return with(Cell::of(Text::tr("unknown"), CellTone::info), Status::Unknown, key.why);
}

Cell suppressedCell(const engine::KeyState& key) {
    const auto part = Text::tr("Only a part of the spans was read: there may be more");
    if (!key.duplicates)
        return tipped(Text::tr("unknown"),
                      key.atLeast
                          ? part
                          : Text::tr("No consume span of this group tells how often the event was handed to it"),
                      CellTone::second);
    if (*key.duplicates == 0) return Cell::count(0);
    const auto number = QString::number(*key.duplicates);
    return with(Cell::of(key.atLeast ? u"≥ "_s + number : number, CellTone::warn), Status::Duplicate,
                key.atLeast ? part : Text::tr("Repeats that the key suppressed"));
}

// "p3 @ 51 880" of "nova.content.events p3 @ 51880".
QString placeWord(const QString& place) {
    if (place.isEmpty()) return none;
    return u"%1 @ %2"_s.arg(place.section(u' ', 1, 1), theme::count(place.section(u' ', -1).toLongLong()));
}

// Where a version is kept, without the id that all of a lookup share.
QString keptIn(const engine::VersionState& version, bool withId) {
    if (version.source != u"redis") return version.source;
    const auto store = engine::storeKeyOf(version.key);
    if (!store) return u"redis "_s + shortId(version.key);
    const auto what = store->family == u"version" ? store->group : store->family;
    return withId ? u"%1 · %2"_s.arg(shortId(store->id), what) : u"redis · "_s + what;
}

Cell resultCell(const KeyReport& report, const engine::KeyState& key) {
    if (key.otherPayload)
        return with(Cell::of(Text::tr("same key, other payload"), CellTone::err), Status::Err,
                    Text::tr("Two records of different content make this key: whichever comes second is suppressed"));
    for (const auto& delivery : report.deliveries) {
        if (delivery.group != key.group || delivery.eventId != key.eventId || delivery.outcome != key.outcome) continue;
        return tipped(delivery.effect.isEmpty() ? delivery.outcome : delivery.outcome + u" · "_s + delivery.effect,
                      delivery.error, CellTone::second);
    }
    const auto why = key.why.section(u':', 0, 0);
    return tipped(why.size() < key.why.size() ? why : none, key.why, CellTone::second);
}

const engine::RelatedEvent* eventOf(const KeyReport& report, const QString& id) {
    for (const auto* list : {&report.records, &report.related}) {
        for (const auto& event : *list)
            if (event.eventId == id) return &event;
    }
    return nullptr;
}

QString typeWord(const engine::RelatedEvent& event) {
    return event.version < 0 ? event.type : QString(event.type + u" v"_s + QString::number(event.version));
}

CellRow keyRow(const engine::KeyState& key, const Cell& event, const Cell& result, double elapsed, KeyRows& rows) {
    CellRow row;
    row.id = ofIndex(static_cast<qsizetype>(rows.rows.size()));
    const auto left = key.ttlSeconds ? std::optional(*key.ttlSeconds - elapsed) : std::nullopt;
    if (left && key.ttlOfSeconds > 0) rows.fractions.insert(row.id, std::clamp(*left / key.ttlOfSeconds, 0.0, 1.0));
    const bool there = key.state == u"done" || key.state == u"leased";
    const auto time = !there       ? Cell::of(none, CellTone::second)
                      : !left      ? Cell::of(Text::tr("for ever"), CellTone::warn)
                      : *left <= 0 ? Cell::of(Text::tr("run out"))
                                   : Cell::of(timeLeftWord(*left));
    row.cells = {tipped(key.group.isEmpty() ? Text::tr("all groups") : key.group, key.key,
                        key.group.isEmpty() ? CellTone::warn : CellTone::plain),
                 event,
                 stateCell(key),
                 time,
                 suppressedCell(key),
                 tipped(placeWord(key.setAt), key.setAt),
                 Cell::of(key.setBy.isEmpty() ? none : key.setBy, CellTone::second),
                 result};
    return row;
}

Cell driftCell(const engine::VersionState& version) {
    if (version.owner && version.version) return with(Cell::of(Text::tr("durable copy"), CellTone::second), Status::Ok);
    if (version.drift == u"equal") return with(Cell::of(Text::tr("equal"), CellTone::second), Status::Ok);
    if (version.drift.startsWith(u"behind"))
        return with(Cell::of(version.drift, CellTone::warn), Status::Warn,
                    Text::tr("An event is still on its way, or was lost on it"));
    if (version.drift.startsWith(u"ahead"))
        return with(Cell::of(Text::tr("%1: impossible order").arg(version.drift), CellTone::err), Status::Err,
                    Text::tr("The copy knows a version that its owner never wrote"));
    if (version.drift == u"missing")
        return with(
            Cell::of(version.owner ? Text::tr("no such row") : Text::tr("missing (expired or lost)"), CellTone::info),
            Status::Unknown);
    return with(Cell::of(Text::tr("unknown"), CellTone::info), Status::Unknown,
                Text::tr("The copy or the row it is compared with was not read"));
}

int badnessOf(const engine::VersionState& version) {
    if (version.drift.startsWith(u"ahead")) return 3;
    if (version.drift.startsWith(u"behind")) return 2;
    return version.drift == u"missing" ? 1 : 0;
}

Cell presence(const QString& state) {
    if (state == u"there") return with(Cell::of(Text::tr("there")), Status::Ok);
    if (state == u"absent") return with(Cell::of(Text::tr("absent"), CellTone::second), Status::Off);
    return with(Cell::of(Text::tr("unknown"), CellTone::info), Status::Unknown);
}

Status outcomeShape(const QString& outcome) {
    if (outcome == u"done") return Status::Ok;
    if (outcome == u"duplicate") return Status::Duplicate;
    if (outcome == u"failed" || outcome == u"dead-lettered") return Status::Err;
    if (outcome == u"pending" || outcome == u"retried") return Status::Starting;
    return outcome == u"skipped" ? Status::Off : Status::Unknown;
}

QString outcomeWord(const QString& outcome) {
    if (outcome == u"done") return Text::tr("applied");
    if (outcome == u"duplicate") return Text::tr("suppressed");
    if (outcome == u"stale") return Text::tr("stale: a newer version was there");
    return outcome;
}

}  // namespace

std::vector<models::CellColumn> keyColumns() {
    return {{Text::tr("Group"), Text::tr("The consumer group that the key keeps from applying the event twice")},
            {Text::tr("Event"), {}},
            {Text::tr("State"),
             Text::tr("Of the idempotency key in Redis: done, leased, absent, or unknown where Redis was not asked")},
            {Text::tr("Time left"), Text::tr("Until the key expires (TTL): 7 days from when it was set")},
            {Text::tr("Suppressed"), Text::tr("How often the event came again and was not applied"), true},
            {Text::tr("First seen at"), Text::tr("Partition and offset of the record that the group applied")},
            {Text::tr("By"), Text::tr("The replica that applied it")},
            {Text::tr("Result"), {}}};
}

KeyRows keyRows(const KeyReport& report, double elapsed) {
    KeyRows rows;
    for (const auto& key : report.keys) {
        const auto* event = eventOf(report, key.eventId);
        const auto cell =
            event ? tipped(typeWord(*event), key.eventId)
                  : tipped(key.eventId.isEmpty() ? none : shortId(key.eventId), key.eventId, CellTone::second);
        rows.rows.push_back(keyRow(key, cell, resultCell(report, key), elapsed, rows));
    }
    return rows;
}

KeyRows keyRows(const engine::KeyScan& scan, double elapsed) {
    KeyRows rows;
    for (const auto& key : scan.keys) {
        const auto name = key.eventId.isEmpty() ? key.key : key.eventId;
        rows.rows.push_back(
            keyRow(key, tipped(name, key.key, CellTone::second), Cell::of(none, CellTone::second), elapsed, rows));
    }
    return rows;
}

std::vector<models::CellColumn> versionColumns() {
    return {{Text::tr("Kept in"), {}},
            {Text::tr("Version"), {}, true},
            {Text::tr("PostgreSQL"), Text::tr("Version of the owner's row: the durable copy"), true},
            {Text::tr("Drift"), Text::tr("How the copy stands to the owner's row")}};
}

std::vector<models::CellRow> versionRows(const QVector<engine::VersionState>& versions, bool withId) {
    std::vector<CellRow> rows;
    const auto number = [](std::optional<qint64> version) {
        return Cell::count(version ? std::optional(static_cast<double>(*version)) : std::nullopt);
    };
    for (const auto& version : versions) {
        rows.push_back({ofIndex(static_cast<qsizetype>(rows.size())),
                        {tipped(keptIn(version, withId), u"%1 %2"_s.arg(version.source, version.key)),
                         number(version.version), number(version.durable), driftCell(version)},
                        badnessOf(version)});
    }
    return rows;
}

DriftCounts driftsIn(const QVector<engine::VersionState>& versions) {
    DriftCounts counts;
    for (const auto& version : versions) {
        const int badness = badnessOf(version);
        counts.impossible += badness == 3 ? 1 : 0;
        counts.behind += badness == 2 ? 1 : 0;
        counts.missing += badness == 1 && !version.owner ? 1 : 0;
    }
    return counts;
}

std::vector<models::CellColumn> effectColumns() {
    return {{Text::tr("State"), {}}, {Text::tr("Where"), {}, false, true}, {Text::tr("What"), {}}};
}

std::vector<models::CellRow> effectRows(const KeyReport& report) {
    std::vector<CellRow> rows;
    for (const auto& effect : report.effects)
        rows.push_back({ofIndex(static_cast<qsizetype>(rows.size())),
                        {presence(effect.state), tipped(shortId(effect.where), effect.where),
                         tipped(effect.detail.isEmpty() ? none : effect.detail, effect.detail, CellTone::second)}});
    return rows;
}

std::vector<models::CellColumn> consumerColumns() {
    return {{Text::tr("Group"), {}},
            {Text::tr("Outcome"), Text::tr("What became of the event in this group")},
            {Text::tr("Lag then"),
             Text::tr("Offsets between the group's position and the event when the event was appended"), true},
            {Text::tr("Committed"), Text::tr("The group's committed offset of this partition now"), true}};
}

std::vector<models::CellRow> consumerRows(const KeyReport& report) {
    std::vector<CellRow> rows;
    const auto number = [](std::optional<qint64> value, const QString& why) {
        return Cell::count(value ? std::optional(static_cast<double>(*value)) : std::nullopt, why);
    };
    for (const auto& consumer : report.consumers) {
        auto outcome = with(Cell::of(consumer.outcome), outcomeShape(consumer.outcome), consumer.error);
        auto lag = number(consumer.lagAtEvent, consumer.lagWhy);
        if (!consumer.lagAtEvent) lag.text = Text::tr("unknown");
        rows.push_back(
            {ofIndex(static_cast<qsizetype>(rows.size())),
             {consumer.group.isEmpty() ? tipped(Text::tr("other groups"), consumer.lagWhy)
                                      : tipped(consumer.group, consumer.member),
              outcome, lag,
              number(consumer.committed, Text::tr("The group has committed nothing here, or it could not be read"))}});
    }
    return rows;
}

std::vector<models::CellColumn> relatedColumns() {
    return {{Text::tr("Time"), {}},
            {Text::tr("Event"), {}},
            {Text::tr("Relation"), Text::tr("How it stands to the event looked up")},
            {Text::tr("Place"), {}}};
}

std::vector<models::CellRow> relatedRows(const KeyReport& report) {
    std::vector<CellRow> rows;
    const auto add = [&](const engine::RelatedEvent& event, const QString& relation, CellTone tone) {
        rows.push_back({u"%1 %2"_s.arg(ofIndex(static_cast<qsizetype>(rows.size())), event.eventId),
                        {Cell::of(theme::clockText(event.timeMs * 1'000)), tipped(typeWord(event), event.eventId),
                         Cell::of(relation, tone),
                         tipped(u"p%1 @ %2"_s.arg(event.partition).arg(theme::count(event.offset)), event.topic)}});
    };
    for (qsizetype i = 0; i < report.records.size(); ++i)
        add(report.records[i], i == 0 ? Text::tr("itself") : Text::tr("same id again"),
            i == 0 ? CellTone::second : CellTone::warn);
    for (const auto& event : report.related)
        add(event,
            report.causedEvents.contains(event.eventId) ? Text::tr("caused: same action") : Text::tr("same subject"),
            CellTone::second);
    return rows;
}

std::vector<models::CellColumn> templateColumns() {
    return {{Text::tr("Template"), Text::tr("How the names of these keys are made"), false, true},
            {Text::tr("Keys"), {}, true}};
}

std::vector<models::CellRow> templateRows(const engine::KeyScan& scan) {
    std::vector<CellRow> rows;
    for (auto it = scan.templates.begin(); it != scan.templates.end(); ++it) {
        const bool shared = !it.key().isEmpty() && !it.key().contains(u"{group}");
        auto name =
            tipped(it.key().isEmpty() ? Text::tr("other keys") : it.key(),
                   shared ? Text::tr("It has no group: where keys are not made apart, two consumers silence each other")
                          : QString(),
                   it.key().isEmpty() ? CellTone::second : CellTone::plain);
        if (shared) name.status = Status::Warn;
        rows.push_back({it.key(), {name, Cell::count(static_cast<double>(it.value()))}});
    }
    return rows;
}

std::vector<charts::DeliveryMark> deliveryMarks(const KeyReport& report, const QString& eventId, const QString& group) {
    std::vector<charts::DeliveryMark> marks;
    for (const auto& delivery : report.deliveries) {
        if (delivery.eventId != eventId || (!group.isEmpty() && delivery.group != group)) continue;
        QStringList detail{Text::tr("try %1").arg(std::max(1, delivery.tries)), delivery.member};
        if (delivery.replayed) detail << Text::tr("replay");
        const auto place =
            u"%1 p%2 @ %3"_s.arg(delivery.topic).arg(delivery.partition).arg(theme::count(delivery.offset));
        const auto tip =
            u"%1, %2\n%3"_s.arg(outcomeWord(delivery.outcome),
                                theme::duration(static_cast<double>(delivery.endUs - delivery.startUs) / 1'000), place);
        marks.push_back({outcomeShape(delivery.outcome), theme::clockText(delivery.startUs),
                         outcomeWord(delivery.outcome), detail.join(u" · "_s),
                         delivery.error.isEmpty() ? tip : tip + u'\n' + delivery.error});
    }
    return marks;
}

QString kindWord(const QString& kind) {
    if (kind == u"event") return Text::tr("event id");
    if (kind == u"post") return Text::tr("post id");
    if (kind == u"user") return Text::tr("user");
    if (kind == u"message") return Text::tr("message id");
    if (kind == u"media") return Text::tr("media id");
    if (kind == u"key") return Text::tr("key");
    return Text::tr("not known");
}

QString typedKindWord(const QString& typed) {
    switch (engine::idKindOf(typed)) {
        case engine::IdKind::none:
            return {};
        case engine::IdKind::id:
            return Text::tr("id");
        case engine::IdKind::key:
            return Text::tr("key");
        case engine::IdKind::handle:
            return Text::tr("handle");
        case engine::IdKind::other:
            break;
    }
    return Text::tr("text");
}

QString timeLeftWord(double seconds) {
    constexpr qint64 minute = 60, hour = 60 * minute, day = 24 * hour;
    const auto whole = static_cast<qint64>(std::floor(seconds));
    if (whole >= day)
        return Text::tr("%1 d %2 h %3 m").arg(whole / day).arg(whole % day / hour).arg(whole % hour / minute);
    if (whole >= hour) return Text::tr("%1 h %2 m").arg(whole / hour).arg(whole % hour / minute);
    if (whole >= minute) return Text::tr("%1 m %2 s").arg(whole / minute).arg(whole % minute);
    return Text::tr("%1 s").arg(std::max<qint64>(0, whole));
}

QString searchedWord(const KeyReport& report) {
    if (report.events.fromMs == 0) return {};
    return Text::tr("Searched %1 – %2, %3 records")
        .arg(theme::clockText(report.events.fromMs * 1'000), theme::clockText(report.events.untilMs * 1'000),
             theme::count(report.events.records));
}

QString sourceWord(const engine::Source& source) {
    static const QHash<QString, const char*> names{
        {u"kafka"_s, "Kafka"}, {u"spans"_s, QT_TR_NOOP("Spans")}, {u"redis"_s, "Redis"}, {u"postgres"_s, "PostgreSQL"}};
    const auto name = QString::fromUtf8(names.value(source.name, "?"));
    if (source.state == u"ok") return name;
    if (source.state == u"not-configured")
        return source.name == u"spans" ? Text::tr("Spans: no topic") : Text::tr("%1: not in this profile").arg(name);
    return source.state == u"refused" ? Text::tr("%1 refused").arg(name) : Text::tr("%1 does not answer").arg(name);
}

}  // namespace nova::views
