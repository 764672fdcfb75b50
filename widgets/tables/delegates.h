// Cell painters. They read tokens() when they paint, so a change of theme needs no new delegate.
#pragma once

#include <QStyledItemDelegate>

namespace nova::tables {

// Event rows: topic square, tabular numbers, tags for duplicate and stale, undecodable in err.
class EventDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

// Process rows: colour strip, status shape with its word, CPU bar, tabular numbers.
class ProcessDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

// Two-line action rows with a bar: ink to the answer, violet to visible, ticks are budgets. For a QListView over
// ActionListModel.
class ActionDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

// Any other table: numbers (right-aligned cells) tabular, Qt::ForegroundRole honoured, StatusRole none.
class PlainDelegate : public QStyledItemDelegate {
    Q_OBJECT

public:
    using QStyledItemDelegate::QStyledItemDelegate;
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
};

}  // namespace nova::tables
