// Which groups read which topic, by their commits: the brokers' list, and each group's committed offsets, as many as a
// bound. What could not be asked is said: a group is never left out in silence. Where the groups are many the answer is
// kept for a minute, for the lookups that follow. Thread: one at a time; refresh() blocks.
#pragma once

#include <QSet>
#include <QStringList>
#include <atomic>
#include <chrono>
#include <map>
#include <optional>
#include <string>

#include "app/engine/cluster/group_reader.h"

namespace nova::engine {

class TopicGroups {
public:
    static constexpr qsizetype mostGroups = 5'000, fewGroups = 64;  // few: asked anew each time
    static constexpr int mostMs = 8'000;
    explicit TopicGroups(qsizetype most = mostGroups) : m_most(most) {}

    void refresh(const ReadSession& session, const std::atomic<bool>& stop);
    [[nodiscard]] QStringList readersOf(const std::string& topic) const;  // sorted; without console-*
    [[nodiscard]] QString trouble() const { return m_trouble; }  // why some group may be missing; empty: none is
    [[nodiscard]] bool isListed(const QString& group) const { return m_listed.contains(group); }

private:
    using Clock = std::chrono::steady_clock;
    void ask(const GroupReader& reader, const QStringList& groups, Clock::time_point until,
             const std::atomic<bool>& stop);

    qsizetype m_most;
    std::string m_of;  // the brokers' address
    std::optional<Clock::time_point> m_askedAt;
    QSet<QString> m_listed;
    std::map<std::string, QSet<QString>> m_readers;  // by topic
    QString m_trouble;
};

}  // namespace nova::engine
