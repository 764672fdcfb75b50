#include "app/engine/lag/group_book.h"

#include <QCoreApplication>
#include <algorithm>

#include "app/engine/lag/lag_rules.h"

namespace nova::engine {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("nova::engine::GroupBook", text);
}

QString text(const std::string& bytes) {
    return QString::fromUtf8(bytes.data(), static_cast<qsizetype>(bytes.size()));
}

// Who holds what, for telling one assignment from another.
std::map<QString, QVector<std::pair<QString, int>>> assignmentOf(const GroupDescription& group) {
    std::map<QString, QVector<std::pair<QString, int>>> assignment;
    for (const auto& member : group.members) {
        auto partitions = member.partitions;
        std::sort(partitions.begin(), partitions.end());
        assignment[member.id] = std::move(partitions);
    }
    return assignment;
}

}  // namespace

GroupEntry* GroupBook::entryOf(const QString& group) {
    const auto found = m_groups.find(group);
    if (found != m_groups.end()) return &found->second;
    if (m_wanted && !m_wanted(group)) return nullptr;
    auto& entry = m_groups[group];
    entry.listing = {group, QStringLiteral("Unknown"), {}};
    entry.description.group = group;
    return &entry;
}

GroupPartition* GroupBook::partitionOf(GroupEntry& entry, const PartitionKey& key) {
    const auto found = entry.partitions.find(key);
    if (found != entry.partitions.end()) return &found->second;
    if (m_count >= mostPartitions) return ++m_leftOut, nullptr;
    ++m_count;
    ++m_changes;
    auto& partition = entry.partitions[key];
    partition.row.group = entry.listing.group;
    partition.row.topic = text(key.first);
    partition.row.partition = key.second;
    return &partition;
}

void GroupBook::forget(std::map<QString, GroupEntry>::iterator entry) {
    m_count -= static_cast<int>(entry->second.partitions.size());
    ++m_changes;
    m_groups.erase(entry);
}

void GroupBook::list(const QVector<GroupListing>& groups, qint64 nowMs, bool isWhole) {
    for (auto& [name, entry] : m_groups) entry.listed = entry.stirred || !isWhole;
    for (const auto& listing : groups) {
        auto* entry = entryOf(listing.group);
        if (!entry) continue;
        if (entry->listing.state != listing.state) entry->stale = true;
        entry->listing = listing;
        entry->listed = true;
        const bool empty = listing.state == u"Empty" && (entry->stale || !entry->described);
        if (empty)
            setMembers(*entry, {listing.group, listing.state, true, {}, {}, {}, {}}, nowMs, entry->generation < 0);
    }
    for (auto it = m_groups.begin(); it != m_groups.end();) {
        it->second.stirred = false;
        const auto here = it++;
        if (!here->second.listed) forget(here);
    }
}

void GroupBook::setMembers(GroupEntry& entry, GroupDescription description, qint64 atMs, bool tellsOfRebalance) {
    // What was seen in the midst of a rebalance is marked already.
    const bool settled = !entry.description.state.endsWith(QLatin1String("Rebalance"));
    const bool changed = tellsOfRebalance && settled && entry.described && entry.description.membersKnown &&
                         description.membersKnown && assignmentOf(entry.description) != assignmentOf(description);
    if (changed) {
        const auto members = description.members.size();
        mark({LagMark::Kind::rebalance, atMs, entry.listing.group,
              members == 1 ? tr("rebalance of %1: 1 member").arg(entry.listing.group)
                           : tr("rebalance of %1: %2 members").arg(entry.listing.group).arg(members)});
    }
    entry.described = true;
    entry.stale = false;
    entry.describedAtMs = atMs;
    entry.description = std::move(description);
    entry.owners.clear();
    for (int i = 0; i < entry.description.members.size(); ++i)
        for (const auto& [topic, partition] : entry.description.members[i].partitions) {
            const PartitionKey key{topic.toStdString(), partition};
            entry.owners[key] = i;
            partitionOf(entry, key);
        }
}

void GroupBook::describe(const GroupDescription& description, qint64 nowMs) {
    const auto found = m_groups.find(description.group);
    if (found == m_groups.end()) return;
    setMembers(found->second, description, nowMs, found->second.generation < 0);
}

void GroupBook::askAnew() {
    for (auto& [name, entry] : m_groups) {
        entry.asked = false;
        entry.stale = true;
        entry.triedAtMs = 0;
    }
}

void GroupBook::offsets(const GroupOffsets& offsets, qint64 nowMs) {
    const auto found = m_groups.find(offsets.group);
    if (found == m_groups.end()) return;
    auto& entry = found->second;
    entry.trouble = offsets.trouble;
    if (!offsets.asked) return;
    entry.triedAtMs = nowMs;
    entry.failures = offsets.trouble.isEmpty() ? 0 : entry.failures + 1;
    for (const auto& [key, offset] : offsets.committed)
        if (auto* partition = partitionOf(entry, key)) partition->committed = offset;
    if (!offsets.trouble.isEmpty()) return;
    entry.asked = true;
    for (auto& [key, partition] : entry.partitions) {
        if (!partition.committed || offsets.committed.contains(key)) continue;
        partition.lastCommitted = partition.committed;
        partition.committed.reset();
        partition.commits.clear();
    }
}

void GroupBook::record(const OffsetsTopicRecord& record, bool live, const Ends& end, qint64 nowMs) {
    if (record.commit) commit(*record.commit, live, end, nowMs);
    if (record.group) metadata(*record.group, nowMs);
}

void GroupBook::commit(const OffsetCommitRecord& commit, bool live, const Ends& end, qint64 nowMs) {
    auto* entry = entryOf(text(commit.group));
    if (!entry) return;
    entry->stirred = entry->stirred || live;
    const PartitionKey key{commit.topic, commit.partition};
    auto* partition = partitionOf(*entry, key);
    if (!partition) return;
    if (commit.deleted) {
        if (partition->committed) partition->lastCommitted = partition->committed;
        partition->committed.reset();
        partition->commits.clear();
        partition->past.commits.clear();
        return;
    }
    if (live && partition->committed && commit.offset < *partition->committed) {
        mark({LagMark::Kind::reset, commit.commitTimeMs > 0 ? commit.commitTimeMs : nowMs, entry->listing.group,
              tr("%1 went back on %2 p%3 from %4 to %5")
                  .arg(entry->listing.group, text(commit.topic))
                  .arg(commit.partition)
                  .arg(grouped(*partition->committed), grouped(commit.offset))});
    }
    partition->committed = commit.offset;
    partition->commitAtMs = commit.commitTimeMs;
    if (!live) partition->past.commits.add({commit.offset, commit.commitTimeMs});
    partition->commits.add(
        {commit.offset, commit.commitTimeMs, live ? lagAtCommit(commit.offset, end(key)) : std::nullopt});
}

void GroupBook::metadata(const GroupMetadataRecord& record, qint64 nowMs) {
    const auto name = text(record.group);
    if (record.deleted) {
        if (const auto found = m_groups.find(name); found != m_groups.end()) forget(found);
        return;
    }
    auto* entry = entryOf(name);
    if (!entry) return;
    entry->stirred = true;
    const qint64 atMs = record.stateTimeMs > 0 ? record.stateTimeMs : nowMs;
    const bool first = entry->generation < 0;
    const bool newer = record.generation != entry->generation;
    entry->generation = record.generation;
    entry->listing.protocolType = text(record.protocolType);
    entry->listing.state = record.members.empty() ? QStringLiteral("Empty") : QStringLiteral("Stable");
    GroupDescription description;
    description.group = name;
    description.state = entry->listing.state;
    description.membersKnown = true;
    description.coordinator = entry->description.coordinator;
    description.assignor = text(record.protocol);
    for (const auto& from : record.members) {
        GroupMember member{text(from.id), text(from.clientId), text(from.host), {}};
        if (member.host.startsWith(u'/')) member.host.remove(0, 1);
        for (const auto& [topic, partitions] : from.partitions)
            for (const int partition : partitions) member.partitions.append({text(topic), partition});
        description.members.append(std::move(member));
    }
    if (newer && !first) {
        mark({LagMark::Kind::rebalance, atMs, name,
              (record.members.size() == 1
                   ? tr("rebalance of %1: generation %2, 1 member").arg(name).arg(record.generation)
                   : tr("rebalance of %1: generation %2, %3 members")
                         .arg(name)
                         .arg(record.generation)
                         .arg(record.members.size()))});
    }
    setMembers(*entry, std::move(description), atMs, first || !newer);  // a newer generation was marked as such
}

void GroupBook::complete(const std::function<int(const std::string&)>& partitionsOf) {
    for (auto& [name, entry] : m_groups) {
        std::set<std::string> topics;
        for (const auto& [key, partition] : entry.partitions) topics.insert(key.first);
        for (const auto& topic : topics)
            for (int p = 0; p < partitionsOf(topic); ++p) this->partitionOf(entry, {topic, p});
    }
}

void GroupBook::mark(const LagMark& mark) {
    const auto after =
        std::find_if(m_marks.rbegin(), m_marks.rend(), [&](const auto& m) { return m.atMs <= mark.atMs; });
    m_marks.insert(after.base(), mark);
    if (m_marks.size() > mostMarks) m_marks.removeFirst();
}

}  // namespace nova::engine
