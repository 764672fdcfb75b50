// The live tail: a table of the rows that fit, and a scroll bar over the whole source. Selection is by sequence and
// never moves. Keys: Up Down PgUp PgDn, Home oldest, End newest and follow, Enter activates, Ctrl+C copies the cell.
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

Q_SIGNALS:
    void rowSelected(quint64 sequence);
    void rowActivated(quint64 sequence);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    friend class EventView;
    void syncScrollBar();
    void syncSelection();
    void fitPage();
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
