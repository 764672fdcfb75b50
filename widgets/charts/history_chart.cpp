// QCustomPlot's header is written with Qt's keywords, which our own code does without.
#undef QT_NO_KEYWORDS
#undef QT_NO_FOREACH
#include "widgets/charts/history_chart.h"

#include <qcustomplot.h>

#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <limits>

#include "widgets/theme/clock.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/numbers.h"
#include "widgets/theme/tabular.h"
#include "widgets/theme/theme.h"

namespace nova::charts {
namespace {

using theme::Type;

constexpr int headRoom = 22;               // for the words of marks
constexpr int mostTicks = 5, tickRoom = 40;  // px of the chart for each tick of the value axis

// Times of the chosen zone, at round minutes; seconds where the range is short.
class TimeTicker final : public QCPAxisTicker {
public:
    TimeTicker() { setTickStepStrategy(tssReadability); }

protected:
    double getTickStep(const QCPRange& range) override {
        const double exact = range.size() / 7;
        for (const double step : {1., 2., 5., 10., 15., 30., 60., 120., 300., 600., 900., 1800., 3600., 7200.})
            if (step >= exact) return step;
        return 4 * 3600;
    }
    QString getTickLabel(double at, const QLocale&, QChar, int) override {
        const auto time = QDateTime::fromMSecsSinceEpoch(std::llround(at * 1000), theme::timeZone());
        return time.toString(getTickStepSeconds() < 60 ? QStringLiteral("HH:mm:ss") : QStringLiteral("HH:mm"));
    }
    int getSubTickCount(double) override { return 0; }
    QVector<double> createTickVector(double step, const QCPRange& range) override {
        m_step = step;
        return QCPAxisTicker::createTickVector(step, range);
    }

private:
    double getTickStepSeconds() const { return m_step; }
    double m_step = 60;
};

class CountTicker final : public QCPAxisTicker {
public:
    CountTicker() { setTickCount(mostTicks); }

protected:
    QString getTickLabel(double value, const QLocale&, QChar, int) override {
        if (value < 0) return {};
        const bool whole = std::abs(value - std::round(value)) < 1e-6;
        return whole ? theme::count(std::llround(value)) : QString::number(value, 'f', value < 0.1 ? 2 : 1);
    }
    int getSubTickCount(double) override { return 0; }
};

}  // namespace

std::vector<MarkPlace> placeMarks(const std::vector<double>& x, const std::vector<double>& widths, double from,
                                  double until, double gap) {
    std::vector<MarkPlace> places(x.size());
    std::vector<std::pair<double, double>> taken;
    for (const double at : x) taken.emplace_back(at - gap, at + gap);
    const auto isFree = [&](double left, double right) {
        return left >= from && right <= until && std::none_of(taken.begin(), taken.end(), [&](const auto& other) {
                   return left < other.second && right > other.first;
               });
    };
    // The newest first: they matter most.
    for (std::size_t i = x.size(); i-- > 0;) {
        const double right = x[i] + gap, left = x[i] - gap - widths[i];
        if (isFree(right, right + widths[i]))
            places[i] = {right, true, true};
        else if (isFree(left, left + widths[i]))
            places[i] = {left, true, false};
        if (places[i].shown) taken.emplace_back(places[i].left, places[i].left + widths[i]);
    }
    return places;
}

// Marks and the reading under the pointer, over the plot: they need no redraw of the lines.
class HistoryChart::Overlay final : public QWidget {
public:
    explicit Overlay(HistoryChart& chart) : QWidget(&chart), m_chart(chart) { setMouseTracking(true); }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter painter(this);
        paintMarks(painter);
        const bool empty = std::none_of(m_chart.m_lines.begin(), m_chart.m_lines.end(), [](const HistoryLine& line) {
            return std::any_of(line.value.begin(), line.value.end(), [](double v) { return !std::isnan(v); });
        });
        if (empty) {
            painter.setFont(theme::font(Type::Control));
            painter.setPen(theme::tokens().t2);
            painter.drawText(area().toRect(), Qt::AlignCenter | Qt::TextWordWrap, m_chart.m_emptyText);
        } else if (m_pointer >= 0) {
            paintReading(painter);
        }
    }
    void mouseMoveEvent(QMouseEvent* event) override {
        m_pointer = area().contains(event->position()) ? event->position().x() : -1;
        update();
    }
    void leaveEvent(QEvent*) override {
        m_pointer = -1;
        update();
    }

private:
    QRectF area() const { return m_chart.m_plot->axisRect()->rect(); }
    double xOf(double at) const { return m_chart.m_plot->xAxis->coordToPixel(at); }

    void paintMarks(QPainter& painter) {
        const auto& t = theme::tokens();
        const auto& font = theme::Tabular::of(theme::font(Type::Hint));
        const QRectF in = area();
        std::vector<double> x, widths;
        for (const auto& mark : m_chart.m_marks) {
            x.push_back(xOf(mark.at));
            widths.push_back(font.width(mark.text));
        }
        const auto places = placeMarks(x, widths, in.left(), in.right(), 8);
        for (std::size_t i = 0; i < x.size(); ++i) {
            if (x[i] < in.left() || x[i] > in.right()) continue;
            const auto kind = m_chart.m_marks[i].kind;
            const QColor ink = kind == HistoryMark::Kind::crash ? t.err : t.t2;
            QPen dots(ink, 1);
            dots.setDashPattern({1, 3});
            painter.setPen(dots);
            const double line = std::floor(x[i]) + 0.5;
            painter.drawLine(QPointF(line, in.top() - 4), QPointF(line, in.bottom()));
            paintShape(painter, kind, {line, in.top() - 11}, ink);
            if (!places[i].shown) continue;
            painter.setPen(ink);
            font.draw(painter, QRectF(places[i].left, in.top() - 19, widths[i] + 1, 16),
                      Qt::AlignLeft | Qt::AlignVCenter, m_chart.m_marks[i].text);
        }
    }

    static void paintShape(QPainter& painter, HistoryMark::Kind kind, QPointF at, const QColor& ink) {
        painter.save();
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(ink, 1.3));
        painter.setBrush(Qt::NoBrush);
        if (kind == HistoryMark::Kind::crash) {
            painter.drawLine(at + QPointF(-3.5, -3.5), at + QPointF(3.5, 3.5));
            painter.drawLine(at + QPointF(3.5, -3.5), at + QPointF(-3.5, 3.5));
        } else if (kind == HistoryMark::Kind::deploy) {
            painter.drawPolygon(
                QPolygonF{at + QPointF(0, -4), at + QPointF(4, 0), at + QPointF(0, 4), at + QPointF(-4, 0)});
        } else {
            painter.drawPolygon(QPolygonF{at + QPointF(-4.5, -3.5), at + QPointF(4.5, -3.5), at + QPointF(0, 4)});
        }
        painter.restore();
    }

    void paintReading(QPainter& painter) {
        const auto& t = theme::tokens();
        const QRectF in = area();
        painter.setPen(QPen(t.accent, 1));
        const double line = std::floor(m_pointer) + 0.5;
        painter.drawLine(QPointF(line, in.top()), QPointF(line, in.bottom()));
        const QString text = m_chart.readingAt(m_chart.m_plot->xAxis->pixelToCoord(m_pointer));
        const auto& font = theme::Tabular::of(theme::font(Type::Hint));
        const double wide = font.width(text) + 12;
        const double left = line + 6 + wide < in.right() ? line + 6 : std::max(in.left(), line - 6 - wide);
        const QRectF box(left, in.top() + 4, wide, 20);
        painter.setPen(t.line2);
        painter.setBrush(t.bg3);
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5));
        painter.setPen(t.t1);
        font.draw(painter, box, Qt::AlignCenter, text);
    }

    HistoryChart& m_chart;
    double m_pointer = -1;
};

HistoryChart::HistoryChart(QWidget* parent)
    : QWidget(parent), m_plot(new QCustomPlot(this)), m_overlay(new Overlay(*this)) {
    setAccessibleName(tr("Lag over time"));
    m_plot->setNoAntialiasingOnDrag(true);
    m_plot->setFocusPolicy(Qt::NoFocus);
    m_plot->setInteractions(QCP::iNone);
    m_plot->plotLayout()->setMargins({});
    auto* area = m_plot->axisRect();
    area->setAutoMargins(QCP::msNone);
    area->setMargins(QMargins(52, headRoom, 16, 24));
    m_plot->xAxis->setTicker(QSharedPointer<TimeTicker>::create());
    m_plot->yAxis->setTicker(QSharedPointer<CountTicker>::create());
    connect(&theme::Theme::instance(), &theme::Theme::changed, this, &HistoryChart::restyle);
    restyle();
}

HistoryChart::~HistoryChart() = default;

void HistoryChart::setEmptyText(const QString& text) {
    m_emptyText = text;
    m_overlay->update();
}

void HistoryChart::setData(std::vector<HistoryLine> lines, std::vector<HistoryMark> marks, double from, double until,
                           double threshold, bool seconds, const QColor& color) {
    m_lines = std::move(lines);
    m_marks = std::move(marks);
    m_from = from;
    m_until = until;
    m_threshold = threshold;
    m_seconds = seconds;
    m_color = color;
    redraw();
}

void HistoryChart::restyle() {
    const auto& t = theme::tokens();
    m_plot->setBackground(QBrush(t.bg1));
    const QFont small = theme::font(Type::Hint);
    for (auto* axis : {m_plot->xAxis, m_plot->yAxis}) {
        axis->setTickLabelFont(small);
        axis->setTickLabelColor(t.t2);
        axis->setTickPen(Qt::NoPen);
        axis->setSubTickPen(Qt::NoPen);
        axis->setBasePen(Qt::NoPen);
        axis->setTickLabelPadding(6);
        axis->grid()->setPen(QPen(t.line, 1));
        axis->grid()->setZeroLinePen(Qt::NoPen);
        axis->grid()->setSubGridVisible(false);
    }
    m_plot->xAxis->grid()->setVisible(false);
    m_plot->xAxis->setBasePen(QPen(t.line2, 1));
    redraw();
}

void HistoryChart::redraw() {
    drawLines();
    scaleAxes();
    m_plot->replot(QCustomPlot::rpImmediateRefresh);
    m_overlay->update();
}

void HistoryChart::drawLines() {
    const auto& t = theme::tokens();
    m_plot->clearGraphs();
    m_plot->clearItems();
    int chosen = 0;
    // The chosen ones last, so that they lie on top.
    for (const bool top : {false, true}) {
        for (const auto& line : m_lines) {
            if (line.chosen != top || m_plot->graphCount() >= mostSeries) continue;
            auto* graph = m_plot->addGraph();
            QColor quiet = t.t3;
            quiet.setAlphaF(0.6F);
            QPen pen(top ? m_color : quiet, top ? 1.5 : 1);
            if (top && chosen++ % 2 == 1) pen.setDashPattern({4, 3});
            graph->setPen(pen);
            graph->setAntialiased(true);
            graph->setData(QVector<double>(line.at.begin(), line.at.end()),
                           QVector<double>(line.value.begin(), line.value.end()), true);
        }
    }
    if (m_threshold < 0) return;
    auto* alert = new QCPItemStraightLine(m_plot);
    alert->point1->setCoords(0, m_threshold);
    alert->point2->setCoords(1, m_threshold);
    QPen pen(t.err, 1);
    pen.setDashPattern({4, 3});
    alert->setPen(pen);
    alert->setAntialiased(false);
}

void HistoryChart::scaleAxes() {
    double most = 0;
    for (const auto& line : m_lines)
        for (const double value : line.value)
            if (value > most) most = value;
    // The alert line is in sight once the lag comes near it.
    if (m_threshold >= 0 && most > m_threshold * 0.3) most = std::max(most, m_threshold);
    m_plot->yAxis->setRange(0, most > 0 ? most * 1.1 : m_seconds ? 1 : 10);
    m_plot->xAxis->setRange(m_from, m_until);
    const QFontMetrics metrics(m_plot->yAxis->tickLabelFont());
    const int room = metrics.horizontalAdvance(theme::count(std::llround(most * 1.1))) + 26;
    m_plot->axisRect()->setMargins(QMargins(std::max(52, room), headRoom, 16, 24));
}

QString HistoryChart::readingAt(double at) const {
    QString text = theme::clockText(std::llround(at * 1e6));
    int said = 0;
    for (const bool top : {true, false}) {
        for (const auto& line : m_lines) {
            if (line.chosen != top || said >= 6) continue;
            const auto next = std::lower_bound(line.at.begin(), line.at.end(), at);
            if (next == line.at.begin()) continue;
            const double value = line.value[static_cast<std::size_t>(next - line.at.begin() - 1)];
            ++said;
            const QString number = std::isnan(value) ? QStringLiteral("–")
                                   : m_seconds       ? theme::seconds(value) + QStringLiteral(" s")
                                                     : theme::count(std::llround(value));
            text += QStringLiteral(" · ") + line.name + QLatin1Char(' ') + number;
        }
    }
    return text;
}

void HistoryChart::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    m_plot->setGeometry(rect());
    m_plot->yAxis->ticker()->setTickCount(std::clamp(height() / tickRoom, 2, mostTicks));
    m_overlay->setGeometry(rect());
    m_overlay->raise();
    m_plot->replot(QCustomPlot::rpImmediateRefresh);
}

void HistoryChart::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LocaleChange) redraw();
}

}  // namespace nova::charts
