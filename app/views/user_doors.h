// The other ways by which a user meets Nova, beside the calls of door.h: a socket, uploads, pictures by their address.
// Abstract, so that tests bring their own. Thread: the window's; nothing blocks.
#pragma once

#include <QObject>
#include <memory>

#include "app/engine/actions/socket_caller.h"
#include "app/engine/actions/upload_caller.h"
#include "app/views/door.h"

namespace nova::views {

class SocketDoor : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    virtual void open(const QString& token) = 0;  // connects anew by itself until close()
    virtual void close() = 0;
    virtual bool markRead(const QString& messageId) = 0;  // false: not open, nothing was sent
Q_SIGNALS:
    void opened();
    void closed(const QString& why);
    void message(const nova::engine::SocketMessage& message);
    void read(const nova::engine::SocketRead& read);
    void notification(const nova::engine::SocketNotification& notification);
};

class UploadDoor : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    virtual void upload(const engine::UploadFile& file, const QString& postId, const QString& token) = 0;
Q_SIGNALS:
    void uploaded(const nova::engine::UploadReply& reply);
};

class PictureDoor : public QObject {
    Q_OBJECT
public:
    static constexpr qint64 largest = 10'000'000;  // bytes; what is larger is not shown
    using QObject::QObject;
    virtual void fetch(const QString& url) = 0;
Q_SIGNALS:
    void fetched(const QString& url, const QByteArray& bytes);  // empty: there is none to be had
};

// Of one user. `calls` null: no Nova; another one null: this Nova has no such door.
struct Doors {
    std::unique_ptr<Door> calls;
    std::unique_ptr<SocketDoor> socket;
    std::unique_ptr<UploadDoor> uploads;
    std::unique_ptr<PictureDoor> pictures;
};

// The real ones of a run file's addresses; an empty address: no such door. `kafka`: bootstrap for the spans.
Doors openDoors(const QString& graphql, const QString& upload, const QString& websocket, const QString& kafka);

}  // namespace nova::views
