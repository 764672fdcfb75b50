// The live tail: a table of the rows that fit, and a scroll bar over the whole source. Selection is by sequence and
// never moves. Keys: Up Down PgUp PgDn, Home oldest, End newest and follow, Enter activates, Ctrl+C copies the cell. A
// second row may be marked by Ctrl+click, to be compared with the chosen one. Columns that do not fit are left out, the
// least needed first; Time, Topic, Type and Key stay.
#pragma once

#include <QWidget>
#include <optional>

#include "widgets/models/event_table_model.h"

class QScrollBar;

namespace nova::tables {

class EventView;

class EventTable : public QWidget {
    Q_OBJECT

public:
    explicit EventTable(QWidget* parent = nullptr);

    // The table owns its model: give it a source, call model()->refresh() once a tick.
    models::EventTableModel* model() const { return m_model; }
    std::optional<quint64> selectedSequence() const { return m_selected; }
    // Scrolls there when it is outside; nothing is emitted.
    void selectSequence(std::optional<quint64> sequence);
    void setEmptyText(const QString& text);
    void mark(std::optional<quint64> sequence);
    // Titles of the columns that the width leaves no room for.
    [[nodiscard]] QStringList hiddenColumns() const;
    // Where a menu of a row may open, in coordinates of the screen.
    [[nodiscard]] QPoint menuPlace() const;

Q_SIGNALS:
    void rowSelected(quint64 sequence);
    void rowActivated(quint64 sequence);
    void rowMarked(quint64 sequence);
    void sortWanted(int column);                // its header was clicked
    void menuWanted(const QPoint& global);      // of the chosen row
    void hiddenColumnsChanged();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    friend class EventView;
    void syncScrollBar();
    void syncSelection();
    void fitPage();
    void fitColumns();
    void takeClick(const QPoint& place, bool secondary);
    void scrollBy(qint64 rows);
    bool handleKey(int key);

    models::EventTableModel* m_model;
    EventView* m_view;
    QScrollBar* m_bar;
    std::optional<quint64> m_selected;
    bool m_syncing = false;
    int m_wheel = 0;
};

}  // namespace nova::tables
