#include "app/engine/lag/lag_history.h"

#include <algorithm>
#include <limits>
#include <mutex>

#include "app/engine/lag/history_file.h"

namespace nova::engine {
namespace {

constexpr qint64 longestStepMs = 90'000;  // between two points of the file: what does not change is there once a minute

// `past` is rising. What was measured stays alone: only before it, and where nothing was for a while, those are added.
QVector<LagPoint> withPast(const QVector<LagPoint>& measured, const QVector<LagPoint>& past,
                           std::optional<qint64> beginMs) {
    QVector<LagPoint> all;
    all.reserve(measured.size() + past.size());
    auto next = measured.begin();
    for (const auto& point : past) {
        if (beginMs && point.atMs >= *beginMs) break;
        for (; next != measured.end() && next->atMs <= point.atMs; ++next) all.append(*next);
        const auto before = std::find_if(all.rbegin(), all.rend(), [](const auto& one) { return !one.fromCommit; });
        const auto after = next != measured.end() ? std::optional(next->atMs) : beginMs;
        if (before == all.rend() || !after || *after - before->atMs > longestStepMs) all.append(point);
    }
    all.append(QVector<LagPoint>(next, measured.end()));
    return all;
}

}  // namespace

// What is asked for while the writer prunes waits for neither: the reader has a connection and a lock of its own.
struct LagHistory::Impl {
    mutable std::mutex memoryMutex, writeMutex, readMutex;
    PointStore memory;  // guarded by memoryMutex, as the next two
    std::unordered_map<SeriesKey, QVector<LagPoint>, SeriesKey::Hash> past;
    QString trouble;                              // the writer's, as of its last call
    std::unique_ptr<HistoryFile> writer, reader;  // each guarded by its mutex; null: there is no file
};

LagHistory::LagHistory(const QString& file) : m_impl(std::make_unique<Impl>()) {
    if (file.isEmpty()) return;
    m_impl->writer = std::make_unique<HistoryFile>(file, mostFileBytes);
    m_impl->reader = std::make_unique<HistoryFile>(file, mostFileBytes, false);
    m_impl->trouble = m_impl->writer->trouble();
}

LagHistory::~LagHistory() = default;

void LagHistory::add(const LagSample& sample, const QVector<LagMark>& marks) {
    {
        const std::lock_guard lock(m_impl->memoryMutex);
        m_impl->memory.add(sample);
    }
    const std::lock_guard lock(m_impl->writeMutex);
    if (!m_impl->writer) return;
    m_impl->writer->add(sample, marks);
    const std::lock_guard telling(m_impl->memoryMutex);
    m_impl->trouble = m_impl->writer->trouble();
}

void LagHistory::addPast(const QString& group, const QString& topic, const QVector<PastPoint>& points) {
    const std::lock_guard lock(m_impl->memoryMutex);
    for (const auto& [partition, atMs, lag] : points) {
        auto& past = m_impl->past[{group, topic, partition}];
        const auto place = std::lower_bound(past.begin(), past.end(), atMs,
                                            [](const LagPoint& point, qint64 ms) { return point.atMs < ms; });
        past.insert(place, {atMs, lag, {}, {}, {}, true});
    }
}

// What the writer still holds back is in memory, too.
QVector<LagPoint> LagHistory::points(const QString& group, const QString& topic, int partition, qint64 fromMs) const {
    const SeriesKey key{group, topic, partition};
    QVector<LagPoint> recent, past;
    std::optional<qint64> beginMs;
    {
        const std::lock_guard lock(m_impl->memoryMutex);
        recent = m_impl->memory.points(key, fromMs);
        beginMs = m_impl->memory.beginMs(key);
        if (const auto found = m_impl->past.find(key); found != m_impl->past.end())
            for (const auto& point : found->second)
                if (point.atMs >= fromMs) past.append(point);
    }
    const std::lock_guard lock(m_impl->readMutex);
    if (m_impl->reader) {
        const auto toMs = recent.isEmpty() ? std::numeric_limits<qint64>::max() : recent.first().atMs;
        recent = m_impl->reader->points(key, fromMs, toMs) + recent;
    }
    return past.isEmpty() ? recent : withPast(recent, past, beginMs);
}

QVector<LagMark> LagHistory::marks(const QString& group, qint64 fromMs) const {
    const std::lock_guard lock(m_impl->readMutex);
    return m_impl->reader ? m_impl->reader->marks(group, fromMs) : QVector<LagMark>();
}

QString LagHistory::trouble() const {
    const std::lock_guard lock(m_impl->memoryMutex);
    return m_impl->trouble;
}

}  // namespace nova::engine
