#include "app/engine/actions/span_observer.h"

#include <atomic>

#include "app/engine/actions/action_store.h"
#include "app/engine/cluster/tail.h"
#include "contract/topics.h"

namespace nova::engine {

struct SpanObserver::Impl {
    explicit Impl(ActionStore& into) : store(into) {}

    void take(const rd_kafka_message_t& message) {
        auto spans = decodeSpans({static_cast<const char*>(message.payload), message.len});
        if (spans)
            store.feedSpans(std::move(*spans), rd_kafka_message_timestamp(&message, nullptr));
        else
            ++undecodable;
    }

    ActionStore& store;
    std::atomic<quint64> undecodable{0};
    std::unique_ptr<Tail> tail;
};

SpanObserver::SpanObserver(ActionStore& store, QObject* parent)
    : QObject(parent), m_impl(std::make_unique<Impl>(store)) {}

SpanObserver::~SpanObserver() {
    stop();
}

void SpanObserver::start(const ReadSession& cluster, int backSeconds) {
    stop();
    m_impl->undecodable = 0;
    TailOptions options;
    options.purpose = "spans";
    options.wanted = [](const std::string& topic) { return topic == contract::topic::spans; };
    options.backSeconds = backSeconds;
    options.record = [this](const rd_kafka_message_t& message) { m_impl->take(message); };
    options.connection = [this](bool up, const std::string& why) {
        QMetaObject::invokeMethod(this, [this, up, why = QString::fromStdString(why)] {
            if (up)
                Q_EMIT connected();
            else
                Q_EMIT disconnected(why);
        });
    };
    m_impl->tail = std::make_unique<Tail>(cluster, std::move(options));
}

void SpanObserver::stop() {
    m_impl->tail.reset();
}

quint64 SpanObserver::undecodable() const {
    return m_impl->undecodable;
}

}  // namespace nova::engine
