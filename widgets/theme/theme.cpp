#include "widgets/theme/theme.h"

#include <QApplication>
#include <QLabel>
#include <QStyle>
#include <QWidget>

#include "widgets/theme/fonts.h"
#include "widgets/theme/resources.h"
#include "widgets/theme/style.h"

namespace nova::theme {

Theme& Theme::instance() {
    static Theme theme;
    return theme;
}

const Tokens& Theme::tokens() const {
    const bool dark = m_choice == Choice::Dark || (m_choice == Choice::System && m_systemDark);
    return dark ? darkTokens() : lightTokens();
}

void Theme::apply(QApplication& app, Choice choice) {
    if (!m_applied) {
        loadResources();
        m_systemDark = app.palette().color(QPalette::Window).lightness() < 128;
        app.setStyle(new Style);  // the application owns it
        app.setFont(font(Type::Body));
        m_applied = true;
    }
    m_choice = choice;
    restyle();
}

void Theme::setChoice(Choice choice) {
    if (choice == m_choice) return;
    const bool wasDark = isDark();
    m_choice = choice;
    if (m_applied && wasDark != isDark()) restyle();
}

void Theme::restyle() {
    qApp->setPalette(paletteOf(tokens()));
    qApp->setStyleSheet(styleSheetOf(tokens()));
    // A label takes the colour of its links when its text is set.
    const auto widgets = QApplication::allWidgets();
    for (auto* widget : widgets) {
        auto* label = qobject_cast<QLabel*>(widget);
        if (!label || label->textFormat() != Qt::RichText) continue;
        const QString text = label->text();
        label->clear();
        label->setText(text);
    }
    Q_EMIT changed();
}

const Tokens& tokens() {
    return Theme::instance().tokens();
}

QPalette paletteOf(const Tokens& t) {
    QPalette palette;
    const auto all = [&palette](QPalette::ColorRole role, const QColor& color, const QColor& disabled) {
        palette.setColor(QPalette::All, role, color);
        palette.setColor(QPalette::Disabled, role, disabled);
    };
    all(QPalette::Window, t.bg1, t.bg1);
    all(QPalette::WindowText, t.t1, t.t3);
    all(QPalette::Base, t.bg1, t.bg1);
    all(QPalette::AlternateBase, t.bg2, t.bg2);
    all(QPalette::Text, t.t1, t.t3);
    all(QPalette::PlaceholderText, t.t3, t.t3);
    all(QPalette::Button, t.bg2, t.bg2);
    all(QPalette::ButtonText, t.t1, t.t3);
    all(QPalette::BrightText, t.err, t.err);
    all(QPalette::Highlight, t.sel, t.bg3);
    all(QPalette::HighlightedText, t.t1, t.t2);
    all(QPalette::ToolTipBase, t.bg3, t.bg3);
    all(QPalette::ToolTipText, t.t1, t.t1);
    all(QPalette::Link, t.accent, t.t3);
    all(QPalette::LinkVisited, t.accent, t.t3);
    all(QPalette::Light, t.bg3, t.bg3);
    all(QPalette::Midlight, t.line2, t.line2);
    all(QPalette::Mid, t.line2, t.line2);
    all(QPalette::Dark, t.line, t.line);
    all(QPalette::Shadow, t.bg0, t.bg0);
    return palette;
}

void repolish(QWidget* widget) {
    widget->style()->unpolish(widget);
    widget->style()->polish(widget);
    widget->update();
}

}  // namespace nova::theme
