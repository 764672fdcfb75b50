// Lag over time: one line a partition, the chosen ones in the colour of their service, the others in grey; marks of
// what happened, the alert line. Gaps stay gaps. At most `mostSeries` lines; pen 1 px. GUI thread.
#pragma once

#include <QColor>
#include <QWidget>
#include <vector>

class QCustomPlot;

namespace nova::charts {

struct HistoryLine {
    QString name;  // "p2"
    bool chosen = false;
    std::vector<double> at;     // Unix s, rising
    std::vector<double> value;  // NaN: not known
};

struct HistoryMark {
    enum class Kind : quint8 { rebalance, crash, deploy, reset } kind = Kind::rebalance;
    double at = 0;  // Unix s
    QString text;
};

// Where the words of marks stand, left or right of their line so that none touches another or leaves the chart; those
// without a place are left out. Plain arithmetic.
struct MarkPlace {
    double left = 0;
    bool shown = false, rightOfLine = true;
};
std::vector<MarkPlace> placeMarks(const std::vector<double>& x, const std::vector<double>& widths, double from,
                                  double until, double gap);

class HistoryChart final : public QWidget {
    Q_OBJECT
public:
    static constexpr int mostSeries = 24;

    explicit HistoryChart(QWidget* parent = nullptr);
    ~HistoryChart() override;

    // `color`: of chosen lines. `threshold` below 0: none. `seconds`: the unit, else offsets.
    void setData(std::vector<HistoryLine> lines, std::vector<HistoryMark> marks, double from, double until,
                 double threshold, bool seconds, const QColor& color);
    void setEmptyText(const QString& text);  // while no line has a value
    [[nodiscard]] const std::vector<HistoryMark>& marks() const { return m_marks; }
    [[nodiscard]] const std::vector<HistoryLine>& lines() const { return m_lines; }
    // What is read at a time: "23:41:30 · p2 1 204 · p3 1 198".
    [[nodiscard]] QString readingAt(double at) const;
    QSize minimumSizeHint() const override { return {320, 120}; }
    QSize sizeHint() const override { return {720, 240}; }

protected:
    void resizeEvent(QResizeEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    class Overlay;
    void restyle();
    void redraw();
    void drawLines();
    void scaleAxes();

    QCustomPlot* m_plot;
    Overlay* m_overlay;
    std::vector<HistoryLine> m_lines;
    std::vector<HistoryMark> m_marks;
    double m_from = 0, m_until = 1, m_threshold = -1;
    bool m_seconds = false;
    QColor m_color;
    QString m_emptyText;
};

}  // namespace nova::charts
