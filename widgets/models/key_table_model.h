// Idempotency keys as rows of cells, one of which has a bar: how much of its time a key has left.
#pragma once

#include <QHash>

#include "widgets/models/cell_table_model.h"

namespace nova::models {

class KeyTableModel : public CellTableModel {
    Q_OBJECT
public:
    static constexpr int FractionRole = MonoRole + 1;  // double 0 … 1; invalid: no bar, −1: an empty track

    // `barColumn`: the cell that has the bar.
    KeyTableModel(std::vector<CellColumn> columns, int barColumn, QObject* parent = nullptr);
    // By row id; before setRows().
    void setFractions(QHash<QString, double> fractions) { m_fractions = std::move(fractions); }
    QVariant data(const QModelIndex& index, int role) const override;

private:
    int m_barColumn;
    QHash<QString, double> m_fractions;
};

}  // namespace nova::models
