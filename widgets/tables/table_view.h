// A QTableView set up for speed and calm: fixed row height, no wrap, no grid cost, nothing resizes by itself.
#pragma once

#include <QTableView>
#include <vector>

namespace nova::tables {

struct ColumnSpec {
    int width = 80;        // px
    bool stretch = false;  // takes what is left over; at most one column
};

class TableView : public QTableView {
    Q_OBJECT

public:
    explicit TableView(QWidget* parent = nullptr);

    void setRowHeight(int height);
    int rowHeight() const;
    // After setModel().
    void setColumns(const std::vector<ColumnSpec>& columns);
    // Said in the middle while the model has no rows.
    void setEmptyText(const QString& text);

protected:
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;  // Ctrl+C copies the current cell

private:
    QString m_emptyText;
};

}  // namespace nova::tables
