#include "app/engine/actions/span_observer.h"

#include <QDateTime>
#include <atomic>

#include "app/engine/actions/action_store.h"
#include "app/engine/traffic/topic_tail.h"
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
    std::unique_ptr<TopicTail> tail;
};

SpanObserver::SpanObserver(ActionStore& store, QObject* parent)
    : QObject(parent), m_impl(std::make_unique<Impl>(store)) {}

SpanObserver::~SpanObserver() {
    stop();
}

void SpanObserver::start(const ReadSession& cluster, int backSeconds) {
    stop();
    m_impl->undecodable = 0;
    TailChoice choice;
    choice.topics = {std::string(contract::topic::spans)};
    if (backSeconds > 0)
        choice.from = {Place::Kind::time, QDateTime::currentMSecsSinceEpoch() - qint64{backSeconds} * 1'000};
    TailCalls calls;
    calls.record = [this](const rd_kafka_message_t& message) { m_impl->take(message); };
    calls.connection = [this](bool up, const std::string& why) {
        QMetaObject::invokeMethod(this, [this, up, why = QString::fromStdString(why)] {
            if (up)
                Q_EMIT connected();
            else
                Q_EMIT disconnected(why);
        });
    };
    m_impl->tail = std::make_unique<TopicTail>(cluster, std::move(choice), std::move(calls), "spans");
}

void SpanObserver::stop() {
    m_impl->tail.reset();
}

quint64 SpanObserver::undecodable() const {
    return m_impl->undecodable;
}

}  // namespace nova::engine
