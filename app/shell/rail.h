// The views at the left, one button each, with a badge of open problems. GUI thread.
#pragma once

#include <QAbstractButton>
#include <QFrame>
#include <QVector>

#include "widgets/theme/icons.h"

class QButtonGroup;
class QVBoxLayout;

namespace nova::shell {

class RailButton final : public QAbstractButton {
    Q_OBJECT
public:
    RailButton(theme::Icon icon, const QString& text, QWidget* parent);
    void setBadge(int count);
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override { return sizeHint(); }

protected:
    void paintEvent(QPaintEvent* event) override;
    void enterEvent(QEnterEvent* event) override;
    void leaveEvent(QEvent* event) override;

private:
    theme::Icon m_icon;
    int m_badge = 0;
};

class Rail final : public QFrame {
    Q_OBJECT
public:
    explicit Rail(QWidget* parent = nullptr);
    int addView(theme::Icon icon, const QString& text, const QString& toolTip);  // its index
    void setCurrent(int index);
    void setBadge(int index, int count);
    void setShown(int index, bool shown);

Q_SIGNALS:
    void chosen(int index);

private:
    QButtonGroup* m_group;
    QVBoxLayout* m_column;
    QVector<RailButton*> m_buttons;
};

}  // namespace nova::shell
