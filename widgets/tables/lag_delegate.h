// Partition rows: status shape, tabular numbers, ▲ before a lag whose alarm fires, the holder in mono.
#pragma once

#include <QStyledItemDelegate>

namespace nova::tables {

class LagDelegate final : public QStyledItemDelegate {
    Q_OBJECT
public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace nova::tables
