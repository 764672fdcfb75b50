#include "app/engine/lag/lag_history.h"

#include <limits>
#include <mutex>

#include "app/engine/lag/history_file.h"

namespace nova::engine {

// What is asked for while the writer prunes waits for neither: the reader has a connection and a lock of its own.
struct LagHistory::Impl {
    mutable std::mutex memoryMutex, writeMutex, readMutex;
    PointStore memory;                            // guarded by memoryMutex, as the next
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

// What the writer still holds back is in memory, too.
QVector<LagPoint> LagHistory::points(const QString& group, const QString& topic, int partition, qint64 fromMs) const {
    const SeriesKey key{group, topic, partition};
    QVector<LagPoint> recent;
    {
        const std::lock_guard lock(m_impl->memoryMutex);
        recent = m_impl->memory.points(key, fromMs);
    }
    const std::lock_guard lock(m_impl->readMutex);
    if (!m_impl->reader) return recent;
    const auto toMs = recent.isEmpty() ? std::numeric_limits<qint64>::max() : recent.first().atMs;
    return m_impl->reader->points(key, fromMs, toMs) + recent;
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
