#include "app/engine/actions/upload_caller.h"

#include <QElapsedTimer>
#include <QHttpMultiPart>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QNetworkAccessManager>
#include <QNetworkProxy>
#include <QNetworkReply>

#include "contract/topics.h"
#include "kit/trace/span.h"

namespace nova::engine {
namespace {

using kit::trace::Context;
constexpr int limitMs = 60'000;

QByteArray quoted(QString text) {
    text.replace(QLatin1Char('\\'), QLatin1String("\\\\")).replace(QLatin1Char('"'), QLatin1String("\\\""));
    text.remove(QLatin1Char('\r')).remove(QLatin1Char('\n'));
    return '"' + text.toUtf8() + '"';
}

QHttpPart part(const QByteArray& disposition, const QByteArray& type, const QByteArray& body) {
    QHttpPart part;
    part.setHeader(QNetworkRequest::ContentDispositionHeader, QByteArray("form-data; " + disposition));
    if (!type.isEmpty()) part.setHeader(QNetworkRequest::ContentTypeHeader, type);
    part.setBody(body);
    return part;
}

// The post comes first, so that the door knows it before the bytes arrive.
QHttpMultiPart* formOf(const UploadFile& file, const QString& postId) {
    auto* form = new QHttpMultiPart(QHttpMultiPart::FormDataType);
    if (!postId.isEmpty()) form->append(part("name=\"post_id\"", {}, postId.toUtf8()));
    form->append(part("name=\"file\"; filename=" + quoted(file.name), file.contentType.toUtf8(), file.bytes));
    return form;
}

void readErrors(const QJsonObject& body, int status, UploadReply& reply) {
    const auto first = body.value(u"errors").toArray().first().toObject();
    reply.error = first.value(u"message").toString();
    reply.code = first.value(u"extensions").toObject().value(u"code").toString();
    if (reply.code.isEmpty()) reply.code = QStringLiteral("HTTP %1").arg(status);
    if (reply.error.isEmpty()) reply.error = UploadCaller::tr("The upload was answered with HTTP %1.").arg(status);
}

void readBody(QNetworkReply& answer, UploadReply& reply) {
    const int status = answer.attribute(QNetworkRequest::HttpStatusCodeAttribute).toInt();
    if (status == 0) {
        reply.error = answer.errorString();
        reply.code = QStringLiteral("UNREACHABLE");
        return;
    }
    const auto body = QJsonDocument::fromJson(answer.readAll()).object();
    if (status != 200) return readErrors(body, status, reply);
    reply.mediaId = body.value(u"media_id").toString();
    reply.url = body.value(u"url").toString();
    reply.uploadId = body.value(u"upload_id").toString();
}

}  // namespace

struct UploadCaller::Impl {
    kit::trace::SpanData spanOf(const Context& context, kit::WallTime start, std::chrono::nanoseconds took,
                                const UploadReply& reply) const {
        kit::trace::SpanData span;
        span.context = context;
        span.name = "POST /upload";
        span.kind = kit::trace::SpanKind::client;
        span.start = start;
        span.duration = took;
        span.failed = !reply.ok();
        span.error = reply.error.toStdString();
        span.text = {{std::string(contract::attr::kind), "http"}, {std::string(contract::attr::action), "upload"}};
        return span;
    }

    QNetworkAccessManager network;
    QUrl url;
    SpanSink sink;
};

UploadCaller::UploadCaller(const QString& url, SpanSink sink, QObject* parent)
    : QObject(parent), m_impl(std::make_unique<Impl>()) {
    m_impl->url = QUrl(url);
    m_impl->sink = std::move(sink);
    m_impl->network.setProxy(QNetworkProxy::NoProxy);
}

UploadCaller::~UploadCaller() = default;

QString UploadCaller::upload(const UploadFile& file, const QString& postId, const QString& token, const QString& mode) {
    const auto context = Context::fresh(bool(m_impl->sink));
    QNetworkRequest request(m_impl->url);
    request.setAttribute(QNetworkRequest::Http2AllowedAttribute, false);
    request.setTransferTimeout(limitMs);
    request.setRawHeader("traceparent", QByteArray::fromStdString(context.traceparent()));
    if (!token.isEmpty()) request.setRawHeader("authorization", QByteArray("Bearer " + token.toUtf8()));
    if (!mode.isEmpty()) request.setRawHeader("nova-mode", mode.toUtf8());
    const auto start = kit::wallNow();
    const auto begin = std::chrono::steady_clock::now();
    auto* form = formOf(file, postId);
    auto* answer = m_impl->network.post(request, form);
    form->setParent(answer);
    const QString traceId = QString::fromStdString(context.traceIdHex());
    connect(answer, &QNetworkReply::finished, this, [=, this] {
        const auto took = std::chrono::steady_clock::now() - begin;
        UploadReply reply;
        reply.traceId = traceId;
        reply.ms = std::chrono::duration<double, std::milli>(took).count();
        readBody(*answer, reply);
        answer->deleteLater();
        if (m_impl->sink) m_impl->sink(m_impl->spanOf(context, start, took, reply));
        Q_EMIT uploaded(reply);
    });
    return traceId;
}

}  // namespace nova::engine
