#include "app/commands/keys_text.h"

#include <QCoreApplication>
#include <QDateTime>
#include <cmath>

#include "app/commands/output.h"

namespace nova::commands {
namespace {

using namespace Qt::StringLiterals;
using engine::KeyReport;
using Align = Table::Align;

QString say(const char* text) {
    return QCoreApplication::translate("nova::commands::Keys", text);
}

const QString none = u"–"_s;

QString clock(qint64 unixMs) {
    return QDateTime::fromMSecsSinceEpoch(unixMs, Qt::UTC).toString(u"yyyy-MM-dd HH:mm:ss.zzz'Z'"_s);
}

QString left(double seconds) {
    const auto whole = static_cast<qint64>(std::floor(seconds));
    constexpr qint64 minute = 60, hour = 60 * minute, day = 24 * hour;
    if (whole >= day) return u"%1 d %2 h %3 m"_s.arg(whole / day).arg(whole % day / hour).arg(whole % hour / minute);
    if (whole >= hour) return u"%1 h %2 m"_s.arg(whole / hour).arg(whole % hour / minute);
    if (whole >= minute) return u"%1 m %2 s"_s.arg(whole / minute).arg(whole % minute);
    return u"%1 s"_s.arg(seconds, 0, 'f', 1);
}

QString number(const std::optional<int>& value, bool atLeast) {
    if (!value) return say("unknown");
    return atLeast ? say("at least %1").arg(*value) : QString::number(*value);
}
QString number(const std::optional<qint64>& value) {
    return value ? QString::number(*value) : none;
}

QString stateText(const QString& state) {
    if (state == u"done" || state == u"there") return paint(Colour::ok, u"● "_s + state);
    if (state == u"leased") return paint(Colour::info, u"◐ "_s + state);
    if (state == u"absent") return paint(Colour::dim, u"○ "_s + state);
    return paint(Colour::info, u"◇ "_s + state);
}

QString driftText(const engine::VersionState& version) {
    if (version.owner && version.drift != u"unknown")
        return version.version ? say("the owner's row") : paint(Colour::info, u"◇ "_s + say("no such row"));
    if (version.drift == u"equal") return paint(Colour::ok, u"● equal"_s);
    if (version.drift.startsWith(u"ahead"))
        return paint(Colour::bad, u"✕ "_s + version.drift + say(": impossible order"));
    if (version.drift.startsWith(u"behind")) return paint(Colour::warn, u"▲ "_s + version.drift);
    if (version.drift == u"missing") return paint(Colour::info, u"◇ "_s + say("missing: expired or lost"));
    return paint(Colour::info, u"◇ "_s + version.drift);
}

void head(QStringList& lines, const QString& title) {
    lines << QString() << paint(Colour::bold, title);
}

void addEvent(QStringList& lines, const KeyReport& report) {
    if (!report.event) {
        lines << paint(Colour::bold, u"%1 %2"_s.arg(report.kind, report.asked))
              << (report.events.limited ? say("No event of it was found in the part that was searched.")
                                        : say("No event of it was found."));
    } else {
        if (report.kind != u"event") lines << paint(Colour::bold, u"%1 %2"_s.arg(report.kind, report.asked));
        const auto& event = *report.event;
        lines << paint(
                     Colour::bold,
                     u"%1 v%2"_s.arg(QString::fromStdString(engine::Names::typeName(event.type))).arg(event.version)) +
                     u"  %1 p%2 @ %3  %4"_s.arg(QString::fromStdString(engine::Names::topicName(event.topic)))
                         .arg(event.partition)
                         .arg(event.offset)
                         .arg(clock(event.timestampMs));
        lines << u"event %1  key %2  trace %3"_s.arg(QString::fromStdString(event.eventId),
                                                     QString::fromStdString(event.key),
                                                     report.traceId.isEmpty() ? none : report.traceId) +
                     (report.user.isEmpty() ? QString() : say("  by %1").arg(report.user));
    }
    if (report.events.fromMs > 0)
        lines << paint(Colour::dim, say("searched %1 until %2, %3 records")
                                        .arg(clock(report.events.fromMs), clock(report.events.untilMs))
                                        .arg(report.events.records));
}

void addKeys(QStringList& lines, const KeyReport& report) {
    head(lines, say("Idempotency keys"));
    if (report.keys.isEmpty()) {
        lines << say("none is known");
        return;
    }
    Table table(
        {say("GROUP"), say("STATE"), say("TIME LEFT"), say("SUPPRESSED"), say("STALE"), say("FIRST SEEN AT"), say("BY"),
         say("KEY")},
        {Align::left, Align::whole, Align::right, Align::right, Align::right, Align::left, Align::left, Align::left},
        {6, 5, 4, 3, 7});
    for (const auto& key : report.keys)
        table.add({key.group.isEmpty() ? say("(shared)") : key.group, stateText(key.state),
                   key.ttlSeconds ? left(*key.ttlSeconds) : none, number(key.duplicates, key.atLeast),
                   number(key.staleSkips, key.atLeast),
                   key.setAt.isEmpty() ? none : key.setAt, key.setBy.isEmpty() ? none : key.setBy, key.key});
    lines << table.lines();
    for (const auto& key : report.keys) {
        if (!key.why.isEmpty()) lines << paint(Colour::dim, u"%1: %2"_s.arg(key.key, key.why));
        if (key.otherPayload)
            lines << paint(Colour::bad, u"✕ "_s + say("%1: the same key stands for another payload").arg(key.key));
    }
}

void addVersions(QStringList& lines, const KeyReport& report) {
    if (report.versions.isEmpty()) return;
    head(lines, say("Versions"));
    Table table({say("SOURCE"), say("VERSION"), say("AGAINST THE OWNER"), say("KEY")},
                {Align::left, Align::right, Align::left, Align::left}, {3});
    for (const auto& version : report.versions)
        table.add({version.source, number(version.version), driftText(version), version.key});
    lines << table.lines();
}

void addEffects(QStringList& lines, const KeyReport& report) {
    if (report.effects.isEmpty()) return;
    head(lines, say("Effects"));
    Table table({say("KIND"), say("STATE"), say("WHERE"), say("DETAIL")},
                {Align::left, Align::whole, Align::left, Align::left});
    for (const auto& effect : report.effects)
        table.add({effect.kind, stateText(effect.state), effect.where, effect.detail});
    lines << table.lines();
}

void addConsumers(QStringList& lines, const KeyReport& report) {
    if (report.consumers.isEmpty()) return;
    head(lines, say("Consumers"));
    Table table({say("GROUP"), say("OUTCOME"), say("LAG AT EVENT"), say("COMMITTED NOW"), say("BY"), say("ERROR")},
                {Align::left, Align::whole, Align::right, Align::right, Align::left, Align::left}, {4, 2, 5});
    for (const auto& consumer : report.consumers)
        table.add({consumer.group.isEmpty() ? say("(others)") : consumer.group, consumer.outcome,
                   consumer.lagAtEvent ? QString::number(*consumer.lagAtEvent) : say("unknown"),
                   number(consumer.committed), consumer.member.isEmpty() ? none : consumer.member, consumer.error});
    lines << table.lines();
}

void addDeliveries(QStringList& lines, const KeyReport& report) {
    if (report.deliveries.isEmpty()) return;
    head(lines, say("Deliveries"));
    Table table({say("TIME"), say("GROUP"), say("OUTCOME"), say("TRY"), say("BY"), say("OFFSET"), say("EFFECT")},
                {Align::left, Align::left, Align::whole, Align::right, Align::left, Align::left, Align::left},
                {6, 4, 3, 5});
    for (const auto& one : report.deliveries)
        table.add({clock(one.startUs / 1'000), one.group, one.outcome, QString::number(one.tries), one.member,
                   u"p%1 @ %2"_s.arg(one.partition).arg(one.offset), one.effect});
    lines << table.lines();
}

void addRelated(QStringList& lines, const KeyReport& report) {
    if (report.records.size() > 1)
        lines << QString() << paint(Colour::warn, say("%1 records carry this event id").arg(report.records.size()));
    for (const auto& record : report.records) {
        if (report.records.size() > 1)
            lines << u"  %1 p%2 @ %3  %4"_s.arg(record.topic)
                         .arg(record.partition)
                         .arg(record.offset)
                         .arg(clock(record.timeMs));
    }
    if (report.causedEvents.isEmpty()) return;
    head(lines, say("Events of the same action after it"));
    for (const auto& event : report.related)
        if (report.causedEvents.contains(event.eventId))
            lines << u"%1  %2  %3 p%4 @ %5"_s.arg(event.eventId, event.type, event.topic)
                         .arg(event.partition)
                         .arg(event.offset);
}

void addSources(QStringList& lines, const QVector<engine::Source>& sources) {
    QStringList words;
    for (const auto& source : sources) {
        const auto colour = source.state == u"ok"               ? Colour::dim
                            : source.state == u"not-configured" ? Colour::info
                                                                : Colour::bad;
        words << paint(colour, u"%1 %2%3"_s.arg(source.name, source.state,
                                                source.detail.isEmpty() ? QString() : u" ("_s + source.detail + u')'));
    }
    lines << QString() << words.join(u" · "_s);
}

}  // namespace

QStringList renderKeys(const KeyReport& report) {
    QStringList lines;
    addEvent(lines, report);
    addKeys(lines, report);
    addVersions(lines, report);
    addEffects(lines, report);
    addConsumers(lines, report);
    addDeliveries(lines, report);
    addRelated(lines, report);
    for (const auto& note : report.notes) lines << paint(Colour::warn, note);
    addSources(lines, report.sources);
    return lines;
}

QStringList renderScan(const engine::KeyScan& scan) {
    QStringList lines;
    if (!scan.keys.isEmpty()) {
        Table table({say("KEY"), say("GROUP"), say("STATE"), say("TIME LEFT")},
                    {Align::left, Align::left, Align::whole, Align::right}, {1});
        for (const auto& key : scan.keys)
            table.add({key.key, key.group.isEmpty() ? say("(shared)") : key.group, stateText(key.state),
                       key.ttlSeconds ? left(*key.ttlSeconds) : none});
        lines << table.lines();
    }
    if (!scan.versions.isEmpty()) {
        if (!lines.isEmpty()) lines << QString();
        Table table({say("KEY"), say("REDIS"), say("POSTGRESQL"), say("DRIFT")},
                    {Align::left, Align::right, Align::right, Align::left});
        for (const auto& version : scan.versions)
            table.add({version.key, number(version.version), number(version.durable), driftText(version)});
        lines << table.lines();
    }
    lines << QString();
    for (auto it = scan.templates.begin(); it != scan.templates.end(); ++it)
        lines << u"%1  %2"_s.arg(QString::number(it.value()), it.key().isEmpty() ? say("other keys") : it.key());
    const auto shown = scan.keys.size() + scan.versions.size();
    const auto told = scan.matched - scan.templates.value(QString()) + scan.versions.size();
    if (told > shown) lines << paint(Colour::warn, say("%1 of %2 are shown (--limit 0 is all)").arg(shown).arg(told));
    if (!scan.complete)
        lines << paint(Colour::warn, say("stopped after %1 % of Redis' keys").arg(scan.fraction * 100, 0, 'f', 0));
    addSources(lines, scan.sources);
    return lines;
}

QString renderProgress(const engine::KeyScan& scan) {
    return say("Scanning %1  %2 %  %3 keys walked, %4 match, %5/s")
        .arg(scan.pattern)
        .arg(scan.fraction * 100, 0, 'f', 0)
        .arg(scan.walked)
        .arg(scan.matched)
        .arg(scan.perSecond, 0, 'f', 0);
}

}  // namespace nova::commands
