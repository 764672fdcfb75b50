#include "kit/outbox/outbox.h"

#include <mutex>

#include "contract/topics.h"
#include "kit/outbox/direct.h"
#include "kit/outbox/envelope.h"
#include "kit/outbox/relay.h"
#include "kit/outbox/shards.h"
#include "kit/outbox/spans.h"
#include "kit/runtime/config.h"
#include "kit/runtime/failpoint.h"
#include "kit/runtime/log.h"
#include "kit/runtime/metrics.h"

namespace nova::kit {
namespace {

// Outlives the Outbox in the metrics' callback.
struct DepthProbe {
    std::mutex mutex;
    PostgresPool* pool = nullptr;  // guarded by mutex; null once the Outbox is gone
    Gauge* depth = nullptr;
    Gauge* oldest = nullptr;

    // While another scrape waits for a database that hangs, this one tells of the rest.
    void collect() {
        const std::unique_lock lock(mutex, std::try_to_lock);
        if (!lock || !pool) return;
        static_cast<void>(pool->transact(nullptr, [this](Transaction& t) {
            const auto row = t.exec(
                "SELECT count(*), coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0) FROM outbox")[0];
            depth->set(row[0].as<double>());
            oldest->set(row[1].as<double>());
        }));
    }
};

void passFailpoint() {
    if (failpoint("after_commit_before_ack")) throw std::runtime_error("failpoint after_commit_before_ack");
}

}  // namespace

struct Outbox::Impl {
    std::string service;
    PostgresPool& pool;
    std::shared_ptr<DepthProbe> probe = std::make_shared<DepthProbe>();
    std::unique_ptr<outbox::Relay> relay;
    std::unique_ptr<outbox::DirectPublisher> direct;  // with publish = direct, and then alone
    envelope::OlderForms olderForms;                  // of direct

    Impl(std::string name, PostgresPool& database) : service(std::move(name)), pool(database) {}
    Counter* directFailures = nullptr;

    void insert(Transaction& t, const OutEvent& event, const std::string& id, int shard) const {
        t.exec(
            "INSERT INTO outbox (event_id, shard, topic, part_key, agg_type, agg_id, agg_version, headers, payload)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            id, shard, event.topic, event.key, event.aggType, event.aggId, event.version,
            envelope::toJson(event, service, trace::current()), pqxx::binarystring(event.payload));
    }

    void sendNow(const OutEvent& event, const std::string& id) const {
        const trace::Context parent = trace::current();
        const trace::Context own = parent.valid() ? parent.child() : trace::Context{};
        kafka::OutRecord record{event.topic, event.key, event.payload, {}, -1};
        record.headers =
            envelope::headers(envelope::fromJson(envelope::toJson(event, service, {})), id, event.version, own);
        kafka::Delivery delivery;
        for (const auto& form : envelope::records(record, olderForms)) {
            delivery = direct->send(form);
            if (!delivery.ok) break;
        }
        outbox::recordPublish(own, parent, record, id, delivery);
        if (delivery.ok) return;
        directFailures->add();
        logError("outbox", "event {} of {} is written but was not published: {}", id, event.topic, delivery.error);
        throw std::runtime_error("event " + id + " was not published: " + delivery.error);
    }
};

Outbox::Outbox(const ServiceConfig& config, PostgresPool& pool, Metrics& metrics)
    : m_impl(std::make_unique<Impl>(config.service, pool)) {
    const std::string clientId = config.service + "-" + std::to_string(config.replica);
    if (config.publish == Publish::direct) {
        m_impl->direct = std::make_unique<outbox::DirectPublisher>(config.kafkaBootstrap, clientId);
        m_impl->directFailures = &metrics.counter("nova_direct_lost_total", "Events lost by publish = direct");
        return;
    }
    m_impl->relay = std::make_unique<outbox::Relay>(
        outbox::RelayOptions{config.service, config.kafkaBootstrap, clientId}, pool, metrics);
    m_impl->probe->pool = &pool;
    m_impl->probe->depth =
        &metrics.gauge("nova_outbox_depth", "Committed events that the broker has not confirmed yet");
    m_impl->probe->oldest = &metrics.gauge("nova_outbox_oldest_seconds", "Age of the oldest of them");
    metrics.beforeScrape([probe = m_impl->probe] { probe->collect(); });
}

Outbox::~Outbox() {
    stop();
    const std::lock_guard lock(m_impl->probe->mutex);
    m_impl->probe->pool = nullptr;
}

std::string Outbox::emit(Transaction& t, const OutEvent& event) {
    const std::string id = newUuid();
    trace::annotate(contract::attr::eventId, id);  // so that a reader knows of the event before its relay tells
    trace::annotate(contract::attr::topicName, event.topic);
    if (m_impl->direct) {
        t.afterCommit([this, event, id] {
            passFailpoint();
            m_impl->sendNow(event, id);
        });
        return id;
    }
    const int shard = outbox::shardOf(event.key);
    m_impl->insert(t, event, id, shard);
    t.afterCommit([this, shard] {
        passFailpoint();
        m_impl->relay->wake(shard);
    });
    return id;
}

void Outbox::publishAlsoAs(const std::string& dataSchema, OlderForm form) {
    if (m_impl->relay)
        m_impl->relay->publishAlsoAs(dataSchema, std::move(form));
    else
        m_impl->olderForms.emplace(dataSchema, std::move(form));
}

void Outbox::start() {
    if (m_impl->relay) m_impl->relay->start();
}

void Outbox::stop() {
    if (m_impl->relay) m_impl->relay->stop();
}

}  // namespace nova::kit
