// A user before the gateway: GraphQL over HTTP with a client span of its own, so that each action is also timed where
// its user sits. Blocks. Thread: one; installs the process's span sink while it lives, so there is one at a time.
#pragma once

#include <QJsonObject>
#include <QString>
#include <memory>

#include "app/engine/cluster/write_session.h"
#include "kit/runtime/error.h"

namespace nova::kit::trace {
struct SpanData;
}

namespace nova::engine {

struct GatewayReply {
    QJsonObject data;
    QString traceId;
};

class GatewayCaller {
public:
    // `url`: of the gateway's /graphql.
    GatewayCaller(const QString& url, const WriteSession& spans);
    ~GatewayCaller();
    GatewayCaller(const GatewayCaller&) = delete;
    GatewayCaller& operator=(const GatewayCaller&) = delete;

    // "sync": Nova-Mode of all calls from now on (contract §6); empty: as the services are configured.
    void setMode(const QString& mode);

    // A measured user action. Errors: transient (gateway away), permanent (the answer has errors; text and code are in
    // it).
    kit::Result<GatewayReply> act(const QString& query, const QJsonObject& variables, const QString& token = {},
                                  const QString& idempotencyKey = {});
    // The same, left out of the trace: for looking again and again.
    kit::Result<GatewayReply> look(const QString& query, const QJsonObject& variables, const QString& token = {});
    // A client span made elsewhere (UploadCaller), sent with those of this one.
    void send(kit::trace::SpanData&& span);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::engine
