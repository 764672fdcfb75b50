#include "widgets/models/diff_model.h"

#include <algorithm>

#include "widgets/theme/plain_tip.h"

namespace nova::models {

namespace {

bool isChange(const DiffRow& row) {
    return row.kind != DiffRow::Kind::same && row.kind != DiffRow::Kind::heading;
}

}  // namespace

void DiffModel::setRows(std::vector<DiffRow> rows) {
    beginResetModel();
    m_rows = std::move(rows);
    choose();
    endResetModel();
}

void DiffModel::setTitles(const QString& left, const QString& right) {
    m_left = left;
    m_right = right;
    Q_EMIT headerDataChanged(Qt::Horizontal, Left, Right);
}

void DiffModel::setOnlyChanges(bool only) {
    if (only == m_only) return;
    beginResetModel();
    m_only = only;
    choose();
    endResetModel();
}

// A heading stays when something below it does.
void DiffModel::choose() {
    m_shown.clear();
    int heading = -1;
    for (int i = 0; i < static_cast<int>(m_rows.size()); ++i) {
        const DiffRow& row = m_rows[static_cast<std::size_t>(i)];
        if (row.kind == DiffRow::Kind::heading) {
            heading = i;
            continue;
        }
        if (m_only && !isChange(row)) continue;
        if (heading >= 0) m_shown.push_back(std::exchange(heading, -1));
        m_shown.push_back(i);
    }
}

int DiffModel::changes() const {
    return static_cast<int>(std::count_if(m_rows.begin(), m_rows.end(), isChange));
}

int DiffModel::rowCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : static_cast<int>(m_shown.size());
}

int DiffModel::columnCount(const QModelIndex& parent) const {
    return parent.isValid() ? 0 : ColumnCount;
}

QVariant DiffModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) return {};
    const DiffRow& row = m_rows[static_cast<std::size_t>(m_shown[static_cast<std::size_t>(index.row())])];
    const QString& text = index.column() == Field ? row.field : index.column() == Left ? row.left : row.right;
    switch (role) {
        case Qt::DisplayRole:
            return text;
        case Qt::ToolTipRole:
            return index.column() == Field || text.isEmpty() ? QVariant() : theme::plainTip(text);
        case Qt::AccessibleTextRole:
            return isChange(row) ? tr("changed: %1").arg(text) : text;
        case KindRole:
            return static_cast<int>(row.kind);
        default:
            return {};
    }
}

QVariant DiffModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Horizontal && role == Qt::TextAlignmentRole)
        return static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter);
    if (orientation != Qt::Horizontal || role != Qt::DisplayRole) return {};
    return section == Field ? tr("Field") : section == Left ? m_left : m_right;
}

}  // namespace nova::models
