// The tail of otlp_spans into an ActionStore: own handle, own thread, by assignment. Starts `backSeconds` before now,
// so that a window opened late still shows the latest actions. The store must outlive it. Thread: main.
#pragma once

#include <QObject>
#include <memory>

namespace nova::engine {

class ActionStore;
class ReadSession;

class SpanObserver : public QObject {
    Q_OBJECT
public:
    explicit SpanObserver(ActionStore& store, QObject* parent = nullptr);
    ~SpanObserver() override;
    void start(const ReadSession& cluster, int backSeconds = 300);  // stops a former one
    void stop();
    quint64 undecodable() const;  // records that were no OTLP, since start

Q_SIGNALS:
    void disconnected(const QString& why);
    void connected();

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::engine
