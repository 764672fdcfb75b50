// The pieces that all views are built of: the 40-px bar with the title, 32-px pane headers, docks that can leave.
#pragma once

#include <QFrame>
#include <QString>

#include "widgets/theme/icons.h"

class QDockWidget;
class QHBoxLayout;
class QLabel;
class QLineEdit;
class QMainWindow;
class QPushButton;

namespace nova::views {

class Bar : public QFrame {
    Q_OBJECT
public:
    void addStretch();
    void addWidget(QWidget* widget, int stretch = 0);
    QLabel* addText(const QString& text = {});  // second ink
    QLabel* addMono();                          // an id, selectable
    QLabel* addTag(const QString& tone = QStringLiteral("neutral"));
    QHBoxLayout* row() { return m_row; }

    QSize sizeHint() const override;  // docks ask for it, whatever height is fixed

protected:
    Bar(const QString& kind, int height, QWidget* parent);
    QHBoxLayout* m_row;

private:
    int m_height;
};

class ViewBar final : public Bar {
    Q_OBJECT
public:
    ViewBar(const QString& title, QWidget* parent);
    void setTitle(const QString& title);
    QPushButton* addButton(const QString& text, theme::Icon icon, const QString& toolTip = {});

private:
    QLabel* m_title;
};

class PaneHeader final : public Bar {
    Q_OBJECT
public:
    PaneHeader(const QString& title, QWidget* parent);
    void setTitle(const QString& title);
    QPushButton* addButton(const QString& text, const QString& toolTip = {});
    QLineEdit* addField(const QString& hint, int width);

private:
    QLabel* m_title;
};

// A dock whose title bar is `header`; `name` is what layouts are saved by.
QDockWidget* newDock(const QString& name, const QString& title, QWidget* header, QWidget* content, QMainWindow* window);

// A label of a role of the style sheet.
QLabel* newLabel(const QString& text, const QString& role, QWidget* parent);

}  // namespace nova::views
