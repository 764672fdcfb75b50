// A session bus of one's own (dbus-daemon) with somebody on it who shows notifications, and notes what was asked.
// Becomes this process's session bus, so that it is made before the first use of one. Thread: the test's.
#pragma once

#include <QDBusConnection>
#include <QObject>
#include <QProcess>
#include <QStringList>
#include <QVariantMap>
#include <QVector>

namespace nova::test {

struct ShownNotice {
    uint id = 0, replaced = 0;
    QString application, title, text;
    QStringList actions;
};

class FakeDesktop final : public QObject {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Notifications")
public:
    FakeDesktop();
    ~FakeDesktop() override;
    void setThere(bool there);  // whether it shows notifications
    void click(uint id, const QString& action);

    QVector<ShownNotice> shown;
    QVector<uint> closed;

public Q_SLOTS:
    // As the interface has it.
    uint Notify(const QString& application, uint replaced, const QString& icon, const QString& title,
                const QString& text, const QStringList& actions, const QVariantMap& hints, int timeoutMs);
    void CloseNotification(uint id);

Q_SIGNALS:
    void ActionInvoked(uint id, const QString& action);
    void NotificationClosed(uint id, uint reason);

private:
    QProcess m_daemon;
    QDBusConnection m_bus{QString()};
    uint m_next = 1;
};

}  // namespace nova::test
