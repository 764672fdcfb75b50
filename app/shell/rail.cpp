#include "app/shell/rail.h"

#include <QButtonGroup>
#include <QPainter>
#include <QVBoxLayout>

#include "widgets/theme/fonts.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/theme.h"

namespace nova::shell {

using namespace theme;

RailButton::RailButton(Icon icon, const QString& text, QWidget* parent) : QAbstractButton(parent), m_icon(icon) {
    setText(text);
    setAccessibleName(text);
    setCheckable(true);
    setFocusPolicy(Qt::TabFocus);
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void RailButton::setBadge(int count) {
    if (std::exchange(m_badge, count) == count) return;
    setAccessibleDescription(count > 0 ? tr("open problems: %1").arg(count) : QString());
    update();
}

QSize RailButton::sizeHint() const {
    const int textWidth = QFontMetrics(theme::font(Type::Hint)).horizontalAdvance(text()) + 2 * metrics::grid;
    return {std::max(metrics::rail - 1, textWidth), metrics::railItem};
}

void RailButton::paintEvent(QPaintEvent*) {
    const Tokens& t = tokens();
    QPainter painter(this);
    if (isChecked() || underMouse()) painter.fillRect(rect(), t.bg3);
    if (isChecked()) painter.fillRect(QRect(0, 0, 3, height()), t.accent);
    const QColor ink = isChecked() ? t.t1 : t.t2;
    painter.drawPixmap((width() - metrics::icon) / 2, 9, iconPixmap(m_icon, metrics::icon, ink, devicePixelRatioF()));
    painter.setPen(ink);
    painter.setFont(theme::font(Type::Hint, isChecked() ? QFont::Medium : QFont::Normal));
    painter.drawText(QRect(0, 28, width(), 16), Qt::AlignCenter, text());
    if (m_badge > 0) {
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.warn);
        const QRectF disc(width() - 24, 5, 16, 16);
        painter.drawRoundedRect(disc, 8, 8);
        painter.setPen(t.inv);
        painter.setFont(theme::font(Type::Hint, QFont::DemiBold));
        painter.drawText(disc, Qt::AlignCenter, m_badge > 9 ? QStringLiteral("9+") : QString::number(m_badge));
    }
    if (hasFocus()) {
        painter.setPen(QPen(t.accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(rect().adjusted(1, 1, -1, -1));
    }
}

void RailButton::enterEvent(QEnterEvent*) {
    update();
}
void RailButton::leaveEvent(QEvent*) {
    update();
}

Rail::Rail(QWidget* parent) : QFrame(parent), m_group(new QButtonGroup(this)), m_column(new QVBoxLayout(this)) {
    setProperty("bar", QStringLiteral("rail"));
    m_column->setContentsMargins(0, metrics::grid, 0, metrics::grid);
    m_column->setSpacing(0);
    m_column->addStretch(1);
    connect(m_group, &QButtonGroup::idClicked, this, &Rail::chosen);
}

int Rail::addView(Icon icon, const QString& text, const QString& toolTip) {
    auto* button = new RailButton(icon, text, this);
    button->setToolTip(toolTip);
    const int index = int(m_buttons.size());
    m_group->addButton(button, index);
    m_column->insertWidget(index, button);
    m_buttons.append(button);
    return index;
}

void Rail::setCurrent(int index) {
    m_buttons[index]->setChecked(true);
}
void Rail::setBadge(int index, int count) {
    m_buttons[index]->setBadge(count);
}
void Rail::setShown(int index, bool shown) {
    m_buttons[index]->setVisible(shown);
}

}  // namespace nova::shell
