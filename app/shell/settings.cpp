#include "app/shell/settings.h"

namespace nova::shell {

using namespace Qt::StringLiterals;

Settings::Settings() : m_file(QSettings::IniFormat, QSettings::UserScope, u"nova-console"_s, u"window"_s) {}

Settings::Settings(const QString& file) : m_file(file, QSettings::IniFormat) {}

theme::Choice Settings::themeChoice() const {
    const auto word = m_file.value("theme"_L1).toString();
    if (word == "dark"_L1) return theme::Choice::Dark;
    return word == "light"_L1 ? theme::Choice::Light : theme::Choice::System;
}

void Settings::setThemeChoice(theme::Choice choice) {
    m_file.setValue("theme"_L1, choice == theme::Choice::Dark    ? u"dark"_s
                                : choice == theme::Choice::Light ? u"light"_s
                                                                 : u"system"_s);
}

bool Settings::utc() const {
    return m_file.value("zone"_L1, u"utc"_s).toString() != "local"_L1;
}
void Settings::setUtc(bool utc) {
    m_file.setValue("zone"_L1, utc ? u"utc"_s : u"local"_s);
}
QString Settings::view() const {
    return m_file.value("view"_L1).toString();
}
void Settings::setView(const QString& name) {
    m_file.setValue("view"_L1, name);
}
QByteArray Settings::geometry() const {
    return m_file.value("geometry"_L1).toByteArray();
}
void Settings::setGeometry(const QByteArray& geometry) {
    m_file.setValue("geometry"_L1, geometry);
}
QByteArray Settings::layout(const QString& view) const {
    return m_file.value("layout/"_L1 + view).toByteArray();
}
void Settings::setLayout(const QString& view, const QByteArray& layout) {
    m_file.setValue("layout/"_L1 + view, layout);
}
void Settings::forgetLayouts() {
    m_file.remove("layout"_L1);
}

}  // namespace nova::shell
