// A window of some dozen rows over a RowSource of any size. The table's scroll bar moves the window, so that a tick
// costs the same at a hundred rows and at a million: one dataChanged, no insertions once the window is full. Strings
// are made in data().
#pragma once

#include <QAbstractTableModel>
#include <optional>
#include <vector>

#include "widgets/models/row_source.h"

namespace nova::models {

class EventTableModel : public QAbstractTableModel {
    Q_OBJECT

public:
    enum Column { Time, Topic, Partition, Offset, Key, Type, Version, User, Bytes, Latency, ColumnCount };
    enum Role {
        SequenceRole = Qt::UserRole,  // quint64
        FullTextRole,                 // unshortened text, for copying
        FlagsRole,                    // int of Flag bits, Type column
        MarkedRole                    // bool: the row that others are compared with
    };
    enum Flag { Duplicate = 1, Stale = 2, Undecodable = 4, Tombstone = 8, Replayed = 16 };

    explicit EventTableModel(QObject* parent = nullptr);

    // The source outlives the model or is replaced by another (or nullptr) first.
    void setSource(const RowSource* source);
    const RowSource* source() const { return m_source; }

    // Call once a tick, after the source took its batch.
    void refresh();

    // Follow mode keeps the newest rows in the window. Scrolling back leaves it, scrolling to the end enters it.
    bool following() const { return m_following; }
    void setFollowing(bool following);
    // Rows newer than the window; 0 while following.
    quint64 newer() const;

    quint64 top() const { return m_top; }  // sequence of the first row of the window
    void setTop(quint64 sequence);         // clamped; at the end it follows
    int pageRows() const { return m_page; }
    void setPageRows(int rows);  // rows that fit the viewport, >= 1

    std::optional<quint64> sequenceOf(const QModelIndex& index) const;
    QModelIndex indexOf(quint64 sequence, int column = 0) const;  // invalid when outside the window
    // The row as it was when the window last moved; null when outside.
    const EventRow* rowAt(int row) const;

    void timeZoneChanged();  // theme::timeZone() is another: times are read anew

    // How the source is sorted, for the header only; -1: as the rows came.
    void setSorted(int column, Qt::SortOrder order);
    int sortedColumn() const { return m_sorted; }
    Qt::SortOrder sortOrder() const { return m_order; }
    // The row that the chosen one is compared with.
    void setMarked(std::optional<quint64> sequence);
    std::optional<quint64> marked() const { return m_marked; }

    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& parent = {}) const override;
    QVariant data(const QModelIndex& index, int role) const override;
    QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

Q_SIGNALS:
    // The window stands elsewhere, or the source has another length.
    void windowChanged();
    void followingChanged(bool following);

private:
    quint64 maxTop() const;
    void load(quint64 top);
    void read(int from, int until);
    QString text(const EventRow& row, int column) const;
    static QString title(int column);

    const RowSource* m_source = nullptr;
    std::vector<EventRow> m_rows;
    quint64 m_top = 0;
    int m_page = 1;
    bool m_following = true;
    int m_sorted = -1;
    Qt::SortOrder m_order = Qt::AscendingOrder;
    std::optional<quint64> m_marked;
};

}  // namespace nova::models
