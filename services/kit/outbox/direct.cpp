#include "kit/outbox/direct.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "kit/kafka/topics.h"

namespace nova::kit::outbox {
namespace {

struct Waiting {
    kafka::OutRecord record;
    std::optional<kafka::Delivery> delivery;
};

}  // namespace

// Callers queue up; one thread sends all that wait as one batch, so that many callers share a round trip.
struct DirectPublisher::Impl {
    std::string bootstrap, clientId;
    std::mutex mutex;
    std::condition_variable work, done;
    std::deque<Waiting*> queue;  // guarded by mutex; the callers own what is in it
    bool stopping = false;       // guarded by mutex
    std::optional<kafka::Producer> producer;
    std::thread thread{[this] { run(); }};

    Impl(std::string bootstrapServers, std::string client)
        : bootstrap(std::move(bootstrapServers)), clientId(std::move(client)) {}

    void run() {
        static_cast<void>(ready());  // ahead of the first event
        std::unique_lock lock(mutex);
        for (;;) {
            work.wait(lock, [&] { return stopping || !queue.empty(); });
            if (queue.empty()) return;
            std::vector<Waiting*> batch(queue.begin(), queue.end());
            queue.clear();
            lock.unlock();
            auto deliveries = send(batch);
            lock.lock();
            for (std::size_t i = 0; i < batch.size(); ++i) batch[i]->delivery = std::move(deliveries[i]);
            done.notify_all();
        }
    }

    Result<void> ready() {
        if (producer) return outcome::success();
        auto made = kafka::Producer::make(bootstrap, clientId, {{"message.timeout.ms", "5000"}});
        if (!made) return made.error();
        producer.emplace(std::move(made.value()));
        std::vector<std::string> names;
        for (const auto& spec : kafka::eventTopics()) names.push_back(spec.name);
        producer->prepare(names);
        return outcome::success();
    }

    std::vector<kafka::Delivery> send(const std::vector<Waiting*>& batch) {
        if (const auto made = ready(); !made) {
            std::vector<kafka::Delivery> failed(batch.size());
            for (auto& delivery : failed) delivery.error = made.error().what;
            return failed;
        }
        std::vector<kafka::OutRecord> records;
        for (Waiting* const waiting : batch) records.push_back(std::move(waiting->record));
        auto deliveries = producer->sendAll(records);
        if (!deliveries.empty() && deliveries.front().fatal) producer.reset();
        return deliveries;
    }
};

DirectPublisher::DirectPublisher(std::string bootstrap, std::string clientId)
    : m_impl(std::make_unique<Impl>(std::move(bootstrap), std::move(clientId))) {}

DirectPublisher::~DirectPublisher() {
    {
        const std::lock_guard lock(m_impl->mutex);
        m_impl->stopping = true;
    }
    m_impl->work.notify_one();
    m_impl->thread.join();
}

kafka::Delivery DirectPublisher::send(const kafka::OutRecord& record) {
    Waiting waiting{record, {}};
    std::unique_lock lock(m_impl->mutex);
    m_impl->queue.push_back(&waiting);
    m_impl->work.notify_one();
    m_impl->done.wait(lock, [&] { return waiting.delivery.has_value(); });
    return std::move(*waiting.delivery);
}

}  // namespace nova::kit::outbox
