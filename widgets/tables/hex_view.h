// Bytes as offset, hex and text; paints only the visible lines. Read-only, selectable by dragging, Ctrl+C copies.
#pragma once

#include <QAbstractScrollArea>
#include <QByteArray>
#include <utility>
#include <vector>

namespace nova::tables {

class HexView : public QAbstractScrollArea {
    Q_OBJECT

public:
    explicit HexView(QWidget* parent = nullptr);

    void setBytes(const QByteArray& bytes);
    const QByteArray& bytes() const { return m_bytes; }
    // Marks every occurrence; empty: none. Returns how many there are.
    int setHighlight(const QByteArray& needle);
    // First byte and length of the selection; length 0: none.
    std::pair<qsizetype, qsizetype> selection() const;

    static int bytesPerLine(double width, double charWidth);  // a multiple of 4, 8..32

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void updateScroll();
    qsizetype byteAt(const QPoint& point) const;
    int hexX(int column) const;
    int textX(int column) const;

    QByteArray m_bytes;
    std::vector<qsizetype> m_hits;
    qsizetype m_needle = 0;
    qsizetype m_anchor = -1;
    qsizetype m_cursor = -1;
    int m_perLine = 16;
    double m_char = 7;
    int m_line = 16;
};

}  // namespace nova::tables
