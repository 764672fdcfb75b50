#include "app/engine/actions/socket_caller.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QTimer>
#include <QUrl>
#include <QWebSocket>
#include <algorithm>
#include <map>

#include "kit/runtime/ids.h"
#include "kit/trace/span.h"

namespace nova::engine {
namespace {

constexpr int firstPauseMs = 250, longestPauseMs = 20'000;
constexpr std::size_t mostHeard = 4'096;

qint64 nowUs() {
    return std::chrono::duration_cast<std::chrono::microseconds>(kit::wallNow().time_since_epoch()).count();
}

QString traceIdOf(const QJsonObject& frame) {
    const auto context = kit::trace::Context::parse(frame.value(u"traceparent").toString().toStdString());
    return context ? QString::fromStdString(context->traceIdHex()) : QString();
}

QDateTime timeOf(const QJsonValue& value) {
    return QDateTime::fromString(value.toString(), Qt::ISODateWithMs).toUTC();
}

}  // namespace

struct SocketCaller::Impl {
    explicit Impl(SocketCaller* owner) : self(owner) {
        again.setSingleShot(true);
        QObject::connect(&again, &QTimer::timeout, self, [this] { connectNow(); });
        QObject::connect(&socket, &QWebSocket::connected, self, [this] { greet(); });
        QObject::connect(&socket, &QWebSocket::textMessageReceived, self, [this](const QString& text) { hear(text); });
        QObject::connect(&socket, &QWebSocket::disconnected, self, [this] { lost(); });
    }

    void connectNow() { socket.open(QUrl(url)); }

    // In the frame, not in the header: only the frame says from which message on the door has to catch up.
    void greet() {
        pauseMs = firstPauseMs;
        QJsonObject hello{{QStringLiteral("type"), QStringLiteral("hello")}, {QStringLiteral("token"), token}};
        if (const auto last = lastWithoutGap(); !last.isEmpty()) hello.insert(QStringLiteral("after"), last);
        send(hello);
        up = true;
        Q_EMIT self->opened();
    }

    void lost() {
        const bool was = std::exchange(up, false);
        if (!wanted) return;
        if (was || socket.error() != QAbstractSocket::UnknownSocketError)
            Q_EMIT self->closed(socket.closeReason().isEmpty() ? socket.errorString() : socket.closeReason());
        again.start(pauseMs);
        pauseMs = std::min(pauseMs * 2, longestPauseMs);
    }

    void send(const QJsonObject& frame) {
        socket.sendTextMessage(QString::fromUtf8(QJsonDocument(frame).toJson(QJsonDocument::Compact)));
    }

    // Conversations reach a socket side by side: one may run ahead of what another still owes. So the door is asked for
    // what follows the last message before the first gap, and what was heard already is heard once.
    QString lastWithoutGap() const {
        QString last;
        qint64 next = heard.empty() ? 0 : heard.begin()->first;
        for (auto it = heard.begin(); it != heard.end() && it->first == next; ++it, ++next) last = it->second;
        return last;
    }
    bool isNews(qint64 inboxSeq, const QString& id) {
        if (inboxSeq <= 0) return true;  // a door that does not number them
        const bool news = heard.emplace(inboxSeq, id).second;
        if (heard.size() > mostHeard) heard.erase(heard.begin());
        return news;
    }

    void hear(const QString& text) {
        const auto heardUs = nowUs();
        const auto frame = QJsonDocument::fromJson(text.toUtf8()).object();
        const auto type = frame.value(u"type").toString();
        const auto of = [&](QStringView name) { return frame.value(name).toString(); };
        if (type == QLatin1String("message")) {
            if (!isNews(frame.value(u"inbox_seq").toInteger(), of(u"id"))) return;
            Q_EMIT self->message({of(u"id"), of(u"conversation_id"), of(u"from"), of(u"text"), traceIdOf(frame),
                                  timeOf(frame.value(u"sent_at")), heardUs});
        } else if (type == QLatin1String("read")) {
            Q_EMIT self->read({of(u"message_id"), traceIdOf(frame), timeOf(frame.value(u"at")), heardUs});
        } else if (type == QLatin1String("notification")) {
            Q_EMIT self->notification(
                {of(u"id"), of(u"kind"), of(u"actor"), of(u"post_id"), of(u"text"), traceIdOf(frame), heardUs});
        }
    }

    SocketCaller* const self;
    QWebSocket socket;
    QTimer again;
    QString url, token;
    std::map<qint64, QString> heard;  // the latest messages by their number in the inbox
    int pauseMs = firstPauseMs;
    bool wanted = false, up = false;
};

SocketCaller::SocketCaller(QObject* parent) : QObject(parent), m_impl(std::make_unique<Impl>(this)) {
    qRegisterMetaType<SocketMessage>();
    qRegisterMetaType<SocketRead>();
    qRegisterMetaType<SocketNotification>();
}

SocketCaller::~SocketCaller() {
    close();
}

void SocketCaller::open(const QString& url, const QString& token) {
    close();
    m_impl->url = url;
    m_impl->token = token;
    m_impl->heard.clear();
    m_impl->pauseMs = firstPauseMs;
    m_impl->wanted = true;
    m_impl->connectNow();
}

void SocketCaller::close() {
    m_impl->wanted = m_impl->up = false;
    m_impl->again.stop();
    m_impl->socket.abort();
}

bool SocketCaller::isOpen() const {
    return m_impl->up;
}

bool SocketCaller::markRead(const QString& messageId) {
    if (!m_impl->up) return false;
    m_impl->send({{QStringLiteral("type"), QStringLiteral("read")}, {QStringLiteral("message_id"), messageId}});
    return true;
}

}  // namespace nova::engine
