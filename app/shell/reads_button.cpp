#include "app/shell/reads_button.h"

#include <QActionGroup>
#include <QPainter>
#include <array>
#include <cmath>

#include "widgets/theme/fonts.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/numbers.h"
#include "widgets/theme/tabular.h"
#include "widgets/theme/theme.h"

namespace nova::shell {

using namespace Qt::StringLiterals;
using namespace theme;

namespace {

constexpr int padding = 10;
constexpr double mebi = 1 << 20;
constexpr std::array choicesMiB{1, 2, 4, 8, 16, 32, 64};

QString mib(double bytes) {
    const double value = bytes / mebi;
    return value >= 10 || value == std::floor(value) ? QString::number(std::round(value))
                                                     : QString::number(value, 'f', value < .1 ? 2 : 1);
}

}  // namespace

ReadsButton::ReadsButton(QWidget* parent) : QAbstractButton(parent), m_menu(this) {
    setFocusPolicy(Qt::TabFocus);
    setCursor(Qt::PointingHandCursor);
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
    setReading(0, 0);
    connect(this, &QAbstractButton::clicked, this,
            [this] { m_menu.popup(mapToGlobal(QPoint(0, -m_menu.sizeHint().height()))); });
    connect(&Theme::instance(), &Theme::changed, this, qOverload<>(&QWidget::update));
}

void ReadsButton::setReading(qint64 now, qint64 most) {
    const QString text = most > 0 ? tr("reads %1 of %2 MiB/s").arg(mib(double(now)), mib(double(most)))
                                  : tr("reads %1 MiB/s").arg(mib(double(now)));
    if (std::exchange(m_most, most) != most) offer(most);
    if (text == this->text()) return;
    setText(text);
    const QString limit = most > 0 ? tr("%1 MiB/s read at most").arg(mib(double(most))) : tr("no limit");
    setAccessibleName(tr("Reads of this console: %1").arg(limit));
    setToolTip(
        tr("What all views of this console read from the cluster together: %1. Click to change the limit").arg(limit));
    updateGeometry();
    update();
}

// The limit now is among the choices, whatever the profile says.
void ReadsButton::offer(qint64 most) {
    m_menu.clear();
    auto* group = new QActionGroup(&m_menu);
    const auto add = [&](qint64 bytes) {
        auto* action = m_menu.addAction(tr("%1 MiB/s at most").arg(mib(double(bytes))));
        action->setCheckable(true);
        action->setChecked(bytes == most);
        group->addAction(action);
        // Queued: the answer makes the menu anew.
        connect(
            action, &QAction::triggered, this, [this, bytes] { Q_EMIT mostChosen(bytes); }, Qt::QueuedConnection);
    };
    bool added = most <= 0;
    for (const int choice : choicesMiB) {
        const qint64 bytes = qint64(choice) << 20;
        if (!added && most < bytes) add(most);
        added = added || most <= bytes;
        add(bytes);
    }
    if (!added) add(most);
}

QSize ReadsButton::sizeHint() const {
    return {int(std::ceil(Tabular::of(theme::font(Type::Hint)).width(text()))) + 2 * padding + 1,
            metrics::statusBar - 2};
}

void ReadsButton::paintEvent(QPaintEvent*) {
    const Tokens& t = tokens();
    QPainter painter(this);
    if (underMouse() || m_menu.isVisible()) painter.fillRect(rect(), t.bg3);
    painter.setPen(t.line);
    painter.drawLine(width() - 1, 0, width() - 1, height());
    painter.setPen(t.t2);
    Tabular::of(theme::font(Type::Hint))
        .draw(painter, QRectF(rect()).adjusted(padding, 0, 0, 0), Qt::AlignVCenter | Qt::AlignLeft, text());
    if (!hasFocus()) return;
    painter.setPen(QPen(t.accent, 1));
    painter.drawRect(rect().adjusted(0, 0, -2, -1));
}

}  // namespace nova::shell
