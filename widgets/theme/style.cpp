#include "widgets/theme/style.h"

#include <QLabel>
#include <QPainter>
#include <QStyleFactory>
#include <QStyleOption>
#include <QWidget>

#include "widgets/theme/fonts.h"
#include "widgets/theme/icons.h"
#include "widgets/theme/theme.h"

namespace nova::theme {
namespace {

void drawIcon(QPainter* painter, const QRect& rect, Icon name, const QColor& color, int size) {
    const QPixmap pixmap = iconPixmap(name, size, color, painter->device()->devicePixelRatio());
    painter->drawPixmap(rect.center() - QPoint(size / 2 - 1, size / 2 - 1), pixmap);
}

void drawCheck(const QStyleOption* option, QPainter* painter, bool round) {
    const Tokens& t = tokens();
    const bool on = option->state & QStyle::State_On;
    const bool enabled = option->state & QStyle::State_Enabled;
    QRectF box(0, 0, 14, 14);
    box.moveCenter(QRectF(option->rect).center());
    box = box.toAlignedRect();
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(on && enabled                            ? t.accentFill
                         : option->state & QStyle::State_HasFocus ? t.accent
                                                                  : t.line2,
                         1));
    painter->setBrush(on ? (enabled ? t.accentFill : t.bg3) : t.bg0);
    const QRectF frame = box.adjusted(0.5, 0.5, -0.5, -0.5);
    if (round)
        painter->drawEllipse(frame);
    else
        painter->drawRoundedRect(frame, 3, 3);
    if (on && round) {
        painter->setPen(Qt::NoPen);
        painter->setBrush(enabled ? t.onAccent : t.t3);
        painter->drawEllipse(box.center(), 3, 3);
    }
    painter->restore();
    if (on && !round) drawIcon(painter, box.toRect(), Icon::Check, enabled ? t.onAccent : t.t3, 12);
}

}  // namespace

Style::Style() : QProxyStyle(QStyleFactory::create(QStringLiteral("Fusion"))) {}

// A font of a style sheet cannot switch ligatures off. What a label shows may come from records and clients: it is
// markup only where the label says so itself.
void Style::polish(QWidget* widget) {
    QProxyStyle::polish(widget);
    auto* label = qobject_cast<QLabel*>(widget);
    if (label && label->textFormat() == Qt::AutoText && !label->inherits("QTipLabel"))
        label->setTextFormat(Qt::PlainText);
    if (widget->property("role").toString() == QLatin1String("mono")) widget->setFont(font(Type::Mono));
}

void Style::drawPrimitive(PrimitiveElement element, const QStyleOption* option, QPainter* painter,
                          const QWidget* widget) const {
    const Tokens& t = tokens();
    const QColor ink = option->state & State_Enabled ? t.t2 : t.t3;
    switch (element) {
        case PE_IndicatorArrowDown:
            drawIcon(painter, option->rect, Icon::Down, ink, 12);
            return;
        case PE_IndicatorArrowUp:
            drawIcon(painter, option->rect, Icon::Up, ink, 12);
            return;
        case PE_IndicatorArrowLeft:
            drawIcon(painter, option->rect, Icon::Left, ink, 12);
            return;
        case PE_IndicatorArrowRight:
            drawIcon(painter, option->rect, Icon::Right, ink, 12);
            return;
        case PE_IndicatorCheckBox:
        case PE_IndicatorItemViewItemCheck:
            drawCheck(option, painter, false);
            return;
        case PE_IndicatorRadioButton:
            drawCheck(option, painter, true);
            return;
        case PE_FrameFocusRect:
            return;  // focus is a border of the style sheet, or painted by the widget
        default:
            QProxyStyle::drawPrimitive(element, option, painter, widget);
    }
}

int Style::pixelMetric(PixelMetric metric, const QStyleOption* option, const QWidget* widget) const {
    switch (metric) {
        case PM_ButtonShiftHorizontal:
        case PM_ButtonShiftVertical:
            return 0;
        case PM_SmallIconSize:
        case PM_ButtonIconSize:
        case PM_IndicatorWidth:
        case PM_IndicatorHeight:
        case PM_ExclusiveIndicatorWidth:
        case PM_ExclusiveIndicatorHeight:
            return 16;
        case PM_ToolBarItemSpacing:
            return 0;
        default:
            return QProxyStyle::pixelMetric(metric, option, widget);
    }
}

int Style::styleHint(StyleHint hint, const QStyleOption* option, const QWidget* widget,
                     QStyleHintReturn* returnData) const {
    switch (hint) {
        case SH_Widget_Animate:
        case SH_Widget_Animation_Duration:
        case SH_EtchDisabledText:
        case SH_ComboBox_Popup:
            return 0;
        case SH_ToolTip_WakeUpDelay:
            return 300;
        default:
            return QProxyStyle::styleHint(hint, option, widget, returnData);
    }
}

}  // namespace nova::theme
