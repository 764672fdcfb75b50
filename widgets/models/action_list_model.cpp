#include "widgets/models/action_list_model.h"

#include <QSet>
#include <algorithm>

#include "widgets/theme/numbers.h"

namespace nova::models {

ActionListModel::ActionListModel(QObject* parent) : QAbstractListModel(parent) {}

// A list that only grew at the front and shrank at the back is told as such; any other change of order is a reset.
void ActionListModel::setRows(std::vector<ActionRow> rows) {
    if (rows.size() > bound()) rows.resize(bound());
    QSet<QString> known;
    for (const ActionRow& row : m_rows) known.insert(row.traceId);
    const auto firstKnown =
        std::find_if(rows.begin(), rows.end(), [&](const ActionRow& row) { return known.contains(row.traceId); });
    const auto added = static_cast<std::size_t>(firstKnown - rows.begin());
    const std::size_t kept = rows.size() - added;
    const auto sameAction = [](const ActionRow& a, const ActionRow& b) { return a.traceId == b.traceId; };
    const bool shifted =
        kept <= m_rows.size() && std::equal(firstKnown, rows.end(), m_rows.begin(),
                                            m_rows.begin() + static_cast<std::ptrdiff_t>(kept), sameAction);
    if (!shifted || (kept == 0 && !m_rows.empty())) {
        beginResetModel();
        m_rows = std::move(rows);
        endResetModel();
        return;
    }
    if (kept < m_rows.size()) {
        beginRemoveRows({}, static_cast<int>(kept), static_cast<int>(m_rows.size()) - 1);
        m_rows.resize(kept);
        endRemoveRows();
    }
    if (added > 0) {
        beginInsertRows({}, 0, static_cast<int>(added) - 1);
        m_rows.insert(m_rows.begin(), rows.begin(), firstKnown);
        endInsertRows();
    }
    for (std::size_t i = added; i < rows.size(); ++i) {
        if (rows[i] == m_rows[i]) continue;
        m_rows[i] = std::move(rows[i]);
        Q_EMIT dataChanged(index(static_cast<int>(i)), index(static_cast<int>(i)));
    }
}

const ActionRow* ActionListModel::rowAt(int row) const {
    return row >= 0 && row < rowCount() ? &m_rows[static_cast<std::size_t>(row)] : nullptr;
}

int ActionListModel::rowOf(const QString& traceId) const {
    const auto found =
        std::find_if(m_rows.begin(), m_rows.end(), [&](const ActionRow& row) { return row.traceId == traceId; });
    return found == m_rows.end() ? -1 : static_cast<int>(found - m_rows.begin());
}

int ActionListModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_rows.size());
}

QVariant ActionListModel::data(const QModelIndex& index, int role) const {
    const ActionRow* row = index.isValid() ? rowAt(index.row()) : nullptr;
    if (!row) return {};
    if (role == TraceRole) return row->traceId;
    if (role != Qt::DisplayRole && role != Qt::AccessibleTextRole) return {};
    QString spoken = row->user.isEmpty() ? row->action : tr("%1 by %2").arg(row->action, row->user);
    if (row->mark == ActionMark::Failed) return tr("%1, failed").arg(spoken);
    if (row->answeredMs) spoken = tr("%1, answered %2 ms").arg(spoken, theme::ms(*row->answeredMs));
    if (row->visibleMs) spoken = tr("%1, visible %2 ms").arg(spoken, theme::ms(*row->visibleMs));
    if (row->overMs > 0) spoken = tr("%1, %2 ms over budget").arg(spoken, theme::ms(row->overMs));
    return spoken;
}

}  // namespace nova::models
