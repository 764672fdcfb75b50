// Lag of groups × topics × partitions as a heat map: sorted rows, a cell a partition; hatched what is not known, dashed
// what was never committed, ▲ what is over its threshold. Arrow keys move row and cell, Enter activates. Text is made
// for visible cells only. Where a list is longer than the view, a band at its right shows the worst cell of every row.
// Bound: what it is given. GUI thread.
#pragma once

#include <QAbstractScrollArea>
#include <QStringList>
#include <functional>
#include <vector>

#include "widgets/charts/heat_layout.h"
#include "widgets/theme/status.h"

namespace nova::charts {

struct HeatCell {
    // unread: the offsets are known, the value in this unit is not.
    enum class Kind : quint8 { value, never, unknown, unread, beyond };
    Kind kind = Kind::value;
    bool alarm = false;
    bool lost = false;  // records that were never read have left the log
    int partition = 0;
    double value = 0;
    double ageSeconds = 0;  // of an unknown one's last value
    bool operator==(const HeatCell&) const = default;
};

struct HeatRow {
    QString key;              // of the selection
    QString title, subtitle;  // group, topic
    theme::Status status = theme::Status::None;
    QString word;              // "WARN"
    QString side;              // figure at the right
    double threshold = 1'000;  // in the unit shown
    bool pinned = false, muted = false;
    std::vector<HeatCell> cells;
    [[nodiscard]] int worst() const;  // 0…5 as heatLevel(); -1: nothing known
    bool operator==(const HeatRow&) const = default;
};

class HeatMap final : public QAbstractScrollArea {
    Q_OBJECT
public:
    using Tip = std::function<QString(int row, int cell)>;  // rich text

    explicit HeatMap(QWidget* parent = nullptr);

    void setRows(std::vector<HeatRow> rows);  // the selection stays where its key is
    void setSeconds(bool seconds);            // how values read; else offsets
    void setShape(HeatLayout::Shape shape);
    void setSideTitle(const QString& title);
    void setEmptyText(const QString& text);
    void setTip(Tip tip) { m_tip = std::move(tip); }
    // Scrolls there; nothing is emitted. `cell` -1: the whole row.
    void select(const QString& key, int cell = -1);
    [[nodiscard]] QString selectedKey() const { return m_selected; }
    [[nodiscard]] int selectedCell() const { return m_cell; }
    [[nodiscard]] const std::vector<HeatRow>& rows() const { return m_rows; }
    [[nodiscard]] const HeatLayout& currentLayout() const;
    [[nodiscard]] QStringList visibleKeys() const;
    QSize minimumSizeHint() const override;
    QSize sizeHint() const override;

Q_SIGNALS:
    void chosen(const QString& key, int cell);     // cell -1: the row
    void activated(const QString& key, int cell);  // Enter or double click
    void menuWanted(const QString& key, int cell, const QPoint& globalAt);
    void visibleChanged();  // other rows are on screen

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent*) override {}
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool viewportEvent(QEvent* event) override;

private:
    void relayout();
    void choose(int row, int cell);
    void reveal(int row);
    void speak();
    [[nodiscard]] int rowOf(const QString& key) const;
    [[nodiscard]] int headHeight() const;
    [[nodiscard]] QRectF bandRect() const;  // empty: all rows are seen
    [[nodiscard]] QPointF contentOf(const QPointF& at) const;
    void paintHead(QPainter& painter) const;
    void paintRow(QPainter& painter, int row) const;
    void paintNames(QPainter& painter, const HeatRow& row, const QRectF& rect) const;
    void paintNumber(QPainter& painter, const HeatRow& row, const HeatCell& cell, const QRectF& rect) const;
    void paintBlocks(QPainter& painter, int row) const;
    void paintBand(QPainter& painter) const;

    std::vector<HeatRow> m_rows;
    HeatLayout m_layout;
    HeatLayout::Shape m_shape = HeatLayout::Shape::list;
    bool m_seconds = false;
    QString m_selected, m_sideTitle, m_emptyText;
    int m_cell = -1;
    int m_hover = -1;
    Tip m_tip;
};

}  // namespace nova::charts
