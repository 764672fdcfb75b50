#include "app/engine/actions/span_observer.h"

#include <QString>

#include "app/engine/actions/action_store.h"
#include "app/engine/cluster/tail.h"
#include "contract/topics.h"

namespace nova::engine {

struct SpanObserver::Impl {
    ActionStore& store;
    std::vector<SpanRecord> pending;   // of the worker
    std::unique_ptr<Tail> tail;
};

SpanObserver::SpanObserver(ActionStore& store, QObject* parent) : QObject(parent), m_impl(std::make_unique<Impl>(store)) {}
SpanObserver::~SpanObserver() { stop(); }

void SpanObserver::start(const QString& bootstrap, int backSeconds) {
    stop();
    TailOptions options;
    options.purpose = "spans";
    options.backSeconds = backSeconds;
    options.wanted = [](const std::string& topic) { return topic == contract::topic::spans; };
    options.record = [this](const rd_kafka_message_t& message) {
        auto spans = decodeSpans({static_cast<const char*>(message.payload), message.len});
        if (spans) m_impl->pending.insert(m_impl->pending.end(), std::make_move_iterator(spans->begin()), std::make_move_iterator(spans->end()));
    };
    options.idle = [this] {
        if (m_impl->pending.empty()) return;
        m_impl->store.feedSpans(std::move(m_impl->pending));
        m_impl->pending.clear();
    };
    m_impl->tail = std::make_unique<Tail>(ReadSession(bootstrap.toStdString()), std::move(options));
}

void SpanObserver::stop() { m_impl->tail.reset(); }

}  // namespace nova::engine
