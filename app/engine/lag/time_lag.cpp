#include "app/engine/lag/time_lag.h"

#include <QCoreApplication>
#include <algorithm>
#include <set>
#include <tuple>

namespace nova::engine {
namespace {

QString tr(const char* text) {
    return QCoreApplication::translate("nova::engine::TimeLag", text);
}

std::pair<PartitionKey, std::int64_t> placeOf(const LagRow& row) {
    return {{row.topic.toStdString(), row.partition}, std::max(row.committed.value_or(0), row.logStart.value_or(0))};
}

}  // namespace

// A read that failed is tried again; where nothing lies, nothing will before the log goes on.
bool TimeLag::isFinal(const Known& known, const LagRow& row) {
    return known.time.ms || (known.time.nothingThere && known.logEnd == row.logEnd);
}

// What is to be read, in that order. Forgets what nobody asks for any more.
std::vector<TimeLag::Missing> TimeLag::missing(const QVector<LagRow>& rows, const std::vector<bool>& wanted) {
    constexpr int alarm = 0, never = 1, inVain = 2;
    std::set<Place> asked;
    std::map<Place, Missing> found;
    for (qsizetype i = 0; i < rows.size(); ++i) {
        const auto& row = rows[i];
        if (!wanted[static_cast<std::size_t>(i)] || row.lag.value_or(0) <= 0) continue;
        const auto place = placeOf(row);
        asked.insert(place);
        const auto known = m_known.find(place);
        const bool isKnown = known != m_known.end();
        if (isKnown && isFinal(known->second, row)) continue;
        const int rank = isKnown ? inVain : row.alarm ? alarm : never;
        auto& one = found.try_emplace(place, Missing{place, rank, isKnown ? known->second.readAtMs : 0, row.logEnd})
                        .first->second;
        one.rank = std::min(one.rank, rank);
    }
    std::erase_if(m_known, [&](const auto& entry) { return !asked.contains(entry.first); });
    std::vector<Missing> places;
    for (auto& [place, one] : found) places.push_back(std::move(one));
    std::stable_sort(places.begin(), places.end(), [](const Missing& a, const Missing& b) {
        return std::tie(a.rank, a.readAtMs) < std::tie(b.rank, b.readAtMs);
    });
    return places;
}

void TimeLag::fill(std::vector<Missing> places, qint64 nowMs) {
    if (m_creditAtMs > 0) {
        const auto passedMs = static_cast<double>(std::max<qint64>(0, nowMs - m_creditAtMs));
        m_credit = std::min<double>(readsPerSecond, m_credit + passedMs / 1'000 * readsPerSecond);
    }
    m_creditAtMs = nowMs;
    while (!places.empty() && m_credit >= 1) {
        std::map<PartitionKey, std::int64_t> batch;  // one offset a partition at a time
        std::map<PartitionKey, std::optional<qint64>> ends;
        std::vector<Missing> later;
        for (auto& one : places) {
            const auto& [key, offset] = one.place;
            if (m_credit >= 1 && batch.size() < readsPerSecond && batch.try_emplace(key, offset).second) {
                m_credit -= 1;
                ends[key] = one.logEnd;
            } else {
                later.push_back(std::move(one));
            }
        }
        m_reads += static_cast<qint64>(batch.size());
        for (auto& [key, time] : m_read(batch)) m_known[{key, batch.at(key)}] = {std::move(time), ends[key], nowMs};
        places = std::move(later);
    }
}

void TimeLag::measure(QVector<LagRow>& rows, const std::vector<bool>& wanted, qint64 nowMs) {
    if (auto places = missing(rows, wanted); !places.empty()) fill(std::move(places), nowMs);
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
        } else if (known->second.time.ms) {
            row.lagSeconds = static_cast<double>(std::max<qint64>(0, nowMs - *known->second.time.ms)) / 1'000;
        } else {
            row.secondsReason = known->second.time.reason;
        }
    }
}

}  // namespace nova::engine
