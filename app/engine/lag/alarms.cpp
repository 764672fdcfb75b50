#include "app/engine/lag/alarms.h"

#include <algorithm>

namespace nova::engine {

void Alarms::judge(QVector<LagRow>& rows, qint64 nowMs) {
    std::map<Key, qint64> since;
    m_judged.clear();
    for (qsizetype from = 0, to = 0; from < rows.size(); from = to) {
        const Key key{rows[from].group, rows[from].topic};
        qint64 lag = 0;
        for (to = from; to < rows.size() && rows[to].topic == key.second && rows[to].group == key.first; ++to)
            lag += rows[to].lag.value_or(0);
        const auto& rule = m_profile.ruleOf(key.first);
        const Threshold threshold{rule.maxLag, rule.maxSeconds, rule.muted};
        qsizetype worst = -1;
        for (auto i = from; i < to; ++i) {
            auto& row = rows[i];
            row.alarm = false;
            row.alarmReason = alarmReason(row, lag, threshold);
            if (row.alarmReason.isEmpty()) continue;
            const auto before = m_since.find(key);
            const auto began = since.try_emplace(key, before == m_since.end() ? nowMs : before->second).first->second;
            row.alarm = row.status == LagStatus::beyondEnd || nowMs - began >= m_afterMs;
            if (!row.alarm)
                row.alarmReason.clear();
            else if (worst < 0 || worse(row, rows[worst]))
                worst = i;
        }
        if (worst >= 0) m_judged[key] = rows[worst];
    }
    m_since = std::move(since);
}

void Alarms::settle() {
    m_begun.clear();
    m_ended.clear();
    for (const auto& [key, row] : m_judged)
        if (m_firing.insert(key).second) m_begun.append(row);
    for (auto it = m_firing.begin(); it != m_firing.end();) {
        const auto here = it++;
        if (m_judged.contains(*here)) continue;
        m_ended.append(*here);
        m_firing.erase(here);
    }
}

}  // namespace nova::engine
