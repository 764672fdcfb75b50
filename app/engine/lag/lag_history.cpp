#include "app/engine/lag/lag_history.h"

#include <mutex>

#include "app/engine/lag/history_file.h"

namespace nova::engine {

struct LagHistory::Impl {
    mutable std::mutex mutex;
    PointStore memory;                  // guarded
    std::unique_ptr<HistoryFile> file;  // guarded; null: none
};

LagHistory::LagHistory(const QString& file) : m_impl(std::make_unique<Impl>()) {
    if (!file.isEmpty()) m_impl->file = std::make_unique<HistoryFile>(file, mostFileBytes);
}

LagHistory::~LagHistory() = default;

void LagHistory::add(const LagSample& sample, const QVector<LagMark>& marks) {
    const std::lock_guard lock(m_impl->mutex);
    m_impl->memory.add(sample);
    if (m_impl->file) m_impl->file->add(sample, marks);
}

QVector<LagPoint> LagHistory::points(const QString& group, const QString& topic, int partition, qint64 fromMs) const {
    const std::lock_guard lock(m_impl->mutex);
    const SeriesKey key{group, topic, partition};
    auto recent = m_impl->memory.points(key, fromMs);
    if (!m_impl->file) return recent;
    auto all = m_impl->file->points(key, fromMs, recent.isEmpty() ? std::numeric_limits<qint64>::max() : recent.first().atMs);
    return all += recent;
}

QVector<LagMark> LagHistory::marks(const QString& group, qint64 fromMs) const {
    const std::lock_guard lock(m_impl->mutex);
    return m_impl->file ? m_impl->file->marks(group, fromMs) : QVector<LagMark>();
}

QString LagHistory::trouble() const {
    const std::lock_guard lock(m_impl->mutex);
    return m_impl->file ? m_impl->file->trouble() : QString();
}

}  // namespace nova::engine
