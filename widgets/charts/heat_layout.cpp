#include "widgets/charts/heat_layout.h"

#include <algorithm>
#include <cmath>

namespace nova::charts {
namespace {

constexpr double rowHeight = 34, bandHeight = 96, pad = 2, edge = 12;
constexpr double numberCell = 46, widestCell = 58;
constexpr double sideRoom = 64, wordRoom = 112, wordFrom = 640;
constexpr int listBlocks[] = {14, 12, 10, 8, 6, 5, 4};
constexpr int mapBlocks[] = {14, 12, 10, 8, 6, 5, 4, 3};
constexpr int stripMost = 32;  // cells in one line of a map's strip
constexpr struct {
    double gap, pad;
} airs[] = {{14, 3}, {6, 1}};  // between strips, and between lines of them; the second where space is dear

int linesOf(int blocks, int perLine) {
    return std::max(1, (blocks + perLine - 1) / perLine);
}

// The largest block with which `count` cells stay within `width` × bandHeight; at the smallest, cells share blocks.
void fitBlocks(HeatLayout::Row& row, double width) {
    for (const int size : listBlocks) {
        row.pitchX = row.pitchY = size;
        row.perLine = std::max(1, static_cast<int>(width / size));
        if (linesOf(row.count, row.perLine) * size <= bandHeight) return;
    }
    const int most = row.perLine * static_cast<int>(bandHeight / row.pitchY);
    row.bucket = (row.count + most - 1) / most;
}

}  // namespace

HeatLayout HeatLayout::of(Shape shape, const std::vector<int>& cells, QSizeF view) {
    HeatLayout layout;
    layout.m_shape = shape;
    layout.m_rows.reserve(cells.size());
    if (shape == Shape::list)
        layout.layList(cells, view);
    else
        layout.layMap(cells, view);
    return layout;
}

void HeatLayout::layList(const std::vector<int>& cells, QSizeF view) {
    m_word = view.width() >= wordFrom ? wordRoom : 0;
    m_side = sideRoom;
    m_sideLeft = std::max(0.0, view.width() - edge - m_side);
    m_name = std::clamp(view.width() * 0.3, 120.0, 236.0);
    const double left = edge + m_name + m_word;
    const double room = std::max(numberCell, m_sideLeft - 8 - left);
    const int fits = static_cast<int>(room / numberCell);
    for (const int count : cells)
        if (count <= fits) m_headings = std::max(m_headings, count);
    const double wide = m_headings > 0 ? std::min(widestCell, std::floor(room / m_headings)) : widestCell;
    double top = 0;
    for (const int count : cells) {
        Row row;
        row.count = count;
        row.numbers = count <= fits;
        double height = rowHeight;
        if (row.numbers) {
            row.pitchX = wide;
            row.pitchY = rowHeight;
            row.perLine = std::max(1, count);
            row.cells = {left, top, wide * count, rowHeight};
        } else {
            fitBlocks(row, room);
            const double tall = linesOf(row.blocks(), row.perLine) * row.pitchY;
            height = std::max(rowHeight, std::ceil(tall) + 3 * pad);
            row.cells = {left, top + std::floor((height - tall) / 2), row.perLine * row.pitchX, tall};
        }
        row.rect = {0, top, view.width(), height};
        top += height;
        m_rows.push_back(row);
    }
    m_height = top;
}

void HeatLayout::layMap(const std::vector<int>& cells, QSizeF view) {
    int widest = 1;
    for (const int count : cells) widest = std::max(widest, std::min(count, stripMost));
    for (const auto& air : airs) {
        for (const int size : mapBlocks) {
            foldMap(cells, view, {widest, size, air.gap, air.pad});
            if (m_height <= view.height()) return;
        }
    }
}

// Columns of strips, filled one after the other: as tall as what is seen, taller where not all can be seen.
void HeatLayout::foldMap(const std::vector<int>& cells, QSizeF view, Strip strip) {
    m_rows.clear();
    const double across = strip.cells * strip.block + strip.gap;
    const int columns = std::max(1, static_cast<int>((view.width() - 2 * edge + strip.gap) / across));
    double total = 0;
    for (const int count : cells) total += linesOf(count, strip.cells) * strip.block + strip.pad;
    const double bottom = std::max(view.height() - strip.pad, std::ceil(total / columns) + 2 * strip.block);
    double x = edge, y = strip.pad;
    int column = 0;
    m_height = 0;
    for (const int count : cells) {
        const double height = linesOf(count, strip.cells) * strip.block;
        if (y + height > bottom && y > strip.pad && column + 1 < columns) {
            ++column;
            x += across;
            y = strip.pad;
        }
        Row row;
        row.count = count;
        row.pitchX = row.pitchY = strip.block;
        row.perLine = strip.cells;
        row.cells = {x, y, static_cast<double>(std::min(std::max(count, 1), strip.cells) * strip.block), height};
        row.rect = row.cells.adjusted(-pad, -strip.pad / 2, pad - 1, strip.pad / 2);
        m_rows.push_back(row);
        y += height + strip.pad;
        m_height = std::max(m_height, y);
    }
}

QRectF HeatLayout::heading(int cell) const {
    for (const Row& row : m_rows)
        if (row.numbers && row.count > cell) return {row.cells.left() + cell * row.pitchX, 0, row.pitchX, 0};
    return {};
}

QRectF HeatLayout::cell(int index, int cell) const {
    const Row& r = row(index);
    const int block = cell / r.bucket, line = block / r.perLine;
    return {r.cells.left() + block % r.perLine * r.pitchX, r.cells.top() + line * r.pitchY, r.pitchX, r.pitchY};
}

int HeatLayout::rowAt(QPointF at) const {
    if (m_shape == Shape::list) {
        const auto [from, until] = touching(at.y(), at.y());
        for (int i = from; i < until; ++i)
            if (row(i).rect.contains(at)) return i;
        return -1;
    }
    for (int i = 0; i < size(); ++i)
        if (row(i).rect.contains(at)) return i;
    return -1;
}

int HeatLayout::cellAt(int index, QPointF at) const {
    const Row& r = row(index);
    if (!r.cells.contains(at) || r.pitchX <= 0) return -1;
    const int across = static_cast<int>((at.x() - r.cells.left()) / r.pitchX);
    const int down = static_cast<int>((at.y() - r.cells.top()) / r.pitchY);
    if (across >= r.perLine) return -1;
    const int first = (down * r.perLine + across) * r.bucket;
    return first < r.count ? first : -1;
}

std::pair<int, int> HeatLayout::touching(double top, double bottom) const {
    if (m_shape == Shape::map) return {0, size()};
    const auto from =
        std::partition_point(m_rows.begin(), m_rows.end(), [&](const Row& r) { return r.rect.bottom() < top; });
    const auto until = std::partition_point(from, m_rows.end(), [&](const Row& r) { return r.rect.top() <= bottom; });
    return {static_cast<int>(from - m_rows.begin()), static_cast<int>(until - m_rows.begin())};
}

int heatLevel(double value, double threshold) {
    if (value <= 0) return 0;
    const double part = threshold > 0 ? value / threshold : 2;
    return part <= 0.01 ? 1 : part <= 0.2 ? 2 : part <= 0.7 ? 3 : part <= 1 ? 4 : 5;
}

}  // namespace nova::charts
