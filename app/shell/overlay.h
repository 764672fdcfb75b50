// A panel over the dimmed window; Esc or a press beside it closes it and gives the focus back. A child, never a window
// of its own.
#pragma once

#include <QFrame>
#include <QPointer>
#include <QWidget>

namespace nova::shell {

class Overlay : public QWidget {
    Q_OBJECT
public:
    explicit Overlay(QWidget* window);
    void open();
    void close();

protected:
    QFrame* panel() const { return m_panel; }
    virtual QRect place(const QSize& window) const = 0;  // of the panel
    virtual void opened() {}
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool focusNextPrevChild(bool next) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QFrame* m_panel;
    QPointer<QWidget> m_focusBefore;
};

}  // namespace nova::shell
