#include "app/engine/lag/time_lag.h"

#include <QCoreApplication>
#include <algorithm>
#include <set>

namespace nova::engine {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("nova::engine::TimeLag", text);
}

std::pair<PartitionKey, std::int64_t> placeOf(const LagRow& row) {
    return {{row.topic.toStdString(), row.partition}, std::max(row.committed.value_or(0), row.logStart.value_or(0))};
}

// A read that failed in time is tried again; what is gone or has no time stays so.
bool isFinal(const RecordTime& time) {
    return time.ms.has_value();
}

}  // namespace

void TimeLag::fill(std::vector<Place> places, qint64 nowMs) {
    if (m_creditAtMs > 0) {
        const auto passedMs = static_cast<double>(std::max<qint64>(0, nowMs - m_creditAtMs));
        m_credit = std::min<double>(readsPerSecond, m_credit + passedMs / 1'000 * readsPerSecond);
    }
    m_creditAtMs = nowMs;
    while (!places.empty() && m_credit >= 1) {
        std::map<PartitionKey, std::int64_t> batch;  // one offset a partition at a time
        std::vector<Place> later;
        for (const auto& place : places) {
            if (m_credit >= 1 && batch.size() < readsPerSecond && batch.try_emplace(place.first, place.second).second)
                m_credit -= 1;
            else
                later.push_back(place);
        }
        m_reads += static_cast<qint64>(batch.size());
        for (auto& [key, time] : m_read(batch)) m_known[{key, batch.at(key)}] = std::move(time);
        places = std::move(later);
    }
}

void TimeLag::measure(QVector<LagRow>& rows, const std::vector<bool>& wanted, qint64 nowMs) {
    std::set<Place> asked;
    std::vector<Place> missing;
    for (qsizetype i = 0; i < rows.size(); ++i) {
        if (!wanted[static_cast<std::size_t>(i)] || rows[i].lag.value_or(0) <= 0) continue;
        const auto place = placeOf(rows[i]);
        const auto known = m_known.find(place);
        if (asked.insert(place).second && (known == m_known.end() || !isFinal(known->second))) missing.push_back(place);
    }
    std::erase_if(m_known, [&](const auto& entry) { return !asked.contains(entry.first); });
    if (!missing.empty()) fill(std::move(missing), nowMs);

    for (qsizetype i = 0; i < rows.size(); ++i) {
        auto& row = rows[i];
        row.lagSeconds.reset();
        row.secondsReason.clear();
        if (!row.lag) {
            row.secondsReason = row.statusReason;
        } else if (*row.lag == 0) {
            row.lagSeconds = 0;
        } else if (!wanted[static_cast<std::size_t>(i)]) {
            row.secondsReason = tr("not read");
        } else if (const auto known = m_known.find(placeOf(row)); known == m_known.end()) {
            row.secondsReason = QString::fromLatin1(waiting);
        } else if (known->second.ms) {
            row.lagSeconds = static_cast<double>(std::max<qint64>(0, nowMs - *known->second.ms)) / 1'000;
        } else {
            row.secondsReason = known->second.reason;
        }
    }
}

}  // namespace nova::engine
