// Log lines; paints only the visible ones, follows the end while it is at the end. Selectable by line, Ctrl+C copies.
#pragma once

#include <QAbstractScrollArea>
#include <QString>
#include <deque>
#include <vector>

#include "widgets/models/log_model.h"

namespace nova::tables {

class LogView : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit LogView(QWidget* parent = nullptr);

    // Not owned.
    void setModel(models::LogModel* model);
    void setMinimumLevel(models::LogLevel level);
    // Shows only lines of this source; empty: all.
    void setSource(const QString& source);
    // Marks the text, without case; empty: none.
    void setSearch(const QString& text);
    void setSourceShown(bool shown);  // a column with the source, for several processes
    void setEmptyText(const QString& text);
    // Scrolls to the next line holding the search text; false: none.
    bool findNext(bool backwards = false);
    int shownLines() const { return static_cast<int>(m_shown.size()); }
    bool following() const { return m_following; }
    void follow();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void rebuild();
    void rowsInserted(int first, int last);
    void rowsRemoved(int first, int last);
    void updateScroll();
    bool shows(const models::LogLine& line) const;
    int lineAt(const QPoint& point) const;
    void paintLine(QPainter& painter, const models::LogLine& line, double y) const;

    models::LogModel* m_model = nullptr;
    std::deque<quint64> m_shown;  // absolute numbers of shown lines, ascending
    models::LogLevel m_level = models::LogLevel::Info;
    QString m_source;
    QString m_search;
    QString m_emptyText;
    qsizetype m_longest = 0;  // characters of the longest shown text so far
    bool m_sourceShown = false;
    bool m_following = true;
    int m_anchor = -1;
    int m_cursor = -1;
    int m_line = 20;
    double m_char = 7;
};

}  // namespace nova::tables
