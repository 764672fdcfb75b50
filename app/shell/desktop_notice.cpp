#include "app/shell/desktop_notice.h"

#include <QCoreApplication>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QDBusPendingCallWatcher>
#include <QDBusPendingReply>
#include <QFile>
#include <QStringList>
#include <QVariantMap>

namespace nova::shell {

using namespace Qt::StringLiterals;

namespace {

constexpr uchar normalUrgency = 1;
const QString service = u"org.freedesktop.Notifications"_s, path = u"/org/freedesktop/Notifications"_s,
              defaultAction = u"default"_s;

// Without an address the bus's library would start a bus of its own.
bool hasBus() {
    return qEnvironmentVariableIsSet("DBUS_SESSION_BUS_ADDRESS") ||
           QFile::exists(qEnvironmentVariable("XDG_RUNTIME_DIR") + u"/bus"_s);
}

QDBusMessage call(const QString& method, const QVariantList& arguments) {
    auto message = QDBusMessage::createMethodCall(service, path, service, method);
    message.setArguments(arguments);
    return message;
}

}  // namespace

DesktopNotice::DesktopNotice(QObject* parent) : QObject(parent) {}

bool DesktopNotice::show(const QString& title, const QString& text, const QString& action) {
    if (!hasBus()) return false;
    auto bus = QDBusConnection::sessionBus();
    if (!bus.isConnected()) return false;
    if (!std::exchange(m_listening, true)) {
        bus.connect(service, path, service, u"ActionInvoked"_s, this, SLOT(onAction(uint, QString)));
        bus.connect(service, path, service, u"NotificationClosed"_s, this, SLOT(onClosed(uint, uint)));
    }
    m_wanted = true;
    const QVariantMap hints{{u"urgency"_s, QVariant::fromValue(normalUrgency)}};
    // Servers read the body as markup.
    const auto message = call(u"Notify"_s, {QCoreApplication::applicationName(), m_shown, u"dialog-warning"_s, title,
                                            text.toHtmlEscaped(), QStringList{defaultAction, action}, hints, -1});
    auto* watcher = new QDBusPendingCallWatcher(bus.asyncCall(message), this);
    connect(watcher, &QDBusPendingCallWatcher::finished, this, [this, title, text](QDBusPendingCallWatcher* done) {
        const QDBusPendingReply<uint> reply = *done;
        done->deleteLater();
        if (reply.isError()) return Q_EMIT refused(title, text);
        m_shown = reply.value();
        if (!m_wanted) close();
    });
    return true;
}

void DesktopNotice::close() {
    m_wanted = false;
    if (const auto shown = std::exchange(m_shown, 0); shown > 0)
        QDBusConnection::sessionBus().send(call(u"CloseNotification"_s, {shown}));
}

void DesktopNotice::onAction(uint id, const QString& action) {
    if (id == m_shown && action == defaultAction) Q_EMIT clicked();
}

void DesktopNotice::onClosed(uint id, uint) {
    if (id == m_shown) m_shown = 0;
}

}  // namespace nova::shell
