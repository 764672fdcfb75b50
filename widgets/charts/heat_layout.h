// Where the rows and cells of a heat map lie: plain arithmetic, no widget. Device-independent pixels, from the top left
// of the content. A list gives every row its name and as many cells as fit as numbers, more as blocks, more than that
// as a band in which a block stands for several neighbours. A map folds all rows into columns of unnamed strips, so
// that thousands of partitions are seen at once.
#pragma once

#include <QPointF>
#include <QRectF>
#include <vector>

namespace nova::charts {

class HeatLayout {
public:
    enum class Shape { list, map };
    struct Row {
        QRectF rect;                    // the whole row
        QRectF cells;                   // what the cells take of it
        double pitchX = 0, pitchY = 0;  // from one block to the next
        int perLine = 1;
        int bucket = 1;        // cells a block
        int count = 0;         // cells
        bool numbers = false;  // room for text in a cell
        [[nodiscard]] int blocks() const { return (count + bucket - 1) / bucket; }
    };

    HeatLayout() = default;
    // `cells`: how many each row has. `view`: what is seen at once.
    static HeatLayout of(Shape shape, const std::vector<int>& cells, QSizeF view);

    [[nodiscard]] Shape shape() const { return m_shape; }
    [[nodiscard]] int size() const { return static_cast<int>(m_rows.size()); }
    [[nodiscard]] const Row& row(int index) const { return m_rows[static_cast<std::size_t>(index)]; }
    [[nodiscard]] double height() const { return m_height; }
    [[nodiscard]] double nameWidth() const { return m_name; }     // of a list: shape, name and topic
    [[nodiscard]] double wordWidth() const { return m_word; }     // status in words; 0: no room
    [[nodiscard]] double sideLeft() const { return m_sideLeft; }  // where the figure at the right begins
    [[nodiscard]] double sideWidth() const { return m_side; }
    // Cells with a heading of their own: most that any row shows as numbers; 0: none does.
    [[nodiscard]] int headings() const { return m_headings; }
    [[nodiscard]] QRectF heading(int cell) const;  // x and width count

    // The block that holds a cell.
    [[nodiscard]] QRectF cell(int row, int cell) const;
    [[nodiscard]] int rowAt(QPointF at) const;            // -1: none
    [[nodiscard]] int cellAt(int row, QPointF at) const;  // the first of its block; -1: none
    // First and one past the last row that touch a span of heights.
    [[nodiscard]] std::pair<int, int> touching(double top, double bottom) const;

private:
    void layList(const std::vector<int>& cells, QSizeF view);
    void layMap(const std::vector<int>& cells, QSizeF view);
    struct Strip {
        int cells, block;  // in a line; pixels
        double gap, pad;
    };
    void foldMap(const std::vector<int>& cells, QSizeF view, Strip strip);
    Shape m_shape = Shape::list;
    std::vector<Row> m_rows;
    double m_height = 0, m_name = 0, m_word = 0, m_sideLeft = 0, m_side = 0;
    int m_headings = 0;
};

// 0 for nothing, 1 to 4 up to the threshold, 5 above it: design §2's steps of 1, 20, 70 and 100 %.
int heatLevel(double value, double threshold);

}  // namespace nova::charts
