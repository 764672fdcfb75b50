#include "app/views/user_doors.h"

#include <QNetworkAccessManager>
#include <QNetworkReply>

#include "kit/trace/exporter.h"

namespace nova::views {

namespace {

class LiveSocket final : public SocketDoor {
public:
    explicit LiveSocket(const QString& url) : m_url(url) {
        using engine::SocketCaller;
        connect(&m_caller, &SocketCaller::opened, this, &SocketDoor::opened);
        connect(&m_caller, &SocketCaller::closed, this, &SocketDoor::closed);
        connect(&m_caller, &SocketCaller::message, this, &SocketDoor::message);
        connect(&m_caller, &SocketCaller::read, this, &SocketDoor::read);
        connect(&m_caller, &SocketCaller::notification, this, &SocketDoor::notification);
    }
    void open(const QString& token) override { m_caller.open(m_url, token); }
    void close() override { m_caller.close(); }
    bool markRead(const QString& messageId) override { return m_caller.markRead(messageId); }

private:
    QString m_url;
    engine::SocketCaller m_caller;
};

class LiveUploads final : public UploadDoor {
public:
    LiveUploads(const QString& url, const QString& kafka)
        : m_exporter(std::make_unique<kit::trace::Exporter>(kafka.toStdString(), "console", "console/0", nullptr)),
          m_caller(url, [this](kit::trace::SpanData&& span) { m_exporter->push(std::move(span)); }) {
        connect(&m_caller, &engine::UploadCaller::uploaded, this, &UploadDoor::uploaded);
    }
    void upload(const engine::UploadFile& file, const QString& postId, const QString& token) override {
        m_caller.upload(file, postId, token);
    }

private:
    std::unique_ptr<kit::trace::Exporter> m_exporter;
    engine::UploadCaller m_caller;
};

class LivePictures final : public PictureDoor {
public:
    void fetch(const QString& url) override {
        QNetworkRequest request{QUrl(url)};
        request.setTransferTimeout(5'000);
        auto* reply = m_network.get(request);
        connect(reply, &QNetworkReply::downloadProgress, reply, [reply](qint64 received, qint64) {
            if (received > largest) reply->abort();
        });
        connect(reply, &QNetworkReply::finished, this, [this, reply, url] {
            reply->deleteLater();
            Q_EMIT fetched(url, reply->error() == QNetworkReply::NoError ? reply->readAll() : QByteArray());
        });
    }

private:
    QNetworkAccessManager m_network;
};

}  // namespace

Doors openDoors(const QString& graphql, const QString& upload, const QString& websocket, const QString& kafka) {
    Doors doors;
    doors.calls = std::make_unique<GatewayDoor>(graphql, kafka);
    if (!websocket.isEmpty()) doors.socket = std::make_unique<LiveSocket>(websocket);
    if (!upload.isEmpty() && !kafka.isEmpty()) doors.uploads = std::make_unique<LiveUploads>(upload, kafka);
    doors.pictures = std::make_unique<LivePictures>();
    return doors;
}

}  // namespace nova::views
