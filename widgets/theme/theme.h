// The current theme: tokens, palette and one style sheet for the whole application. GUI thread only.
//
// Widgets that paint themselves read tokens() in paintEvent and connect changed() to update().
// Style sheet hooks, set as dynamic properties before the widget is first shown:
//   QPushButton, QToolButton  kind = "primary" | "danger" | "ghost" | "link";  small = true
//   QLabel    role = "title" | "figure" | "hero" | "section" | "second" | "hint" | "mono" | "strong"
//             tag  = "neutral" | "ok" | "warn" | "err" | "info" | "win"
//             env  = "local" | "staging" | "production"      status = "ok" | "warn" | "err" | "info"
//   QFrame    banner = "ok" | "warn" | "err" | "info";  bar = "top" | "view" | "pane" | "status" | "rail";  card = true
//             well = true (bg0);  divider = true (1 px line)
//   QLineEdit search = true (32 px)
// After changing such a property on a visible widget call repolish().
#pragma once

#include <QObject>
#include <QPalette>
#include <QString>

#include "widgets/theme/tokens.h"

class QApplication;
class QWidget;

namespace nova::theme {

enum class Choice { System, Dark, Light };

class Theme : public QObject {
    Q_OBJECT

public:
    static Theme& instance();

    const Tokens& tokens() const;
    Choice choice() const { return m_choice; }
    bool isDark() const { return tokens().dark; }

    // Fusion style, font, palette and style sheet. Call once, before the first widget is shown.
    void apply(QApplication& app, Choice choice = Choice::System);
    // Changes the look of the running application at once.
    void setChoice(Choice choice);

Q_SIGNALS:
    void changed();

private:
    Theme() = default;
    void restyle();

    Choice m_choice = Choice::Dark;
    bool m_systemDark = true;
    bool m_applied = false;
};

// Shorthand for Theme::instance().tokens().
const Tokens& tokens();

QPalette paletteOf(const Tokens& tokens);
QString styleSheetOf(const Tokens& tokens);
// Re-reads the style of a widget after one of its style properties changed.
void repolish(QWidget* widget);

}  // namespace nova::theme
