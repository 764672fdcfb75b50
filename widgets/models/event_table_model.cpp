#include "widgets/models/event_table_model.h"

#include <algorithm>
#include <cmath>

#include "widgets/theme/clock.h"
#include "widgets/theme/numbers.h"
#include "widgets/theme/plain_tip.h"

namespace nova::models {
namespace {

constexpr int keyShown = 18;  // characters of a key that fit its column

bool isRight(int column) {
    switch (column) {
        case EventTableModel::Partition:
        case EventTableModel::Offset:
        case EventTableModel::Version:
        case EventTableModel::Bytes:
        case EventTableModel::Latency:
            return true;
        default:
            return false;
    }
}

QString shortTopic(const QString& topic) {
    return topic.startsWith(QLatin1String("nova.")) ? topic.mid(5) : topic;
}

int flagsOf(const EventRow& row) {
    return (row.duplicate ? EventTableModel::Duplicate : 0) | (row.stale ? EventTableModel::Stale : 0) |
           (row.undecodable ? EventTableModel::Undecodable : 0) | (row.tombstone ? EventTableModel::Tombstone : 0) |
           (row.replayed ? EventTableModel::Replayed : 0);
}

}  // namespace

EventTableModel::EventTableModel(QObject* parent) : QAbstractTableModel(parent) {}

void EventTableModel::setSource(const RowSource* source) {
    beginResetModel();
    m_source = source;
    m_rows.clear();
    m_top = 0;
    m_following = true;
    m_marked.reset();
    m_sorted = -1;
    endResetModel();
    refresh();
    Q_EMIT followingChanged(true);
}

quint64 EventTableModel::maxTop() const {
    const auto page = static_cast<quint64>(m_page);
    return m_source->count() > page ? m_source->last() - page : m_source->first();
}

void EventTableModel::refresh() {
    if (!m_source) return;
    load(m_following ? maxTop() : std::clamp(m_top, m_source->first(), maxTop()));
}

void EventTableModel::read(int from, int until) {
    for (int i = from; i < until; ++i) {
        EventRow& row = m_rows[static_cast<std::size_t>(i)];
        if (!m_source->row(m_top + static_cast<quint64>(i), row)) row = EventRow{};
    }
}

// Reads the window anew. Rows come or go only while there are fewer of them than the page holds.
void EventTableModel::load(quint64 top) {
    const int before = static_cast<int>(m_rows.size());
    const int after = static_cast<int>(std::min<quint64>(m_source->last() - top, static_cast<quint64>(m_page)));
    const int kept = std::min(before, after);
    if (after < before) {
        beginRemoveRows({}, after, before - 1);
        m_rows.resize(static_cast<std::size_t>(after));
        endRemoveRows();
    }
    m_top = top;
    read(0, kept);
    if (kept > 0) Q_EMIT dataChanged(index(0, 0), index(kept - 1, ColumnCount - 1));
    if (after > before) {
        beginInsertRows({}, before, after - 1);
        m_rows.resize(static_cast<std::size_t>(after));
        read(before, after);
        endInsertRows();
    }
    Q_EMIT windowChanged();
}

void EventTableModel::setFollowing(bool following) {
    if (following == m_following) return;
    m_following = following;
    Q_EMIT followingChanged(following);
    refresh();
}

quint64 EventTableModel::newer() const {
    if (!m_source || m_following) return 0;
    const quint64 end = m_top + m_rows.size();
    return m_source->last() > end ? m_source->last() - end : 0;
}

void EventTableModel::setTop(quint64 sequence) {
    if (!m_source) return;
    const quint64 top = std::clamp(sequence, m_source->first(), maxTop());
    const bool atEnd = top == maxTop();
    load(top);
    if (atEnd == m_following) return;
    m_following = atEnd;
    Q_EMIT followingChanged(atEnd);
}

void EventTableModel::setPageRows(int rows) {
    rows = std::max(1, rows);
    if (rows == m_page) return;
    m_page = rows;
    refresh();
}

std::optional<quint64> EventTableModel::sequenceOf(const QModelIndex& index) const {
    if (!index.isValid()) return std::nullopt;
    return m_top + static_cast<quint64>(index.row());
}

QModelIndex EventTableModel::indexOf(quint64 sequence, int column) const {
    if (sequence < m_top || sequence >= m_top + m_rows.size()) return {};
    return index(static_cast<int>(sequence - m_top), column);
}

const EventRow* EventTableModel::rowAt(int row) const {
    return row >= 0 && row < static_cast<int>(m_rows.size()) ? &m_rows[static_cast<std::size_t>(row)] : nullptr;
}

void EventTableModel::timeZoneChanged() {
    if (!m_rows.empty()) Q_EMIT dataChanged(index(0, Time), index(rowCount() - 1, Time));
}

void EventTableModel::setSorted(int column, Qt::SortOrder order) {
    if (column == m_sorted && order == m_order) return;
    m_sorted = column;
    m_order = order;
    Q_EMIT headerDataChanged(Qt::Horizontal, 0, ColumnCount - 1);
}

void EventTableModel::setMarked(std::optional<quint64> sequence) {
    if (sequence == m_marked) return;
    m_marked = sequence;
    if (!m_rows.empty()) Q_EMIT dataChanged(index(0, Time), index(rowCount() - 1, Time));
}

int EventTableModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

int EventTableModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QString EventTableModel::text(const EventRow& row, int column) const {
    switch (column) {
        case Time:
            return row.timeUs < 0 ? QStringLiteral("–") : theme::clockText(row.timeUs);
        case Topic:
            return shortTopic(row.topic);
        case Partition:
            return QString::number(row.partition);
        case Offset:
            return theme::count(row.offset);
        case Key:
            return row.key.size() > keyShown ? row.key.left(keyShown) + QChar(0x2026) : row.key;
        case Type:
            return row.undecodable ? tr("undecodable") : row.type;
        case Version:
            return row.version < 0 ? QString() : QString::number(row.version);
        case User:
            return row.user;
        case Bytes:
            return row.tombstone ? tr("null") : theme::count(row.bytes);
        case Latency:
            return std::isnan(row.latencyMs) ? QString() : theme::duration(row.latencyMs);
        default:
            return {};
    }
}

QVariant EventTableModel::data(const QModelIndex& index, int role) const {
    const EventRow* row = index.isValid() ? rowAt(index.row()) : nullptr;
    if (!row) return {};
    switch (role) {
        case Qt::DisplayRole:
            return text(*row, index.column());
        case FullTextRole:
            return index.column() == Key ? row->key : index.column() == Topic ? row->topic : text(*row, index.column());
        case Qt::ToolTipRole:
            return index.column() == Key ? theme::plainTip(row->key) : QVariant();
        case Qt::TextAlignmentRole:
            return static_cast<int>((isRight(index.column()) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
        case SequenceRole:
            return m_top + static_cast<quint64>(index.row());
        case FlagsRole:
            return flagsOf(*row);
        case MarkedRole:
            return m_marked == m_top + static_cast<quint64>(index.row());
        default:
            return {};
    }
}

QVariant EventTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal) return {};
    if (role == Qt::TextAlignmentRole)
        return static_cast<int>((isRight(section) ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role == Qt::ToolTipRole) {
        switch (section) {
            case Topic:
                return tr("The prefix nova. is left out");
            case Partition:
                return tr("Partition");
            case Version:
                return tr("Version of the aggregate");
            case Bytes:
                return tr("Size of the value in bytes; null: a tombstone");
            case Latency:
                return tr("Record time minus ce_time: how long the event took from its cause to Kafka");
            default:
                return {};
        }
    }
    if (role != Qt::DisplayRole) return {};
    const QString arrow = m_order == Qt::AscendingOrder ? QStringLiteral(" \u2191") : QStringLiteral(" \u2193");
    return section == m_sorted ? QString(title(section) + arrow) : title(section);
}

QString EventTableModel::title(int column) {
    switch (column) {
        case Time:
            return tr("Time");
        case Topic:
            return tr("Topic");
        case Partition:
            return tr("P");
        case Offset:
            return tr("Offset");
        case Key:
            return tr("Key");
        case Type:
            return tr("Type");
        case Version:
            return tr("V");
        case User:
            return tr("User");
        case Bytes:
            return tr("B");
        case Latency:
            return tr("Latency");
        default:
            return {};
    }
}

}  // namespace nova::models
