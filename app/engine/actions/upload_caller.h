// A user before the upload door: POST /upload as multipart/form-data, with a client span of its own, so that the upload
// is also timed where its user sits. Thread: one with an event loop; no call blocks.
#pragma once

#include <QByteArray>
#include <QObject>
#include <QString>
#include <functional>
#include <memory>

namespace nova::kit::trace {
struct SpanData;
}

namespace nova::engine {

struct UploadFile {
    QString name;         // "harbour.png"
    QString contentType;  // "image/png"; the service judges by the bytes
    QByteArray bytes;
};

struct UploadReply {
    QString mediaId, url, uploadId;
    QString traceId;
    double ms = 0;  // send to answer
    QString error;  // one sentence; empty: uploaded
    QString code;   // of the answer's errors, "UNREACHABLE", or "HTTP 413" …
    [[nodiscard]] bool ok() const { return error.isEmpty(); }
};

class UploadCaller : public QObject {
    Q_OBJECT
public:
    using SpanSink = std::function<void(kit::trace::SpanData&&)>;
    // `url`: http://host:port/upload of the run file. `sink` gets the client spans; empty: none are made.
    explicit UploadCaller(const QString& url, SpanSink sink = {}, QObject* parent = nullptr);
    ~UploadCaller() override;
    // `postId` empty: attached to no post. `mode`: "sync" or "events" for this request, empty: as configured. Returns
    // the trace id that the answer will bear.
    QString upload(const UploadFile& file, const QString& postId, const QString& token, const QString& mode = {});

Q_SIGNALS:
    void uploaded(const nova::engine::UploadReply& reply);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::engine

Q_DECLARE_METATYPE(nova::engine::UploadReply)
