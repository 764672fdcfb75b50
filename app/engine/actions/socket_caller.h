// A user's socket at the WebSocket door: says hello with the token, hears messages, read receipts and notifications,
// tells that a message was read. Connects anew by itself after a loss (each 250 ms, at most 20 s between two tries) and
// then asks for what it missed; a message is told once, however often it comes (of the latest 4,096). Thread: one with
// an event loop; no call blocks.
#pragma once

#include <QDateTime>
#include <QObject>
#include <QString>
#include <memory>

namespace nova::engine {

struct SocketMessage {
    QString id, conversationId, from, text, traceId;  // from: a user's id; traceId: of the sendMessage, may be empty
    QDateTime sentAt;                                 // UTC
    qint64 heardUs = 0;                               // Unix µs, when the frame arrived here
};
struct SocketRead {
    QString messageId, traceId;
    QDateTime at;
    qint64 heardUs = 0;
};
struct SocketNotification {
    QString id, kind, actor, postId, text, traceId;  // actor: a user's id
    qint64 heardUs = 0;
};

class SocketCaller : public QObject {
    Q_OBJECT
public:
    explicit SocketCaller(QObject* parent = nullptr);
    ~SocketCaller() override;
    // `url`: ws://host:port/ws of the run file. A former connection is left.
    void open(const QString& url, const QString& token);
    void close();  // for good; closed() does not follow
    [[nodiscard]] bool isOpen() const;
    // Sent at once when open, else nothing happens and false is returned.
    bool markRead(const QString& messageId);

Q_SIGNALS:
    void opened();  // connected, the token is said; again after each reconnect
    void closed(const QString& why);
    void message(const nova::engine::SocketMessage& message);
    void read(const nova::engine::SocketRead& read);
    void notification(const nova::engine::SocketNotification& notification);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::engine

Q_DECLARE_METATYPE(nova::engine::SocketMessage)
Q_DECLARE_METATYPE(nova::engine::SocketRead)
Q_DECLARE_METATYPE(nova::engine::SocketNotification)
