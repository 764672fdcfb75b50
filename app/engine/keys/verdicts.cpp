#include "app/engine/keys/verdicts.h"

#include <QCoreApplication>
#include <algorithm>
#include <array>

#include "contract/topics.h"

namespace nova::engine {
namespace {

using namespace Qt::StringLiterals;

QString say(const char* text) {
    return QCoreApplication::translate("nova::engine::Keys", text);
}

KeyFields fieldsOf(const SeenRecord& record, const QString& group) {
    return {group, QString::fromStdString(record.eventId), QString::fromStdString(record.subject),
            record.ceTimeMs > 0 ? QString::number(record.ceTimeMs) : QString()};
}

// From the outcome that settles most to the one that settles least.
int rankOf(const QString& outcome) {
    static constexpr std::array<const char*, 7> order{"done",      "stale",   "skipped", "dead-lettered",
                                                      "duplicate", "retried", "failed"};
    const auto found =
        std::find_if(order.begin(), order.end(), [&](const char* word) { return outcome == QLatin1String(word); });
    return static_cast<int>(found - order.begin());
}

const Delivery* settling(const QVector<Delivery>& deliveries, const QString& eventId, const QString& group) {
    const Delivery* best = nullptr;
    for (const auto& one : deliveries) {
        if (one.group != group || one.eventId != eventId) continue;
        if (!best || rankOf(one.outcome) < rankOf(best->outcome)) best = &one;
    }
    return best;
}

// None: of a value that decides only the beginning was seen.
std::optional<bool> otherPayload(const KeyState& state, const SeenRecord& record, const Evidence& evidence,
                                 const QVector<KeyTemplate>& templates) {
    const auto used = std::find_if(templates.begin(), templates.end(),
                                   [&](const auto& one) { return one.text() == state.keyTemplate; });
    if (used == templates.end()) return false;
    bool unseen = false;
    for (const auto* list : {&evidence.sameId, &evidence.related}) {
        for (const auto& other : *list) {
            // One row of an outbox may stand in several schemas side by side under one id.
            if (sameRecord(other, record) || other.schema != record.schema || other.topic != record.topic) continue;
            if (other.payload && record.payload && other.payload == record.payload) continue;
            if (used->fill(fieldsOf(other, state.group), state.group.isEmpty()) != state.key) continue;
            if (other.payload && record.payload) return true;
            unseen = true;
        }
    }
    return unseen ? std::nullopt : std::optional(false);
}

}  // namespace

QVector<KeyAsk> keysOf(const SeenRecord& record, const QStringList& groups, const QVector<KeyTemplate>& templates) {
    QVector<KeyAsk> asks;
    const auto add = [&](const QString& group, const KeyTemplate& used, bool shared, bool onlyIfThere) {
        const auto key = used.fill(fieldsOf(record, group), shared);
        if (!key) return false;
        KeyState state;
        state.key = *key;
        state.group = group;
        state.keyTemplate = used.text();
        state.eventId = QString::fromStdString(record.eventId);
        asks.append({state, onlyIfThere});
        return true;
    };
    for (const auto& group : groups) {
        bool first = true;
        for (const auto& one : templates) first = !add(group, one, false, !first) && first;
    }
    // Keys that name no group: shared by all.
    for (const auto& one : templates)
        if (!one.namesGroup()) add({}, one, true, true);
    return asks;
}

void applyValue(KeyState& state, const KeyReader::Value& value) {
    if (!value.there) {
        state.state = u"absent"_s;
        return;
    }
    if (!value.trouble.isEmpty()) {
        state.state = u"unknown"_s;
        state.why = value.trouble;
        return;
    }
    const bool done = value.text == u"done" || value.text == u"1";
    state.state = done ? u"done"_s : u"leased"_s;
    state.ttlSeconds = value.ttlSeconds;
    if (done) state.ttlOfSeconds = contract::key::processedTtlSeconds;
    if (!done && value.text.startsWith(u"lease:")) state.setBy = value.text.mid(6);
}

void applyEvidence(KeyState& state, const SeenRecord* record, const Evidence& evidence,
                   const QVector<KeyTemplate>& templates) {
    if (record) {
        const auto other = otherPayload(state, *record, evidence, templates);
        state.otherPayload = other.value_or(false);
        if (other && (*other || evidence.isWholeInEvents())) state.payloadsCompared = true;
    }
    int handed = 0, duplicates = 0, stale = 0;
    const Delivery* first = nullptr;
    for (const auto& delivery : evidence.deliveries) {
        if (delivery.eventId != state.eventId || (!state.group.isEmpty() && delivery.group != state.group)) continue;
        ++handed;
        duplicates += delivery.outcome == u"duplicate" ? 1 : 0;
        stale += delivery.outcome == u"stale" ? 1 : 0;
        if (!first && delivery.outcome != u"duplicate" && delivery.outcome != u"retried" &&
            delivery.outcome != u"failed")
            first = &delivery;
    }
    // Spans may be lost, and not every action is traced: without any of this group nothing is known, unless the group
    // has not come so far.
    const auto committed = evidence.committed.find(state.group);
    const bool notYet = record && committed != evidence.committed.end() && committed->second <= record->offset;
    if (handed > 0 || (evidence.hasSpans && notYet)) {
        // None met in a part of the spans is not none.
        state.atLeast = !evidence.isWholeInSpans() && !(notYet && handed == 0);
        if (duplicates > 0 || !state.atLeast) state.duplicates = duplicates;
        if (stale > 0 || !state.atLeast) state.staleSkips = stale;
    }
    if (!first) return;
    state.setBy = first->member;
    state.setAt = u"%1 p%2 @ %3"_s.arg(first->topic).arg(first->partition).arg(first->offset);
    state.outcome = first->outcome;
}

QString whyAbsent(const KeyState& state, const SeenRecord* record, std::optional<qint64> committed, qint64 nowMs) {
    constexpr qint64 ttlMs = qint64{contract::key::processedTtlSeconds} * 1'000;
    if (!record) return say("expired or never: the record was not found, so that its age is not known");
    if (nowMs - record->timeMs >= ttlMs)
        return say("expired: the record is older than the 7 days that a key lives; or it was never set");
    if (state.outcome == u"skipped" || state.outcome == u"dead-lettered")
        return say("never: the group did not apply the event");
    if (!state.outcome.isEmpty()) return say("lost: it was set less than 7 days ago, and Redis no longer has it");
    if (committed && *committed <= record->offset) return say("never: the group has not come to this offset");
    if (committed)
        return say("lost or never: the group has passed this offset less than 7 days ago, and Redis has no key");
    return say("never: no commit of the group is known; or it is lost: the record is younger than a key lives");
}

ConsumerState consumerOf(const QString& group, const QString& keyState, const Evidence& evidence) {
    ConsumerState consumer;
    consumer.group = group;
    const auto& event = *evidence.event;
    if (const auto at = evidence.committed.find(group); at != evidence.committed.end()) {
        consumer.committed = at->second;
        consumer.passed = at->second > event.offset;
    }
    if (const auto lag = evidence.lagAtEvent.find(group); lag != evidence.lagAtEvent.end())
        consumer.lagAtEvent = lag->second;
    else
        consumer.lagWhy = evidence.committedTrouble.value(
            group, say("no commit and no span tells where the group stood when the event was appended"));
    const auto dead =
        std::find_if(evidence.deadLetters.begin(), evidence.deadLetters.end(),
                     [&](const SeenRecord& record) { return record.deadLetterGroup == group.toStdString(); });
    if (const auto* best = settling(evidence.deliveries, QString::fromStdString(event.eventId), group)) {
        consumer.outcome = best->outcome;
        consumer.member = best->member;
        consumer.error = best->error;
        consumer.tries = best->tries;
    } else if (dead != evidence.deadLetters.end()) {
        consumer.outcome = u"dead-lettered"_s;
    } else if (keyState == u"done") {
        consumer.outcome = u"done"_s;
    } else if (consumer.committed && !consumer.passed) {
        consumer.outcome = u"pending"_s;
    }
    if (dead != evidence.deadLetters.end() && consumer.error.isEmpty())
        consumer.error = QString::fromStdString(dead->deadLetterError);
    return consumer;
}

}  // namespace nova::engine
