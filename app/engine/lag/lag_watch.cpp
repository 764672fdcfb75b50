#include "app/engine/lag/lag_watch.h"

#include <QCoreApplication>
#include <QDateTime>
#include <algorithm>
#include <chrono>
#include <limits>
#include <thread>

#include "app/engine/lag/due.h"
#include "app/engine/lag/group_turns.h"
#include "app/engine/lag/lag_rules.h"

namespace nova::engine {
namespace {

constexpr int listMs = 5'000, perLookMs = 5'000, allGroupsMs = 20'000, endsMs = 3'000, topicsMs = 10'000,
              recordsMs = 1'500, pastMs = 1'500;
constexpr qint64 leastListEveryMs = 5'000, describeEveryMs = 5'000, unknownAgainEveryMs = 30'000,
                 topicsEveryMs = 30'000, newTopicsEveryMs = 5'000, startsEveryMs = 10'000, looksEveryMs = 1'000;
// Large clusters are looked at less often: so many groups listed, and partitions' ends asked, a second.
constexpr qint64 groupsASecond = 500, endsASecond = 5'000;

QString tr(const char* text) {
    return QCoreApplication::translate("nova::engine::LagWatch", text);
}

qint64 nowMs() {
    return QDateTime::currentMSecsSinceEpoch();
}

bool isAny(const QStringList& patterns, const QString& text) {
    return patterns.isEmpty() ||
           std::any_of(patterns.begin(), patterns.end(), [&](const auto& p) { return matchesPattern(p, text); });
}

bool mayHaveMembers(const GroupEntry& entry) {
    return entry.listing.state != u"Empty" && entry.listing.state != u"Dead";
}

// Java's String.hashCode, by which a group finds its partition of __consumer_offsets.
int partitionOf(const QString& group, int partitions) {
    quint32 hash = 0;
    for (const auto c : group) hash = hash * 31 + c.unicode();
    return static_cast<int>((hash & 0x7fffffffU) % static_cast<quint32>(partitions));
}

}  // namespace

kit::Result<std::unique_ptr<LagWatch>> LagWatch::make(const Target& target, const LagOptions& options) {
    BOOST_OUTCOME_TRY(auto groups, GroupReader::make(target.kafka));
    BOOST_OUTCOME_TRY(auto ends, EndReader::make(target.kafka));
    BOOST_OUTCOME_TRY(auto records, RecordReader::make(target.kafka));
    return std::unique_ptr<LagWatch>(
        new LagWatch(target, options, std::move(groups), std::move(ends), std::move(records)));
}

LagWatch::LagWatch(const Target& target, const LagOptions& options, GroupReader groups, EndReader ends,
                   RecordReader records)
    : m_target(target),
      m_options(options),
      m_groups(std::move(groups)),
      m_ends(std::move(ends)),
      m_records(std::move(records)),
      m_book([patterns = options.groups](const QString& group) { return isAny(patterns, group); }),
      m_timeLag([this](const auto& offsets) { return m_records.timesAt(offsets, recordsMs); }),
      m_pastLag([this](const auto& times) { return m_ends.atTimes(times, pastMs); }),
      m_alarms(target.profile, options.alarmAfterMs) {
    if (m_options.follow)
        m_follower = std::make_unique<CommitsFollower>(
            target.kafka, [this](const rd_kafka_message_t& message, bool live) { take(message, live); });
}

LagWatch::~LagWatch() = default;

void LagWatch::take(const rd_kafka_message_t& message, bool live) {
    const std::string_view key(static_cast<const char*>(message.key), message.key_len);
    const auto value = message.payload
                           ? std::optional(std::string_view(static_cast<const char*>(message.payload), message.len))
                           : std::nullopt;
    auto record = decodeOffsetsTopic(key, value);
    if (!record || (!record.value().commit && !record.value().group)) return;
    const std::lock_guard lock(m_mutex);
    if (m_queue.size() < mostQueued)
        m_queue.emplace_back(std::move(record.value()), live);
    else
        m_overflowed = true;
}

void LagWatch::catchUp(int timeoutMs) const {
    const auto until = std::chrono::steady_clock::now() + std::chrono::milliseconds(timeoutMs);
    while (m_follower && std::chrono::steady_clock::now() < until) {
        const auto state = m_follower->state();
        if (state.caughtUp || state.refused) return;
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

bool LagWatch::wantsTopic(const QString& topic) const {
    return isAny(m_options.topics, topic);
}

LagSample LagWatch::look() {
    LagSample sample;
    sample.atMs = nowMs();
    const auto state = m_follower ? m_follower->state() : CommitsFollower::State{};
    const bool followed = state.following;
    sample.commits =
        followed ? QStringLiteral("followed")
        : m_follower
            ? tr("polled: %1").arg(state.why.empty() ? tr("not followed yet") : QString::fromStdString(state.why))
            : tr("polled: not asked to follow");
    drain(sample.atMs);
    listGroups(sample.atMs);
    sample.trouble = m_outage;
    sample.missing = m_missing;
    if (m_outage.isEmpty()) {
        askGroups(sample, followed);
        describeGroups(sample.atMs, followed);
        refreshTopics(sample.atMs);
        readEnds(sample.atMs);
        readEndsAgain(sample.atMs);
    }
    makeRows(sample, followed);
    sample.tookMs = nowMs() - sample.atMs;
    return sample;
}

void LagWatch::drain(qint64 now) {
    std::vector<std::pair<OffsetsTopicRecord, bool>> queue;
    {
        const std::lock_guard lock(m_mutex);
        queue.swap(m_queue);
        if (std::exchange(m_overflowed, false)) m_book.askAnew();
    }
    const auto end = [this](const PartitionKey& key) { return m_endBook.end(key); };
    for (const auto& [record, live] : queue) m_book.record(record, live, end, now);
}

void LagWatch::listGroups(qint64 now) {
    const auto every = std::max(leastListEveryMs, static_cast<qint64>(m_book.groups().size()) * 1'000 / groupsASecond);
    if (m_outage.isEmpty() && m_listAtMs > 0 && !isDue(now, m_listAtMs, every)) return;
    const auto listed = m_groups.list(listMs);
    m_outage = listed ? QString() : QString::fromStdString(listed.error().what);
    if (!listed) return;
    m_listAtMs = now;
    m_missing = listed.value().missing;
    m_book.list(listed.value().groups, now, m_missing.isEmpty());
}

// Followed groups are asked once, since their commits may lie before what is read of __consumer_offsets.
void LagWatch::askGroups(LagSample& sample, bool followed) {
    const auto turn = turnOf(m_book.groups(), followed, groupsALook, sample.atMs);
    m_backlog = followed && turn.more;
    if (turn.ask.isEmpty()) return;
    sample.groupsAsked = static_cast<int>(turn.ask.size());
    const auto done = m_groups.offsets(
        turn.ask, followed ? perLookMs : allGroupsMs,
        [&](const GroupOffsets& offsets) {
            if (offsets.trouble.isEmpty()) ++sample.groupsAnswered;
            m_book.offsets(offsets, sample.atMs);
        },
        turn.failedBefore);
    if (!done) sample.trouble = QString::fromStdString(done.error().what);
}

// Followed members change only with a record; polled ones are looked up again and again, the oldest answers first.
// Where commits are polled, whose members were never told are asked for at once, as all commits are.
void LagWatch::describeGroups(qint64 now, bool followed) {
    std::vector<std::pair<qint64, const QString*>> again;
    QStringList ask;
    for (const auto& [name, entry] : m_book.groups()) {
        if (!mayHaveMembers(entry)) continue;
        const auto every = !entry.description.membersKnown ? unknownAgainEveryMs
                           : followed                      ? std::numeric_limits<qint64>::max()
                                                           : describeEveryMs;
        if (!entry.described)
            ask.append(name);
        else if (entry.stale || isDue(now, entry.describedAtMs, every))
            again.emplace_back(entry.stale ? 0 : entry.describedAtMs, &name);
    }
    m_backlog = m_backlog || (followed && ask.size() > groupsALook);
    if (followed) ask.resize(std::min<qsizetype>(ask.size(), groupsALook));
    std::sort(again.begin(), again.end());
    for (const auto& [atMs, name] : again) {
        if (ask.size() >= groupsALook) break;
        ask.append(*name);
    }
    if (ask.isEmpty()) return;
    std::set<QString> hungBefore;
    for (const auto& name : std::as_const(ask))
        if (const auto& entry = m_book.groups().at(name); entry.described && !entry.description.membersKnown)
            hungBefore.insert(name);
    static_cast<void>(m_groups.describe(
        ask, followed ? perLookMs : allGroupsMs, [&](const GroupDescription& d) { m_book.describe(d, now); },
        hungBefore));
}

void LagWatch::refreshTopics(qint64 now) {
    const bool changed = m_changes != m_book.changes();
    if (m_topicsAtMs == 0 || isDue(now, m_topicsAtMs, changed ? newTopicsEveryMs : topicsEveryMs)) {
        if (m_ends.refresh(topicsMs)) m_topicsAtMs = now;
    }
    if (!changed && now != m_topicsAtMs) return;
    m_book.complete([this](const std::string& topic) { return m_ends.partitionsOf(topic); });
    m_changes = m_book.changes();
    std::set<PartitionKey> needed;
    for (const auto& [name, entry] : m_book.groups())
        for (const auto& [key, partition] : entry.partitions)
            if (wantsTopic(partition.row.topic)) needed.insert(key);
    m_needed.assign(needed.begin(), needed.end());
    m_endBook.keepOnly(m_needed);
}

void LagWatch::readEnds(qint64 now) {
    std::vector<PartitionKey> fresh, known;
    const auto every = static_cast<qint64>(m_needed.size()) * 1'000 / endsASecond;
    const bool due = every < looksEveryMs || isDue(now, m_endsAtMs, every);
    for (const auto& key : m_needed) {
        const auto* entry = m_endBook.find(key);
        if (!entry || !entry->start)
            fresh.push_back(key);
        else if (due)
            known.push_back(key);
    }
    if (due) m_endsAtMs = now;
    const bool starts = due && isDue(now, m_startsAtMs, startsEveryMs);
    if (starts) m_startsAtMs = now;
    if (!known.empty())
        for (const auto& [key, ends] : m_ends.read(known, starts, endsMs)) m_endBook.tell(key, ends, now);
    if (!fresh.empty())
        for (const auto& [key, ends] : m_ends.read(fresh, true, endsMs)) m_endBook.tell(key, ends, now);
}

// A commit beyond the end may only mean that the end is the older of the two.
void LagWatch::readEndsAgain(qint64 now) {
    m_readTwice.clear();
    for (const auto& [name, entry] : m_book.groups())
        for (const auto& [key, partition] : entry.partitions) {
            const auto end = m_endBook.end(key);
            if (partition.committed && end && *partition.committed > *end) m_readTwice.insert(key);
        }
    if (m_readTwice.empty()) return;
    for (const auto& [key, ends] : m_ends.read({m_readTwice.begin(), m_readTwice.end()}, true, endsMs)) {
        m_endBook.tell(key, ends, now);
        if (!ends.trouble.empty()) m_readTwice.erase(key);
    }
}

// The leader of a group's partition of __consumer_offsets is its coordinator: without it no commit is told, nor
// followed.
QString LagWatch::coordinatorTrouble(const QString& group) const {
    const int partitions = m_ends.partitionsOf(CommitsFollower::topic);
    if (partitions == 0 || m_ends.hasLeader({CommitsFollower::topic, partitionOf(group, partitions)})) return {};
    return tr("the group's coordinator is not available");
}

void LagWatch::makeRow(const QString& group, GroupEntry& entry, const PartitionKey& key, GroupPartition& partition,
                       qint64 now, bool followed) {
    static const EndEntry none;
    const auto* found = m_endBook.find(key);
    const auto& ends = found ? *found : none;
    auto& row = partition.row;
    OffsetFacts facts;
    facts.trouble = ends.trouble;
    if (ends.trouble.isEmpty()) facts.logStart = ends.start, facts.logEnd = ends.end, facts.lso = ends.lso;
    facts.committed = partition.committed;
    facts.lastCommitted = partition.lastCommitted;
    facts.endReadTwice = m_readTwice.contains(key);
    facts.groupEmpty = entry.listing.state == u"Empty";
    facts.commitTrouble = !m_outage.isEmpty() ? m_outage : followed ? coordinatorTrouble(group) : entry.trouble;
    if (facts.commitTrouble.isEmpty() && !partition.committed && !entry.asked)
        facts.commitTrouble = entry.trouble.isEmpty() ? tr("its commits are not read yet") : entry.trouble;
    judgeOffsets(row, facts, ends.readAtMs > 0 ? ends.readAtMs : now);

    row.inPerSecond.reset(), row.outPerSecond.reset(), row.catchUpSeconds.reset(), row.catchUpError.reset();
    if (row.status != LagStatus::unknown) {
        partition.window.add(now, *row.logEnd, row.lag ? row.committed : std::nullopt, *row.logStart);
        const auto rates = partition.window.rates();
        row.inPerSecond = rates.inPerSecond, row.outPerSecond = rates.outPerSecond;
        row.catchUpSeconds = rates.catchUpSeconds, row.catchUpError = rates.catchUpError;
    }
    if (row.status == LagStatus::ok) {
        if (followed) {
            row.status = burrowStatus(partition.commits, ends.ring, *row.lag, now);
            row.statusReason = burrowReason(row.status, partition.commits, now);
        } else {
            row.statusReason = tr("commits are polled: not judged by its latest ten");
        }
    }
    const auto owner = entry.owners.find(key);
    const auto* member = owner == entry.owners.end() ? nullptr : &entry.description.members[owner->second];
    row.member = member ? member->id : QString();
    row.clientId = member ? member->clientId : QString();
    row.host = member ? member->host : QString();
    if (entry.described && !entry.description.membersKnown && mayHaveMembers(entry))
        row.statusReason += (row.statusReason.isEmpty() ? QString() : QStringLiteral("; ")) + tr("members unknown");
}

void LagWatch::makeRows(LagSample& sample, bool followed) {
    for (auto& [name, entry] : m_book.groups()) {
        GroupState state{entry.listing,          entry.description, LagStatus::ok, 0, name.startsWith(u"console-"),
                         m_alarms.isMuted(name), entry.trouble};
        for (auto& [key, partition] : entry.partitions) {
            if (!wantsTopic(partition.row.topic)) continue;
            makeRow(name, entry, key, partition, sample.atMs, followed);
            state.lag += partition.row.lag.value_or(0);
            state.worst = std::max(state.worst, partition.row.status);
            sample.rows.append(partition.row);
        }
        sample.groups.append(std::move(state));
    }
    if (m_book.leftOut() > 0 && sample.trouble.isEmpty())
        sample.trouble =
            tr("more than %1 partitions of groups: the others are left out").arg(grouped(GroupBook::mostPartitions));
}

void LagWatch::measure(LagSample& sample, const std::function<bool(const LagRow&)>& wanted) {
    m_alarms.judge(sample.rows, sample.atMs);
    std::vector<bool> read(static_cast<std::size_t>(sample.rows.size()));
    for (qsizetype i = 0; i < sample.rows.size(); ++i)
        read[static_cast<std::size_t>(i)] =
            sample.trouble.isEmpty() && (sample.rows[i].alarm || wanted(sample.rows[i]));
    m_timeLag.measure(sample.rows, read, nowMs());
    m_alarms.judge(sample.rows, sample.atMs);  // by age, too
    m_alarms.settle();
    sample.tookMs = nowMs() - sample.atMs;
}

QVector<PastPoint> LagWatch::past(const QString& group, const QString& topic) {
    const auto found = m_book.groups().find(group);
    const auto& budget = m_target.kafka.budget();
    const bool spent = budget && budget->wait() > std::chrono::milliseconds(0);
    const bool known = m_follower && m_follower->state().caughtUp;
    if (!known || !m_outage.isEmpty() || spent || found == m_book.groups().end()) return {};
    return m_pastLag.turn(found->second.partitions, topic.toStdString(), nowMs());
}

}  // namespace nova::engine
