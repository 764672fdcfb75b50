#include "app/views/pane.h"

#include <QDockWidget>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QMainWindow>
#include <QPushButton>

#include "widgets/theme/metrics.h"

namespace nova::views {

using namespace Qt::StringLiterals;
namespace metrics = theme::metrics;

Bar::Bar(const QString& kind, int height, QWidget* parent)
    : QFrame(parent), m_row(new QHBoxLayout(this)), m_height(height) {
    setProperty("bar", kind);
    setFixedHeight(height);
    m_row->setContentsMargins(metrics::panePadding, 0, metrics::panePadding, 1);
    m_row->setSpacing(metrics::grid * 2);
}

QSize Bar::sizeHint() const {
    return {QFrame::sizeHint().width(), m_height};
}

void Bar::addStretch() {
    m_row->addStretch(1);
}
void Bar::addWidget(QWidget* widget, int stretch) {
    m_row->addWidget(widget, stretch);
}

QLabel* Bar::addText(const QString& text) {
    auto* label = newLabel(text, u"second"_s, this);
    m_row->addWidget(label);
    return label;
}

QLabel* Bar::addMono() {
    auto* label = newLabel({}, u"mono"_s, this);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_row->addWidget(label);
    return label;
}

QLabel* Bar::addTag(const QString& tone) {
    auto* label = new QLabel(this);
    label->setProperty("tag", tone);
    label->hide();
    m_row->addWidget(label);
    return label;
}

ViewBar::ViewBar(const QString& title, QWidget* parent)
    : Bar(u"view"_s, metrics::viewBar, parent), m_title(newLabel(title, u"title"_s, this)) {
    m_row->addWidget(m_title);
}

void ViewBar::setTitle(const QString& title) {
    m_title->setText(title);
}

QPushButton* ViewBar::addButton(const QString& text, theme::Icon icon, const QString& toolTip) {
    auto* button = new QPushButton(theme::icon(icon), text, this);
    button->setToolTip(toolTip);
    if (text.isEmpty()) button->setAccessibleName(toolTip);
    m_row->addWidget(button);
    return button;
}

PaneHeader::PaneHeader(const QString& title, QWidget* parent)
    : Bar(u"pane"_s, metrics::paneHeader, parent), m_title(newLabel(title, u"section"_s, this)) {
    m_row->addWidget(m_title);
    m_title->setHidden(title.isEmpty());
}

void PaneHeader::setTitle(const QString& title) {
    m_title->setText(title);
    m_title->setHidden(title.isEmpty());
}

QPushButton* PaneHeader::addButton(const QString& text, const QString& toolTip) {
    auto* button = new QPushButton(text, this);
    button->setProperty("small", true);
    button->setToolTip(toolTip);
    m_row->addWidget(button);
    return button;
}

QLineEdit* PaneHeader::addField(const QString& hint, int width) {
    auto* field = new QLineEdit(this);
    field->setProperty("small", true);
    field->setPlaceholderText(hint);
    field->setAccessibleName(hint);
    field->setFixedWidth(width);
    field->setClearButtonEnabled(true);
    auto* glass = field->addAction(theme::icon(theme::Icon::Search), QLineEdit::LeadingPosition);
    glass->setEnabled(false);
    m_row->addWidget(field);
    return field;
}

QDockWidget* newDock(const QString& name, const QString& title, QWidget* header, QWidget* content,
                     QMainWindow* window) {
    auto* dock = new QDockWidget(title, window);
    dock->setObjectName(name);
    dock->setTitleBarWidget(header);
    dock->setWidget(content);
    dock->setFeatures(QDockWidget::DockWidgetMovable | QDockWidget::DockWidgetFloatable |
                      QDockWidget::DockWidgetClosable);
    dock->setAllowedAreas(Qt::LeftDockWidgetArea | Qt::RightDockWidgetArea | Qt::BottomDockWidgetArea);
    return dock;
}

QLabel* newLabel(const QString& text, const QString& role, QWidget* parent) {
    auto* label = new QLabel(text, parent);
    label->setProperty("role", role);
    return label;
}

}  // namespace nova::views
