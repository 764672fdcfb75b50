#include "app/engine/keys/evidence.h"

#include <QDateTime>
#include <algorithm>

#include "app/engine/keys/evidence_windows.h"
#include "app/engine/traffic/scan.h"
#include "contract/topics.h"

namespace nova::engine {
namespace {

using namespace window;
constexpr std::size_t mostRelated = 200;

// The first gap is told with its times.
void leaveOut(SearchReach& reach, qint64 fromMs, qint64 untilMs) {
    reach.limited = true;
    if (reach.gapFromMs > 0) return;
    reach.gapFromMs = fromMs;
    reach.gapUntilMs = untilMs;
}

}  // namespace

kit::Result<void> Evidence::open() {
    auto reader = TimeReader::make(m_session, m_stop);
    if (!reader) return reader.error();
    m_reader.emplace(std::move(reader.value()));
    return kit::outcome::success();
}

QSet<QString> Evidence::ids() const {
    QSet<QString> ids;
    if (event && !event->eventId.empty()) ids.insert(QString::fromStdString(event->eventId));
    for (const auto& record : related) {
        if (event && record.subject == seenIn(*event).subject) ids.insert(QString::fromStdString(record.eventId));
    }
    ids.remove(QString());
    return ids;
}

const SeenRecord* Evidence::seen(const std::string& eventId) const {
    for (const auto* list : {&sameId, &related}) {
        for (const auto& record : *list)
            if (record.eventId == eventId) return &record;
    }
    return nullptr;
}

kit::Result<void> Evidence::readEvents(const Wanted& wanted, const std::optional<Event>& given) {
    event = given;
    auto around = wanted.aroundMs;
    if (given) around = {soundMs(given->timestampMs)};
    if (given) replaceDeadLetter(around);
    if (around.isEmpty()) around = {QDateTime::currentMSecsSinceEpoch() - afterMs.back() + beforeMs};
    std::sort(around.begin(), around.end());
    for (const auto& topics : m_reader->eventTopics()) {
        if (given && std::ranges::find(topics, Names::topicName(given->topic)) == topics.end()) continue;
        BOOST_OUTCOME_TRY(readTopics(topics, around));
        if (!event) choose(wanted);
        if (event || m_stop) break;
    }
    keepRelatives(wanted);
    m_all.clear();
    return kit::outcome::success();
}

// Of a dead letter its original is looked up, where that is still kept: it is what the groups were handed.
void Evidence::replaceDeadLetter(QVector<qint64>& around) {
    if (!Names::topicName(event->topic).ends_with(contract::topic::deadLetterSuffix)) return;
    const auto headers = event->headers();
    const auto number = [&](std::string_view name) {
        return QString::fromStdString(std::string(kit::kafka::header(headers, name))).toLongLong();
    };
    const std::string topic(kit::kafka::header(headers, contract::header::dlqTopic));
    if (topic.empty()) return;
    auto original = readEvent(m_session, topic, static_cast<int>(number(contract::header::dlqPartition)),
                              number(contract::header::dlqOffset));
    if (!original || original.value().eventId != event->eventId) return;
    event = std::move(original.value());
    around.append(soundMs(event->timestampMs));
}

kit::Result<void> Evidence::readTopics(const std::vector<std::string>& topics, const QVector<qint64>& around) {
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const auto take = [this](const rd_kafka_message_t& message) {
        m_all.push_back(seenIn(message));
        return true;
    };
    qint64 readUntil = 0;
    for (const auto time : around) {
        if (readUntil >= std::min(time + afterMs.front(), now)) continue;
        if (readUntil > 0 && readUntil < time - beforeMs) leaveOut(eventReach, readUntil, time - beforeMs);
        const TimeReader::Start start{std::max(time - beforeMs, readUntil),
                                      std::max(time - closelyBeforeMs, readUntil)};
        BOOST_OUTCOME_TRY(const auto reach, m_reader->read(topics, start, endsAfter(time), mostEvents, take));
        if (eventReach.fromMs == 0) eventReach.fromMs = reach.fromMs;
        eventReach.untilMs = readUntil = reach.untilMs;
        eventReach.records += reach.records;
        eventReach.limited |= reach.limited;
        if (!reach.trouble.isEmpty()) eventReach.trouble = reach.trouble;
    }
    BOOST_OUTCOME_TRY(readSince(topics, eventReach, now, mostEvents, take));
    std::sort(m_all.begin(), m_all.end(), byTime);
    m_all.erase(std::unique(m_all.begin(), m_all.end(), sameRecord), m_all.end());
    return kit::outcome::success();
}

kit::Result<void> Evidence::readSince(const std::vector<std::string>& topics, SearchReach& reach, qint64 nowMs,
                                      qint64 most, const TimeReader::Each& each) {
    const qint64 from = reach.untilMs;
    if (from >= nowMs) return kit::outcome::success();
    BOOST_OUTCOME_TRY(const auto late, m_reader->read(topics, {from, std::max(from, nowMs - lateMs)}, {nowMs},
                                                      std::max(most / 4, most - reach.records), each));
    reach.records += late.records;
    reach.limited |= late.limited;
    if (!late.trouble.isEmpty()) reach.trouble = late.trouble;
    if (late.fromMs > from)
        leaveOut(reach, from, late.fromMs);
    else
        reach.untilMs = late.untilMs;
    return kit::outcome::success();
}

bool Evidence::isWholeInEvents() const {
    return !eventReach.limited && eventReach.trouble.isEmpty() && relatedLeft == 0;
}

bool Evidence::isWholeInSpans() const {
    return hasSpans && !spanReach.limited && spanReach.trouble.isEmpty() && spansUnreadable == 0;
}

// The event of that id; else of the subject's events the one with the highest version that carries its state, else the
// latest.
void Evidence::choose(const Wanted& wanted) {
    const SeenRecord* chosen = nullptr;
    const auto rank = [](const SeenRecord& record) {
        return std::pair(record.topic == contract::topic::content ? record.version : -1, record.timeMs);
    };
    for (const auto& record : m_all) {
        if (record.isDeadLetter()) continue;
        if (!wanted.eventId.empty() && record.eventId == wanted.eventId) {
            chosen = &record;
            break;
        }
        const bool fits = !wanted.subject.empty() && record.subject == wanted.subject &&
                          (!wanted.ceTimeMs || record.ceTimeMs == *wanted.ceTimeMs);
        if (fits && (!chosen || rank(record) > rank(*chosen))) chosen = &record;
    }
    if (!chosen) return;
    auto read = readEvent(m_session, chosen->topic, chosen->partition, chosen->offset);
    if (read) event = std::move(read.value());
}

void Evidence::keepRelatives(const Wanted& wanted) {
    const auto own = event ? std::optional(seenIn(*event)) : std::nullopt;
    if (own && !own->eventId.empty()) sameId.push_back(*own);
    for (const auto& record : m_all) {
        if (own && sameRecord(record, *own)) continue;
        const bool same = own && !own->eventId.empty() && record.eventId == own->eventId;
        if (record.isDeadLetter()) {
            if (same || (!own && record.eventId == wanted.eventId)) deadLetters.push_back(record);
            continue;
        }
        if (same) {
            sameId.push_back(record);
            continue;
        }
        const bool ofSubject = own ? record.subject == own->subject && !own->subject.empty()
                                   : !wanted.subject.empty() && record.subject == wanted.subject;
        if (!ofSubject && !(own && !own->traceId.empty() && record.traceId == own->traceId)) continue;
        if (related.size() < mostRelated)
            related.push_back(record);
        else
            ++relatedLeft;
    }
    std::sort(sameId.begin(), sameId.end(), byTime);
}

}  // namespace nova::engine
