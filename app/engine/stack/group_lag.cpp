#include "app/engine/stack/group_lag.h"

#include <algorithm>
#include <set>

namespace nova::stack {
namespace {

constexpr int askMs = 3'000;

}  // namespace

bool GroupLag::open() {
    if (m_groups && m_ends) return true;
    auto groups = engine::GroupReader::make(m_session);
    auto ends = engine::EndReader::make(m_session);
    if (!groups || !ends) return false;
    m_groups.emplace(std::move(groups.value()));
    m_ends.emplace(std::move(ends.value()));
    return true;
}

QVector<Sample> GroupLag::read(const QStringList& groups) {
    QVector<Sample> samples;
    if (!open() || !m_ends->refresh(askMs)) return samples;
    std::vector<engine::GroupOffsets> told;
    const auto asked = m_groups->offsets(groups, askMs, [&](engine::GroupOffsets offsets) {
        if (offsets.trouble.isEmpty()) told.push_back(std::move(offsets));
    });
    std::set<engine::PartitionKey> partitions;
    for (const auto& offsets : told)
        for (const auto& topic : m_topics.value(offsets.group))
            for (int p = 0; p < m_ends->partitionsOf(topic.toStdString()); ++p)
                partitions.insert({topic.toStdString(), p});
    if (!asked || partitions.empty()) return samples;
    const auto ends = m_ends->read({partitions.begin(), partitions.end()}, true, askMs);
    for (const auto& offsets : told)
        for (const auto& [key, read] : ends) {
            const auto topic = QString::fromStdString(key.first);
            if (!m_topics.value(offsets.group).contains(topic) || !read.end || !read.start) continue;
            const auto commit = offsets.committed.find(key);
            const auto next = commit == offsets.committed.end() ? *read.start : std::max(commit->second, *read.start);
            samples.append({QStringLiteral("nova_consumer_lag"),
                            {{QStringLiteral("group"), offsets.group},
                             {QStringLiteral("topic"), topic},
                             {QStringLiteral("partition"), QString::number(key.second)}},
                            static_cast<double>(std::max<std::int64_t>(0, *read.end - next))});
        }
    return samples;
}

}  // namespace nova::stack
