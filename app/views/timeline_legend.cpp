#include "app/views/timeline_legend.h"

#include <QPainter>

#include "widgets/theme/fonts.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/theme.h"

namespace nova::views {

using namespace theme;

namespace {

constexpr int swatchWidth = 20;

QColor faded(QColor color, double alpha) {
    color.setAlphaF(float(alpha));
    return color;
}

void paintBar(QPainter& painter, const QRectF& r, double fill) {
    painter.setPen(QPen(faded(tokens().store, .8), 1));
    painter.setBrush(faded(tokens().store, fill));
    painter.drawRect(r);
}

}  // namespace

TimelineLegend::TimelineLegend(QWidget* parent) : QWidget(parent) {
    setFixedHeight(metrics::row);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

QSize TimelineLegend::sizeHint() const {
    return {300, metrics::row};
}

void TimelineLegend::paintEvent(QPaintEvent*) {
    const Tokens& t = tokens();
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setFont(theme::font(Type::Hint));
    double x = metrics::panePadding;
    const double middle = height() / 2.0;
    const auto entry = [&](const QString& text, const auto& swatch) {
        const double wide = swatchWidth + 6 + painter.fontMetrics().horizontalAdvance(text) + 16;
        if (x + wide > width()) return;
        painter.save();
        swatch(QRectF(x + .5, middle - 5.5, swatchWidth, 10));
        painter.restore();
        painter.setPen(t.t2);
        painter.drawText(QPointF(x + swatchWidth + 6, middle + 4), text);
        x += wide;
    };
    entry(tr("work"), [&](const QRectF& r) { paintBar(painter, r, .46); });
    entry(tr("waiting for a callee"), [&](const QRectF& r) { paintBar(painter, r, .1); });
    entry(tr("in a queue"), [&](const QRectF& r) {
        painter.setPen(QPen(faded(t.store, .8), 1));
        painter.setBrush(QBrush(faded(t.store, .7), Qt::BDiagPattern));
        painter.drawRect(r);
    });
    entry(tr("budget, over"), [&](const QRectF& r) {
        painter.fillRect(QRectF(r.left(), middle - 1, 12, 2), t.t3);
        painter.fillRect(QRectF(r.left() + 12, middle - 2, 8, 4), t.err);
        painter.fillRect(QRectF(r.left() + 12, middle - 5, 1.2, 10), t.t1);
    });
    entry(tr("answered"),
          [&](const QRectF& r) { painter.fillRect(QRectF(r.center().x() - 1, r.top(), 2, r.height()), t.t1); });
    entry(tr("consistency window"), [&](const QRectF& r) {
        painter.fillRect(r, faded(t.win, .16));
        painter.fillRect(QRectF(r.right() - 2, r.top(), 2, r.height()), t.win);
    });
    entry(tr("not received"), [&](const QRectF& r) {
        QPen pen(t.t3, 1);
        pen.setDashPattern({2, 3});
        painter.setPen(pen);
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(r);
    });
}

}  // namespace nova::views
