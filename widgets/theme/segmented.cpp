#include "widgets/theme/segmented.h"

#include <QButtonGroup>
#include <QHBoxLayout>
#include <QToolButton>

#include "widgets/theme/metrics.h"
#include "widgets/theme/theme.h"

namespace nova::theme {

Segmented::Segmented(QWidget* parent) : QWidget(parent), m_group(new QButtonGroup(this)), m_row(new QHBoxLayout(this)) {
    setObjectName(QStringLiteral("segmented"));
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    m_row->setContentsMargins(0, 0, 0, 0);
    m_row->setSpacing(0);
    m_group->setExclusive(true);
    connect(m_group, &QButtonGroup::idClicked, this, &Segmented::chosen);
}

void Segmented::addSegment(const QString& text, const QIcon& icon, const QString& toolTip) {
    auto* button = new QToolButton(this);
    const int index = static_cast<int>(m_group->buttons().size());
    button->setText(text);
    button->setIcon(icon);
    button->setIconSize({14, 14});
    button->setToolButtonStyle(icon.isNull()    ? Qt::ToolButtonTextOnly
                               : text.isEmpty() ? Qt::ToolButtonIconOnly
                                                : Qt::ToolButtonTextBesideIcon);
    button->setToolTip(toolTip);
    button->setAccessibleName(text.isEmpty() ? toolTip : text);
    button->setCheckable(true);
    button->setChecked(index == 0);
    button->setFocusPolicy(Qt::TabFocus);
    button->setProperty("segment", index == 0 ? QStringLiteral("first last") : QStringLiteral("last"));
    button->setFixedHeight(m_small ? metrics::controlSmall : metrics::control);
    if (index > 0) {
        QAbstractButton* before = m_group->button(index - 1);
        before->setProperty("segment", index == 1 ? QStringLiteral("first") : QStringLiteral("middle"));
        repolish(before);
    }
    m_group->addButton(button, index);
    m_row->addWidget(button);
}

void Segmented::setSegmentText(int index, const QString& text) {
    QAbstractButton* button = m_group->button(index);
    if (!button || button->text() == text) return;
    button->setText(text);
    button->setAccessibleName(text);
}

int Segmented::current() const {
    return m_group->checkedId();
}

void Segmented::setCurrent(int index) {
    if (QAbstractButton* button = m_group->button(index)) button->setChecked(true);
}

void Segmented::setSmall(bool small) {
    m_small = small;
    for (QAbstractButton* button : m_group->buttons())
        button->setFixedHeight(small ? metrics::controlSmall : metrics::control);
}

void Segmented::setSegmentEnabled(int index, bool enabled) {
    if (QAbstractButton* button = m_group->button(index)) button->setEnabled(enabled);
}

}  // namespace nova::theme
