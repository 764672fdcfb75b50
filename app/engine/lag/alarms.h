// Which rows fire: the thresholds of the profile, held for a while before they count, per group and topic. A commit
// beyond the end fires at once. Values only. Thread: one.
#pragma once

#include <map>
#include <set>

#include "app/engine/cluster/profile.h"
#include "app/engine/lag/lag_rules.h"

namespace nova::engine {

class Alarms {
public:
    // `afterMs`: how long a threshold must be passed.
    Alarms(Profile profile, qint64 afterMs) : m_profile(std::move(profile)), m_afterMs(afterMs) {}

    void setRules(const QVector<LagRule>& rules) { m_profile.lag = rules; }
    // Sets alarm and alarmReason of each row; rows sorted by group and topic.
    void judge(QVector<LagRow>& rows, qint64 nowMs);
    // The last judgement counts: from here on, begun() and ended() are what it changed. Once a look.
    void settle();
    // The worst row of each group and topic that began to fire; those that ended.
    [[nodiscard]] const QVector<LagRow>& begun() const { return m_begun; }
    [[nodiscard]] const QVector<std::pair<QString, QString>>& ended() const { return m_ended; }
    [[nodiscard]] bool isMuted(const QString& group) const { return m_profile.ruleOf(group).muted; }

private:
    using Key = std::pair<QString, QString>;  // group, topic
    Profile m_profile;
    qint64 m_afterMs;
    std::map<Key, qint64> m_since;
    std::map<Key, LagRow> m_judged;  // firing by the last judge(), with the worst row
    std::set<Key> m_firing;          // … by the last settle()
    QVector<LagRow> m_begun;
    QVector<Key> m_ended;
};

}  // namespace nova::engine
