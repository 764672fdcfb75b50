// What the window remembers between runs: <XDG config>/nova-console/window.ini, written a moment after the last change.
// GUI thread.
#pragma once

#include <QByteArray>
#include <QSettings>
#include <QString>

#include "widgets/theme/theme.h"

namespace nova::shell {

class Settings {
public:
    Settings();
    explicit Settings(const QString& file);  // another file, for tests

    [[nodiscard]] theme::Choice themeChoice() const;
    void setThemeChoice(theme::Choice choice);
    [[nodiscard]] bool utc() const;  // else the zone of this computer
    void setUtc(bool utc);
    [[nodiscard]] QString view() const;  // name of the view shown last
    void setView(const QString& name);
    [[nodiscard]] QByteArray geometry() const;
    void setGeometry(const QByteArray& geometry);
    [[nodiscard]] QByteArray layout(const QString& view) const;
    void setLayout(const QString& view, const QByteArray& layout);
    void forgetLayouts();

private:
    QSettings m_file;
};

}  // namespace nova::shell
