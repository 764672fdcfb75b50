#include "widgets/charts/mini_bar.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

namespace nova::charts {

void paintActionBar(QPainter& painter, const QRectF& rect, const ActionBar& bar, double fullMs,
                    const theme::Tokens& tokens) {
    painter.save();
    const double mid = std::floor(rect.center().y());
    if (bar.failed) {
        QPen pen(tokens.err, 1);
        pen.setDashPattern({2, 3});
        painter.setPen(pen);
        painter.drawLine(QPointF(rect.left(), mid + 0.5), QPointF(rect.right(), mid + 0.5));
        painter.restore();
        return;
    }
    const auto x = [&](double ms) { return rect.left() + std::clamp(ms / fullMs, 0.0, 1.0) * rect.width(); };
    const QRectF band(rect.left(), mid - 3, rect.width(), 6);
    const double answered = bar.answered.value_or(0);
    if (bar.visible && *bar.visible > answered) {
        QColor violet = tokens.win;
        violet.setAlphaF(0.55F);
        painter.fillRect(QRectF(x(answered), band.top(), x(*bar.visible) - x(answered), band.height()), violet);
    }
    if (bar.answered)
        painter.fillRect(QRectF(rect.left(), band.top(), x(answered) - rect.left(), band.height()), tokens.t2);
    const auto tick = [&](const std::optional<double>& budget, const QColor& color) {
        if (!budget || *budget > fullMs) return;
        painter.fillRect(QRectF(std::round(x(*budget)), band.top() - 1, 1, band.height() + 2), color);
    };
    tick(bar.answeredBudget, tokens.t1);
    tick(bar.visibleBudget, tokens.win);
    if (std::max(answered, bar.visible.value_or(0)) > fullMs) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(tokens.err);
        const double right = rect.right();
        painter.drawPolygon(
            QPolygonF{{right - 6, band.top() - 1}, {right, band.center().y()}, {right - 6, band.bottom() + 1}});
    }
    painter.restore();
}

void paintFraction(QPainter& painter, const QRectF& rect, double fraction, const QColor& fill,
                   const theme::Tokens& tokens) {
    painter.fillRect(rect, tokens.bg3);
    const double width = std::clamp(fraction, 0.0, 1.0) * rect.width();
    painter.fillRect(QRectF(rect.left(), rect.top(), width, rect.height()), fill);
}

}  // namespace nova::charts
