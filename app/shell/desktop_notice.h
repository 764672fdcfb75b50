// One notification of the desktop, as org.freedesktop.Notifications of the session bus shows it: a newer one takes the
// place of the older. Where there is no session bus, or nobody on it who shows notifications, nothing happens. Calls
// wait for the bus, which is of this computer, never for who shows. GUI thread.
#pragma once

#include <QObject>
#include <QString>

namespace nova::shell {

class DesktopNotice final : public QObject {
    Q_OBJECT
public:
    explicit DesktopNotice(QObject* parent = nullptr);

    // False: there is no session bus to tell it to. `action`: what a click does, in words.
    bool show(const QString& title, const QString& text, const QString& action);
    void close();

Q_SIGNALS:
    void clicked();
    void refused(const QString& title, const QString& text);  // nobody on the bus shows it

private Q_SLOTS:
    void onAction(uint id, const QString& action);
    void onClosed(uint id, uint reason);

private:
    uint m_shown = 0;          // its number there; 0: none
    bool m_listening = false;  // to clicks
    bool m_wanted = false;     // show() was the last that was asked, not close()
};

}  // namespace nova::shell
