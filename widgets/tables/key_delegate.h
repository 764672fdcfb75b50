// Cells of a KeyTableModel: as any others, and a bar before the time that a key has left.
#pragma once

#include "widgets/tables/cell_delegate.h"

namespace nova::tables {

class KeyDelegate final : public CellDelegate {
    Q_OBJECT
public:
    using CellDelegate::CellDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace nova::tables
