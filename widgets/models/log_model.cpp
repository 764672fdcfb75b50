#include "widgets/models/log_model.h"

#include <algorithm>

#include "widgets/theme/clock.h"

namespace nova::models {

LogModel::LogModel(QObject* parent, int bound) : QAbstractListModel(parent), m_bound(std::max(1, bound)) {}

void LogModel::append(const std::vector<LogLine>& lines) {
    const auto bound = static_cast<std::size_t>(m_bound);
    const std::size_t skipped = lines.size() > bound ? lines.size() - bound : 0;
    const std::size_t added = lines.size() - skipped;
    if (added == 0) return;
    if (m_lines.size() + added > bound) {
        const std::size_t gone = m_lines.size() + added - bound;
        beginRemoveRows({}, 0, static_cast<int>(gone) - 1);
        m_lines.erase(m_lines.begin(), m_lines.begin() + static_cast<std::ptrdiff_t>(gone));
        m_dropped += gone;
        endRemoveRows();
    }
    m_dropped += skipped;
    const int first = static_cast<int>(m_lines.size());
    beginInsertRows({}, first, first + static_cast<int>(added) - 1);
    m_lines.insert(m_lines.end(), lines.begin() + static_cast<std::ptrdiff_t>(skipped), lines.end());
    endInsertRows();
}

void LogModel::clear() {
    beginResetModel();
    m_lines.clear();
    m_dropped = 0;
    endResetModel();
}

int LogModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_lines.size());
}

QString LogModel::timeText(qint64 timeUs) {
    return theme::clockText(timeUs);
}

QChar LogModel::levelLetter(LogLevel level) {
    switch (level) {
        case LogLevel::Trace:
            return u'T';
        case LogLevel::Debug:
            return u'D';
        case LogLevel::Info:
            return u'I';
        case LogLevel::Warn:
            return u'W';
        case LogLevel::Error:
            return u'E';
    }
    Q_UNREACHABLE();
}

QVariant LogModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount() || role != Qt::DisplayRole) return {};
    const LogLine& shown = line(index.row());
    return QString(timeText(shown.timeUs) + u' ' + levelLetter(shown.level) + u' ' + shown.component + u' ' +
                   shown.text);
}

}  // namespace nova::models
