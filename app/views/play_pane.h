// One play as it comes: its steps, what was found beside what was promised, its actions, and the verdict. GUI thread.
#pragma once

#include <QTimer>
#include <QWidget>

#include "app/engine/plays/play_process.h"

class QLabel;
class QPushButton;

namespace nova::models {
class CellTableModel;
}
namespace nova::tables {
class TableView;
}
namespace nova::theme {
class StatusLabel;
}

namespace nova::views {

class PaneHeader;

class PlayPane final : public QWidget {
    Q_OBJECT
public:
    // The process outlives the pane.
    explicit PlayPane(engine::PlayProcess& process, QWidget* parent = nullptr);
    [[nodiscard]] PaneHeader* header() { return m_header; }  // the title bar of whoever shows the pane
    [[nodiscard]] models::CellTableModel* model() { return m_model; }
    [[nodiscard]] tables::TableView* table() { return m_table; }

Q_SIGNALS:
    void timelineWanted(const QString& traceId);
    void closeWanted();

protected:
    void showEvent(QShowEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void buildHeader();
    void buildTable();
    void refresh();
    void showRows();
    void showElapsed();
    void fitColumns();
    void openSelected();
    [[nodiscard]] QString selectedTrace() const;

    engine::PlayProcess& m_process;
    PaneHeader* m_header;
    QLabel* m_name;
    QLabel* m_elapsed;
    QPushButton* m_open;
    QPushButton* m_again;
    QPushButton* m_stop;
    theme::StatusLabel* m_verdict;
    QLabel* m_words;
    models::CellTableModel* m_model;
    tables::TableView* m_table;
    QTimer m_tick;  // the elapsed time, while it plays and is seen
};

}  // namespace nova::views
