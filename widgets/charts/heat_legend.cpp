#include "widgets/charts/heat_legend.h"

#include <QPainter>
#include <cmath>

#include "widgets/theme/fonts.h"
#include "widgets/theme/tabular.h"
#include "widgets/theme/theme.h"

namespace nova::charts {
namespace {

constexpr int chip = 16, chipHeight = 9, gap = 4, sign = 12;

const theme::Tabular& face() {
    return theme::Tabular::of(theme::font(theme::Type::Hint));
}

}  // namespace

HeatLegend::HeatLegend(QWidget* parent) : QWidget(parent) {
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    connect(&theme::Theme::instance(), &theme::Theme::changed, this, qOverload<>(&QWidget::update));
}

void HeatLegend::setLimit(const QString& text) {
    if (m_limit == text) return;
    m_limit = text;
    setAccessibleName(tr("Colours from 0 to %1").arg(text));
    updateGeometry();
    update();
}

QSize HeatLegend::sizeHint() const {
    return {static_cast<int>(std::ceil(12 + 6 * (chip + gap) + sign + face().width(m_limit))) + 2, 16};
}

void HeatLegend::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const auto& t = theme::tokens();
    painter.setPen(t.t2);
    face().draw(painter, QRectF(0, 0, 10, height()), Qt::AlignLeft | Qt::AlignVCenter, QStringLiteral("0"));
    double x = 12;
    const int y = (height() - chipHeight) / 2;
    for (const QColor& heat : t.heat) {
        painter.fillRect(QRectF(x, y, chip, chipHeight), heat);
        painter.setPen(t.line2);
        painter.drawRect(QRectF(x + 0.5, y + 0.5, chip - 1, chipHeight - 1));
        x += chip + gap;
    }
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(t.t2);
    const double middle = height() / 2.0;
    painter.drawPolygon(QPolygonF{{x + 4.5, middle - 4}, {x + 8.7, middle + 3.5}, {x + 0.3, middle + 3.5}});
    painter.setPen(t.t2);
    face().draw(painter, QRectF(x + sign, 0, width() - x - sign, height()), Qt::AlignLeft | Qt::AlignVCenter, m_limit);
}

}  // namespace nova::charts
