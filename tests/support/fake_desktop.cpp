#include "tests/support/fake_desktop.h"

#include <QDBusError>
#include <QtTest>

namespace nova::test {

using namespace Qt::StringLiterals;

namespace {

const QString service = u"org.freedesktop.Notifications"_s, path = u"/org/freedesktop/Notifications"_s;

}  // namespace

FakeDesktop::FakeDesktop() {
    m_daemon.start(u"dbus-daemon"_s, {u"--session"_s, u"--nofork"_s, u"--print-address"_s});
    if (!m_daemon.waitForStarted() || !m_daemon.waitForReadyRead(10'000))
        qFatal("dbus-daemon: %s", qPrintable(m_daemon.errorString()));
    const auto address = m_daemon.readLine().trimmed();
    qputenv("DBUS_SESSION_BUS_ADDRESS", address);
    m_bus = QDBusConnection::connectToBus(QString::fromUtf8(address), u"desktop"_s);
    const auto what = QDBusConnection::ExportAllSlots | QDBusConnection::ExportAllSignals;
    if (!m_bus.registerObject(path, this, what)) qFatal("%s", qPrintable(m_bus.lastError().message()));
    setThere(true);
}

FakeDesktop::~FakeDesktop() {
    QDBusConnection::disconnectFromBus(u"desktop"_s);
    m_daemon.kill();
    m_daemon.waitForFinished();
}

void FakeDesktop::setThere(bool there) {
    if (there ? !m_bus.registerService(service) : !m_bus.unregisterService(service))
        qFatal("%s", qPrintable(m_bus.lastError().message()));
}

void FakeDesktop::click(uint id, const QString& action) {
    Q_EMIT ActionInvoked(id, action);
}

uint FakeDesktop::Notify(const QString& application, uint replaced, const QString&, const QString& title,
                         const QString& text, const QStringList& actions, const QVariantMap&, int) {
    const auto id = replaced > 0 ? replaced : m_next++;
    shown.append({id, replaced, application, title, text, actions});
    return id;
}

void FakeDesktop::CloseNotification(uint id) {
    closed.append(id);
    Q_EMIT NotificationClosed(id, 3);
}

}  // namespace nova::test
