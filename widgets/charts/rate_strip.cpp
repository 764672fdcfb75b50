#include "widgets/charts/rate_strip.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "widgets/theme/fonts.h"
#include "widgets/theme/numbers.h"
#include "widgets/theme/tabular.h"
#include "widgets/theme/theme.h"

namespace nova::charts {
namespace {

constexpr int cellWidth = 200;  // a narrower cell cuts the names
constexpr int mostColumns = 6;
constexpr int textHeight = 16;
constexpr int barHeight = 18;
constexpr int cellHeight = textHeight + barHeight + 6;
constexpr int gap = 20;
constexpr int marginY = 3;
constexpr int barStep = 3;  // 2-px bars, 1-px gaps

}  // namespace

RateStrip::RateStrip(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("rateStrip"));
    setAccessibleName(tr("Events per second by topic"));
    setCursor(Qt::PointingHandCursor);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
    connect(&theme::Theme::instance(), &theme::Theme::changed, this, qOverload<>(&QWidget::update));
}

void RateStrip::setSeries(std::vector<RateSeries> series) {
    if (series == m_series) return;
    const bool rows = series.size() != m_series.size();
    m_series = std::move(series);
    if (rows) updateGeometry();
    update();
}

int RateStrip::columns(int width) const {
    const int fit = std::max(1, (width + gap) / (cellWidth + gap));
    return std::clamp(fit, 1, std::max(1, std::min(mostColumns, static_cast<int>(m_series.size()))));
}

int RateStrip::heightForWidth(int width) const {
    const int perRow = columns(width);
    const int rows = std::max(1, (static_cast<int>(m_series.size()) + perRow - 1) / perRow);
    return 2 * marginY + rows * cellHeight - 6;
}

QSize RateStrip::sizeHint() const {
    const int wide = std::max(width(), 4 * (cellWidth + gap));
    return {4 * (cellWidth + gap), heightForWidth(wide)};
}

QSize RateStrip::minimumSizeHint() const {
    return {cellWidth, 2 * marginY + cellHeight - 6};
}

QRect RateStrip::cellRect(int index) const {
    const int perRow = columns(width());
    const double each = (width() - (perRow - 1.0) * gap) / perRow;
    const int left = static_cast<int>(std::lround((index % perRow) * (each + gap)));
    return {left, marginY + index / perRow * cellHeight, static_cast<int>(each), cellHeight - 6};
}

void RateStrip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const theme::Tokens& t = theme::tokens();
    painter.fillRect(rect(), t.bg1);
    double highest = 1;
    for (const RateSeries& series : m_series)
        for (const double value : series.perSecond) highest = std::max(highest, value);
    const theme::Tabular& plain = theme::Tabular::of(theme::font(theme::Type::Hint));
    const theme::Tabular& strong = theme::Tabular::of(theme::font(theme::Type::Hint, QFont::DemiBold));
    for (int i = 0; i < static_cast<int>(m_series.size()); ++i) {
        const RateSeries& series = m_series[static_cast<std::size_t>(i)];
        const QRect cell = cellRect(i);
        const QColor color = t.topic(series.colorKey);
        const bool alarm = series.alarm && series.now > 0;
        const QRectF line(cell.left(), cell.top(), cell.width(), textHeight);
        painter.fillRect(QRect(cell.left(), cell.top() + 4, 8, 8), color);
        painter.setPen(t.t2);
        const QString unit = QStringLiteral("/s");
        plain.draw(painter, line, Qt::AlignRight | Qt::AlignVCenter, unit);
        const double unitWidth = plain.width(unit) + 4;
        const QString number = theme::rate(series.now).chopped(2);
        painter.setPen(alarm ? t.warn : t.t1);
        strong.draw(painter, line.adjusted(0, 0, -unitWidth, 0), Qt::AlignRight | Qt::AlignVCenter, number);
        const double room = line.width() - 14 - unitWidth - strong.width(number) - 8;
        const theme::Tabular& nameFont = alarm ? strong : plain;
        const QString name = QFontMetricsF(nameFont.font()).elidedText(series.name, Qt::ElideRight, room);
        nameFont.draw(painter, line.adjusted(14, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, name);

        const QRect area(cell.left(), cell.top() + textHeight, cell.width(), barHeight);
        const int fit = area.width() / barStep;
        const int from = std::max(0, static_cast<int>(series.perSecond.size()) - fit);
        QColor fill = color;
        fill.setAlphaF(0.85F);
        for (int b = from; b < static_cast<int>(series.perSecond.size()); ++b) {
            const double value = series.perSecond[static_cast<std::size_t>(b)];
            if (value <= 0) continue;
            const double height = std::max(1.0, value / highest * (barHeight - 2));
            const int x = area.right() + 1 - (static_cast<int>(series.perSecond.size()) - b) * barStep;
            painter.fillRect(QRectF(x, area.bottom() - height, barStep - 1, height), fill);
        }
        painter.fillRect(QRect(area.left(), area.bottom(), area.width(), 1), t.line);
    }
}

void RateStrip::mousePressEvent(QMouseEvent* event) {
    for (int i = 0; i < static_cast<int>(m_series.size()); ++i)
        if (cellRect(i).contains(event->position().toPoint()))
            Q_EMIT topicActivated(m_series[static_cast<std::size_t>(i)].name);
}

bool RateStrip::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip) return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    for (int i = 0; i < static_cast<int>(m_series.size()); ++i) {
        if (!cellRect(i).contains(help->pos())) continue;
        const RateSeries& series = m_series[static_cast<std::size_t>(i)];
        QToolTip::showText(help->globalPos(),
                           tr("%1: %2 now. A click filters by it.").arg(series.name, theme::rate(series.now)), this);
        return true;
    }
    QToolTip::hideText();
    return true;
}

}  // namespace nova::charts
