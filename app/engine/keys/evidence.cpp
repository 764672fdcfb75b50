#include "app/engine/keys/evidence.h"

#include <QDateTime>
#include <algorithm>
#include <array>

#include "app/engine/actions/event_views.h"
#include "app/engine/cluster/group_reader.h"
#include "app/engine/traffic/offsets_topic.h"
#include "app/engine/traffic/scan.h"
#include "contract/topics.h"
#include "kit/runtime/ids.h"
#include "kit/trace/span.h"

namespace nova::engine {
namespace {

constexpr qint64 beforeMs = 2'000, closelyBeforeMs = 100, lateMs = 60'000, lastMs = 10 * 60'000;
constexpr std::array<qint64, 4> windowsMs{5'000, 30'000, 3 * 60'000, 10 * 60'000};
constexpr qint64 commitsBeforeMs = 60'000, afterPreviousMs = 10'000;
constexpr int groupsMs = 5'000;
constexpr std::size_t mostRelated = 200;

std::vector<qint64> endsAfter(qint64 timeMs) {
    std::vector<qint64> ends;
    for (const auto window : windowsMs) ends.push_back(timeMs + window);
    return ends;
}

std::string_view headerOf(rd_kafka_headers_t* headers, std::string_view name) {
    const void* value = nullptr;
    std::size_t size = 0;
    if (!headers || rd_kafka_header_get_last(headers, name.data(), &value, &size) != RD_KAFKA_RESP_ERR_NO_ERROR) return {};
    return {static_cast<const char*>(value), size};
}

std::int64_t millisecondsOf(std::string_view rfc3339) {
    const auto time = kit::parseRfc3339(rfc3339);
    return time ? std::chrono::floor<std::chrono::milliseconds>(time->time_since_epoch()).count() : 0;
}

SeenRecord seenIn(const rd_kafka_message_t& message) {
    namespace header = contract::header;
    rd_kafka_headers_t* headers = nullptr;
    rd_kafka_message_headers(&message, &headers);
    SeenRecord seen;
    seen.topic = rd_kafka_topic_name(message.rkt);
    seen.partition = message.partition;
    seen.offset = message.offset;
    seen.timeMs = rd_kafka_message_timestamp(&message, nullptr);
    seen.eventId = headerOf(headers, header::id);
    seen.type = headerOf(headers, header::type);
    seen.schema = headerOf(headers, header::dataSchema);
    seen.subject = headerOf(headers, header::subject);
    if (seen.subject.empty() && message.key) seen.subject.assign(static_cast<const char*>(message.key), message.key_len);
    seen.ceTimeMs = millisecondsOf(headerOf(headers, header::time));
    seen.replayed = !headerOf(headers, header::replay).empty();
    if (const auto version = headerOf(headers, header::version); !version.empty())
        seen.version = std::strtoll(std::string(version).c_str(), nullptr, 10);
    if (const auto context = kit::trace::Context::parse(headerOf(headers, header::traceParent))) {
        seen.traceId = context->traceIdHex();
        seen.sampled = context->sampled;
    }
    if (seen.topic.ends_with(contract::topic::deadLetterSuffix)) {
        seen.deadLetterGroup = headerOf(headers, header::dlqGroup);
        seen.deadLetterError = headerOf(headers, header::dlqError);
        if (seen.deadLetterGroup.empty()) seen.deadLetterGroup = "?";
    }
    seen.payload = std::hash<std::string_view>{}({static_cast<const char*>(message.payload), message.len});
    return seen;
}

SeenRecord seenIn(const Event& event) {
    const auto headers = event.headers();
    SeenRecord seen;
    seen.topic = Names::topicName(event.topic);
    seen.partition = event.partition;
    seen.offset = event.offset;
    seen.timeMs = event.timestampMs;
    seen.eventId = event.eventId;
    seen.type = Names::typeName(event.type);
    seen.schema = kit::kafka::header(headers, contract::header::dataSchema);
    seen.subject = kit::kafka::header(headers, contract::header::subject);
    if (seen.subject.empty()) seen.subject = event.key;
    seen.ceTimeMs = event.ceTimeUs / 1'000;
    seen.version = event.version;
    seen.traceId = event.traceId;
    seen.sampled = event.sampled;
    seen.replayed = event.replayed;
    seen.payload = std::hash<std::string_view>{}(event.value);
    return seen;
}

bool sameRecord(const SeenRecord& a, const SeenRecord& b) {
    return a.offset == b.offset && a.partition == b.partition && a.topic == b.topic;
}

bool byTime(const SeenRecord& a, const SeenRecord& b) {
    return std::tie(a.timeMs, a.topic, a.partition, a.offset) < std::tie(b.timeMs, b.topic, b.partition, b.offset);
}

QString textOf(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
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
    if (given) around = {given->timestampMs};
    if (around.isEmpty()) around = {QDateTime::currentMSecsSinceEpoch() - lastMs + beforeMs};
    std::sort(around.begin(), around.end());
    for (const auto& topics : m_reader->eventTopics()) {
        const bool ofEvent = given && std::ranges::find(topics, Names::topicName(given->topic)) != topics.end();
        if (given && !ofEvent) continue;
        BOOST_OUTCOME_TRY(readTopics(topics, around));
        if (!event) choose(wanted);
        if (event || m_stop) break;
    }
    keepRelatives(wanted);
    m_all.clear();
    return kit::outcome::success();
}

kit::Result<void> Evidence::readTopics(const std::vector<std::string>& topics, const QVector<qint64>& around) {
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const auto take = [this](const rd_kafka_message_t& message) {
        m_all.push_back(seenIn(message));
        return true;
    };
    qint64 readUntil = 0;
    for (const auto time : around) {
        if (readUntil >= std::min(time + windowsMs[0], now)) continue;
        const TimeReader::Start start{std::max(time - beforeMs, readUntil), std::max(time - closelyBeforeMs, readUntil)};
        BOOST_OUTCOME_TRY(const auto reach, m_reader->read(topics, start, endsAfter(time), mostEvents, take));
        if (eventReach.fromMs == 0) eventReach.fromMs = reach.fromMs;
        eventReach.untilMs = readUntil = reach.untilMs;
        eventReach.records += reach.records;
        eventReach.limited |= reach.limited;
        if (!reach.trouble.isEmpty()) eventReach.trouble = reach.trouble;
    }
    // What was sent again just now.
    if (readUntil < now - lateMs) {
        BOOST_OUTCOME_TRY(const auto late, m_reader->read(topics, {now - lateMs, now - lateMs}, {now}, mostEvents, take));
        eventReach.records += late.records;
    }
    std::sort(m_all.begin(), m_all.end(), byTime);
    m_all.erase(std::unique(m_all.begin(), m_all.end(), sameRecord), m_all.end());
    return kit::outcome::success();
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
        } else if (related.size() < mostRelated) {
            const bool ofSubject = own ? record.subject == own->subject && !own->subject.empty()
                                       : !wanted.subject.empty() && record.subject == wanted.subject;
            if (ofSubject || (own && !own->traceId.empty() && record.traceId == own->traceId)) related.push_back(record);
        }
    }
    std::sort(sameId.begin(), sameId.end(), byTime);
}

kit::Result<void> Evidence::readSpans() {
    const std::string topic(contract::topic::spans);
    if (!m_reader->has(topic)) {
        spansTrouble = QStringLiteral("there is no topic otlp_spans");
        return kit::outcome::success();
    }
    if (!event) return kit::outcome::success();
    qint64 first = event->timestampMs, last = first;
    const auto wanted = ids();
    for (const auto* list : {&sameId, &related}) {
        for (const auto& record : *list) {
            if (!wanted.contains(QString::fromStdString(record.eventId))) continue;
            first = std::min<qint64>(first, record.timeMs);
            last = std::max<qint64>(last, record.timeMs);
        }
    }
    BOOST_OUTCOME_TRY(spanReach, readSpans({first - beforeMs, first - closelyBeforeMs}, endsAfter(last)));
    hasSpans = true;
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    if (spanReach.untilMs < now - lateMs) {
        BOOST_OUTCOME_TRY(const auto late, readSpans({now - lateMs, now - lateMs}, {now}));
        spanReach.records += late.records;
    }
    makeDeliveries();
    return kit::outcome::success();
}

// Decoded are only spans of the action, those that name one of the events, and those of the event's topic.
kit::Result<SearchReach> Evidence::readSpans(TimeReader::Start start, const std::vector<qint64>& untilMs) {
    const auto wanted = ids();
    std::vector<std::string> words{Names::topicName(event->topic)};
    for (const auto& id : wanted) words.push_back(id.toStdString());
    const auto take = [&](const rd_kafka_message_t& message) {
        if (!message.payload) return true;
        const std::string_view bytes(static_cast<const char*>(message.payload), message.len);
        const std::string_view key(static_cast<const char*>(message.key), message.key ? message.key_len : 0);
        const bool concerns = (!event->traceId.empty() && key == event->traceId) ||
                              std::any_of(words.begin(), words.end(), [&](const auto& word) { return bytes.find(word) != std::string_view::npos; });
        if (!concerns) return true;
        auto spans = decodeSpans(bytes);
        if (!spans) return ++spansUnreadable, true;
        for (auto& span : *spans) takeSpan(std::move(span), wanted);
        return true;
    };
    return m_reader->read({std::string(contract::topic::spans)}, start, untilMs, mostSpans, take);
}

void Evidence::takeSpan(SpanRecord span, const QSet<QString>& wanted) {
    if (const auto effect = span.attribute(contract::attr::effect); !effect.empty())
        m_effects[span.parentId][std::string(effect)] += static_cast<int>(span.number(contract::attr::recipients).value_or(0));
    if (hopKindOf(span) != "consume") return;
    takePosition(span);
    if (!wanted.contains(textOf(span.attribute(contract::attr::eventId)))) return;
    auto id = span.spanId;
    m_consumes.insert_or_assign(std::move(id), std::move(span));
}

void Evidence::takePosition(const SpanRecord& span) {
    const auto partition = span.number(contract::attr::partition), offset = span.number(contract::attr::offset);
    if (span.attribute(contract::attr::topicName) != Names::topicName(event->topic) || partition != event->partition ||
        !offset || *offset >= event->offset)
        return;
    auto& position = m_positions[textOf(span.attribute(contract::attr::group))];
    if (span.endNs / 1'000'000 <= event->timestampMs)
        position.handled = std::max(position.handled.value_or(*offset), qint64{*offset});
    else
        position.open = std::min(position.open.value_or(*offset), qint64{*offset});
}

void Evidence::makeDeliveries() {
    namespace attr = contract::attr;
    deliveries.clear();
    for (const auto& [id, span] : m_consumes) {
        Delivery delivery;
        delivery.eventId = textOf(span.attribute(attr::eventId));
        delivery.group = textOf(span.attribute(attr::group));
        delivery.member = QString::fromStdString(span.instance);
        delivery.outcome = textOf(span.attribute(attr::outcome));
        delivery.error = QString::fromStdString(span.error);
        delivery.topic = textOf(span.attribute(attr::topicName));
        delivery.partition = static_cast<int>(span.number(attr::partition).value_or(-1));
        delivery.offset = span.number(attr::offset).value_or(-1);
        delivery.startUs = span.startNs / 1'000;
        delivery.endUs = span.endNs / 1'000;
        delivery.tries = static_cast<int>(span.number(attr::tries).value_or(0));
        if (const auto effects = m_effects.find(id); effects != m_effects.end()) {
            QStringList words;
            for (const auto& [effect, users] : effects->second) words << QStringLiteral("%1 %2").arg(QString::fromStdString(effect)).arg(users);
            delivery.effect = words.join(QStringLiteral(", "));
        }
        delivery.replayed = std::any_of(sameId.begin(), sameId.end(), [&](const SeenRecord& record) {
            return record.replayed && record.offset == delivery.offset && record.partition == delivery.partition;
        });
        deliveries.append(delivery);
    }
    std::sort(deliveries.begin(), deliveries.end(), [](const Delivery& a, const Delivery& b) {
        return std::tie(a.startUs, a.offset, a.group) < std::tie(b.startUs, b.offset, b.group);
    });
}

void Evidence::readCommitted(const QStringList& groups) {
    if (!event || groups.isEmpty()) return;
    const PartitionKey partition{Names::topicName(event->topic), event->partition};
    auto reader = GroupReader::make(m_session);
    if (!reader) return;
    const auto done = reader.value().offsets(groups, groupsMs, [&](const GroupOffsets& offsets) {
        if (!offsets.trouble.isEmpty()) committedTrouble[offsets.group] = offsets.trouble;
        if (const auto at = offsets.committed.find(partition); at != offsets.committed.end()) committed[offsets.group] = at->second;
    });
    if (!done) {
        for (const auto& group : groups) committedTrouble[group] = QString::fromStdString(done.error().what);
    }
}

QStringList Evidence::groupsWithCommits() const {
    QStringList groups, committing;
    auto reader = event ? GroupReader::make(m_session) : kit::Result<GroupReader>(kit::transient("no event"));
    if (!reader) return groups;
    const auto listed = reader.value().list(groupsMs);
    if (!listed || listed.value().size() > mostGroups) return groups;
    for (const auto& one : listed.value())
        if (!one.group.startsWith(QLatin1String("console-"))) groups << one.group;
    const PartitionKey partition{Names::topicName(event->topic), event->partition};
    (void)reader.value().offsets(groups, groupsMs, [&](const GroupOffsets& offsets) {
        if (offsets.committed.contains(partition)) committing << offsets.group;
    });
    committing.sort();
    return committing;
}

kit::Result<void> Evidence::readCommits(qint64 fromMs, qint64 untilMs) {
    static const std::string topic = "__consumer_offsets";
    if (!m_reader->has(topic)) return kit::outcome::success();
    const auto take = [this](const rd_kafka_message_t& message) {
        if (!message.key) return true;
        std::optional<std::string_view> value;
        if (message.payload) value.emplace(static_cast<const char*>(message.payload), message.len);
        const auto read = decodeOffsetsTopic({static_cast<const char*>(message.key), message.key_len}, value);
        if (!read || !read.value().commit) return true;
        const auto& commit = *read.value().commit;
        if (commit.deleted || commit.partition != event->partition || commit.topic != Names::topicName(event->topic) ||
            commit.commitTimeMs > event->timestampMs)
            return true;
        auto& position = m_positions[QString::fromStdString(commit.group)];
        if (position.committed && position.committedAtMs > commit.commitTimeMs) return true;
        position.committed = commit.offset;
        position.committedAtMs = commit.commitTimeMs;
        return true;
    };
    BOOST_OUTCOME_TRY(m_reader->read({topic}, {fromMs, fromMs}, {untilMs}, mostCommits, take));
    return kit::outcome::success();
}

void Evidence::readPositions(const QStringList& groups) {
    if (!event) return;
    const qint64 time = event->timestampMs;
    // Without the right to read commits, spans alone tell.
    (void)readCommits(time - commitsBeforeMs, time + 1);
    settle(groups);
    const bool open = std::any_of(groups.begin(), groups.end(), [this](const QString& group) { return !lagAtEvent.contains(group); });
    if (!open || event->offset == 0 || m_stop) return;
    // A quiet partition: what became of the record before it, when that was new.
    const auto previous = readEvent(m_session, Names::topicName(event->topic), event->partition, event->offset - 1);
    if (!previous) return;
    const qint64 before = previous.value().timestampMs;
    (void)readCommits(before, std::min(time + 1, before + afterPreviousMs));
    if (hasSpans) (void)readSpans({before - beforeMs, before - closelyBeforeMs}, {std::min(time, before + afterPreviousMs)});
    settle(groups);
}

void Evidence::settle(const QStringList& groups) {
    for (const auto& group : groups) {
        if (event->offset == 0) {
            lagAtEvent[group] = 0;
            continue;
        }
        const auto found = m_positions.find(group);
        if (found == m_positions.end()) continue;
        const auto& position = found->second;
        qint64 at = std::max(position.committed.value_or(-1), position.handled ? *position.handled + 1 : -1);
        if (position.open) at = at < 0 ? *position.open : std::min(at, *position.open);
        const bool known = position.committed || position.open || position.handled == event->offset - 1;
        if (known && at >= 0) lagAtEvent[group] = std::max<qint64>(0, event->offset - at);
    }
}

}  // namespace nova::engine
