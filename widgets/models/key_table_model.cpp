#include "widgets/models/key_table_model.h"

namespace nova::models {

KeyTableModel::KeyTableModel(std::vector<CellColumn> columns, int barColumn, QObject* parent)
    : CellTableModel(std::move(columns), parent), m_barColumn(barColumn) {}

QVariant KeyTableModel::data(const QModelIndex& index, int role) const {
    if (role != FractionRole) return CellTableModel::data(index, role);
    const auto* row = at(index);
    if (!row || index.column() != m_barColumn) return {};
    return m_fractions.value(row->id, -1);
}

}  // namespace nova::models
