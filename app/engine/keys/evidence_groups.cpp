// What became of the event in the groups: spans, commits, and where each group stood.
#include <QDateTime>
#include <algorithm>

#include "app/engine/actions/event_views.h"
#include "app/engine/cluster/group_reader.h"
#include "app/engine/keys/evidence.h"
#include "app/engine/keys/evidence_windows.h"
#include "app/engine/traffic/offsets_topic.h"
#include "app/engine/traffic/scan.h"
#include "contract/topics.h"

namespace nova::engine {
namespace {

using namespace window;
constexpr qint64 commitsBeforeMs = 60'000, afterPreviousMs = 10'000;
constexpr int groupsMs = 5'000;

QString textOf(std::string_view text) {
    return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size()));
}

}  // namespace

kit::Result<void> Evidence::readSpans() {
    const std::string topic(contract::topic::spans);
    if (!m_reader->has(topic)) {
        spansTrouble = QStringLiteral("there is no topic otlp_spans");
        return kit::outcome::success();
    }
    if (!event) return kit::outcome::success();
    qint64 first = soundMs(event->timestampMs), last = first;
    const auto wanted = ids();
    for (const auto* list : {&sameId, &related}) {
        for (const auto& record : *list) {
            if (!wanted.contains(QString::fromStdString(record.eventId))) continue;
            first = std::min<qint64>(first, record.timeMs);
            last = std::max<qint64>(last, record.timeMs);
        }
    }
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    BOOST_OUTCOME_TRY(spanReach, readSpans({first - beforeMs, first - closelyBeforeMs}, endsAfter(last)));
    hasSpans = true;
    BOOST_OUTCOME_TRY(readSince({topic}, spanReach, now, mostSpans, spanTaker()));
    makeDeliveries();
    return kit::outcome::success();
}

// Decoded are only spans of the action, those that name one of the events, and those of the event's topic.
TimeReader::Each Evidence::spanTaker() {
    const auto wanted = ids();
    std::vector<std::string> words{Names::topicName(event->topic)};
    for (const auto& id : wanted) words.push_back(id.toStdString());
    return [this, wanted, words](const rd_kafka_message_t& message) {
        if (!message.payload) return true;
        const std::string_view bytes(static_cast<const char*>(message.payload), message.len);
        const std::string_view key(static_cast<const char*>(message.key), message.key ? message.key_len : 0);
        const bool concerns = (!event->traceId.empty() && key == event->traceId) ||
                              std::any_of(words.begin(), words.end(),
                                          [&](const auto& word) { return bytes.find(word) != std::string_view::npos; });
        if (!concerns) return true;
        auto spans = decodeSpans(bytes);
        if (!spans) return ++spansUnreadable, true;
        for (auto& span : *spans) takeSpan(std::move(span), wanted);
        return true;
    };
}

kit::Result<SearchReach> Evidence::readSpans(TimeReader::Start start, const std::vector<qint64>& untilMs) {
    return m_reader->read({std::string(contract::topic::spans)}, start, untilMs, mostSpans, spanTaker());
}

void Evidence::takeSpan(SpanRecord span, const QSet<QString>& wanted) {
    if (const auto effect = span.attribute(contract::attr::effect); !effect.empty())
        m_effects[span.parentId][std::string(effect)] +=
            static_cast<int>(span.number(contract::attr::recipients).value_or(0));
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
            for (const auto& [effect, users] : effects->second)
                words << QStringLiteral("%1 %2").arg(QString::fromStdString(effect)).arg(users);
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
        if (const auto at = offsets.committed.find(partition); at != offsets.committed.end())
            committed[offsets.group] = at->second;
    });
    if (!done) {
        for (const auto& group : groups) committedTrouble[group] = QString::fromStdString(done.error().what);
    }
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
    const qint64 time = soundMs(event->timestampMs);
    // Without the right to read commits, spans alone tell.
    (void)readCommits(time - commitsBeforeMs, time + 1);
    settle(groups);
    const bool open =
        std::any_of(groups.begin(), groups.end(), [this](const QString& group) { return !lagAtEvent.contains(group); });
    if (!open || event->offset == 0 || m_stop) return;
    // A quiet partition: what became of the record before it, when that was new.
    const auto previous = readEvent(m_session, Names::topicName(event->topic), event->partition, event->offset - 1);
    if (!previous) return;
    const qint64 before = soundMs(previous.value().timestampMs);
    (void)readCommits(before, std::min(time + 1, before + afterPreviousMs));
    if (hasSpans)
        (void)readSpans({before - beforeMs, before - closelyBeforeMs}, {std::min(time, before + afterPreviousMs)});
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
