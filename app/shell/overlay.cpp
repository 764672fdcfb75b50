#include "app/shell/overlay.h"

#include <QApplication>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>

#include "widgets/theme/theme.h"

namespace nova::shell {

Overlay::Overlay(QWidget* window) : QWidget(window), m_panel(new QFrame(this)) {
    m_panel->setProperty("dialog", true);
    m_panel->setAutoFillBackground(true);
    window->installEventFilter(this);
    hide();
}

void Overlay::open() {
    if (!isVisible()) m_focusBefore = QApplication::focusWidget();
    setGeometry(parentWidget()->rect());
    m_panel->setGeometry(place(size()));
    raise();
    show();
    opened();
}

void Overlay::close() {
    if (!isVisible()) return;
    hide();
    if (m_focusBefore) m_focusBefore->setFocus(Qt::OtherFocusReason);
}

void Overlay::paintEvent(QPaintEvent*) {
    QPainter(this).fillRect(rect(), theme::tokens().scrim);
}

// A press on the panel itself comes here as well, where no part of it takes it.
void Overlay::mousePressEvent(QMouseEvent* event) {
    if (!m_panel->geometry().contains(event->position().toPoint())) close();
}

// What lies below is not reached meanwhile.
bool Overlay::focusNextPrevChild(bool) {
    return true;
}

void Overlay::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) return close();
    QWidget::keyPressEvent(event);
    event->accept();  // the window below hears nothing meanwhile
}

bool Overlay::eventFilter(QObject* watched, QEvent* event) {
    if (watched == parentWidget() && event->type() == QEvent::Resize && isVisible()) {
        setGeometry(parentWidget()->rect());
        m_panel->setGeometry(place(size()));
    }
    return QWidget::eventFilter(watched, event);
}

}  // namespace nova::shell
