// A user's way to Nova: calls go to the gateway's GraphQL door from a thread of their own, answers come back as signals
// on the thread of the receiver. One call at a time per door, in order; at most 64 wait, further calls are answered at
// once with an error.
#pragma once

#include <QJsonObject>
#include <QObject>
#include <QString>
#include <memory>

namespace nova::views {

struct Call {
    quint64 id = 0;
    QString operation;  // the GraphQL root field, e.g. "createPost"
    QString query;
    QJsonObject variables;
    QString token;       // empty: not signed in
    QString handle;      // who acts, for the span
    bool traced = true;  // false: a background refresh; sent with trace flag 00
};

struct Answer {
    quint64 id = 0;
    QString operation;
    QString traceId;   // 32 hex digits, of the trace this call began
    double ms = 0;     // send to answer, as the caller measured it
    QJsonObject data;  // GraphQL `data`; empty when `error` is set
    QString error;     // one sentence for a person
    QString code;      // GraphQL extensions.code, or "UNREACHABLE"
    [[nodiscard]] bool ok() const { return error.isEmpty(); }
};

class Door : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    virtual void send(const Call& call) = 0;  // any thread that owns the door; returns at once
Q_SIGNALS:
    void answered(const nova::views::Answer& answer);
};

// The real gateway. Client spans (service "console") go to topic otlp_spans by the exporter of the kit.
class GatewayDoor final : public Door {
    Q_OBJECT
public:
    // `url`: http://host:port/graphql; `kafka`: bootstrap for the spans, empty: none are sent.
    GatewayDoor(const QString& url, const QString& kafka, QObject* parent = nullptr);
    ~GatewayDoor() override;  // at once: the call in hand ends elsewhere (its timeout is 5 s), the rest is dropped
    void send(const Call& call) override;

private:
    struct Worker;
    class Leavers;
    std::unique_ptr<Worker> m_worker;
};

}  // namespace nova::views

Q_DECLARE_METATYPE(nova::views::Answer)
