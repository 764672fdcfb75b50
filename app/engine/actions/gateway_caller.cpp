#include "app/engine/actions/gateway_caller.h"

#include <QJsonArray>
#include <QJsonDocument>

#include "contract/topics.h"
#include "kit/http/client.h"
#include "kit/trace/exporter.h"

namespace nova::engine {
namespace {

using kit::trace::Context;

kit::Result<QJsonObject> dataOf(const kit::HttpResponse& response) {
    const auto body = QJsonDocument::fromJson(QByteArray::fromStdString(response.body)).object();
    const auto errors = body.value(u"errors").toArray();
    if (!errors.isEmpty()) {
        const auto first = errors.first().toObject();
        const auto code = first.value(u"extensions").toObject().value(u"code").toString();
        const auto text = code.toStdString() + ": " + first.value(u"message").toString().toStdString();
        return code == QLatin1String("UNAVAILABLE") ? kit::transient(text) : kit::permanent(text);
    }
    if (response.status != 200)
        return kit::permanent("the gateway answered with HTTP status " + std::to_string(response.status));
    return body.value(u"data").toObject();
}

}  // namespace

struct GatewayCaller::Impl {
    Impl(const QString& url, const WriteSession& spans) : http(url.toStdString()), exporter(spans.spanExporter()) {
        kit::trace::install([this](kit::trace::SpanData&& span) { exporter->push(std::move(span)); });
    }
    ~Impl() { kit::trace::install(nullptr); }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    kit::Result<GatewayReply> send(const QString& query, const QJsonObject& variables, const QString& token,
                                   const Context& context, const QString& key = {}) {
        const auto body =
            QJsonDocument(QJsonObject{{QStringLiteral("query"), query}, {QStringLiteral("variables"), variables}})
                .toJson(QJsonDocument::Compact);
        std::vector<std::pair<std::string, std::string>> headers{
            {"content-type", "application/json"}, {std::string(contract::header::traceParent), context.traceparent()}};
        if (!token.isEmpty()) headers.emplace_back("authorization", "Bearer " + token.toStdString());
        if (!mode.isEmpty()) headers.emplace_back(contract::metadata::mode, mode.toStdString());
        if (!key.isEmpty()) headers.emplace_back("idempotency-key", key.toStdString());
        BOOST_OUTCOME_TRY(const auto response, http.send("POST", {}, body.toStdString(), headers));
        BOOST_OUTCOME_TRY(auto data, dataOf(response));
        return GatewayReply{std::move(data), QString::fromStdString(context.traceIdHex())};
    }

    kit::HttpClient http;
    std::unique_ptr<kit::trace::Exporter> exporter;
    QString mode;
};

GatewayCaller::GatewayCaller(const QString& url, const WriteSession& spans)
    : m_impl(std::make_unique<Impl>(url, spans)) {}
GatewayCaller::~GatewayCaller() = default;

void GatewayCaller::setMode(const QString& mode) {
    m_impl->mode = mode;
}

void GatewayCaller::send(kit::trace::SpanData&& span) {
    m_impl->exporter->push(std::move(span));
}

kit::Result<GatewayReply> GatewayCaller::act(const QString& query, const QJsonObject& variables, const QString& token,
                                             const QString& idempotencyKey) {
    kit::trace::Span span("POST /graphql", kit::trace::SpanKind::client, "http", Context::fresh(true));
    auto reply = m_impl->send(query, variables, token, span.context(), idempotencyKey);
    if (!reply) span.fail(reply.error().what);
    return reply;
}

kit::Result<GatewayReply> GatewayCaller::look(const QString& query, const QJsonObject& variables,
                                              const QString& token) {
    return m_impl->send(query, variables, token, Context::fresh(false));
}

}  // namespace nova::engine
