#include "kit/trace/exporter.h"

#include <atomic>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "contract/topics.h"
#include "kit/kafka/topic_handle.h"
#include "kit/runtime/log.h"
#include "kit/runtime/metrics.h"

namespace nova::kit::trace {
namespace {

constexpr std::size_t queueBound = 10'000;       // spans waiting here and in the producer together
constexpr std::chrono::milliseconds gather{20};  // spans of a trace that end within this time share a record
constexpr std::chrono::milliseconds lastFlush{1'000};

using Refusal = std::unique_ptr<rd_kafka_error_t, kafka::Deleter<rd_kafka_error_destroy>>;

}  // namespace

struct Exporter::Impl {
    Impl(const std::string& bootstrap, std::string serviceName, std::string instanceName, Metrics* metrics)
        : service(std::move(serviceName)), instance(std::move(instanceName)) {
        if (metrics)
            dropped = &metrics->counter("nova_spans_dropped_total", "Spans dropped: queue full or broker away");
        makeProducer(bootstrap);
        thread = std::thread([this] { run(); });
    }
    ~Impl() {
        flush(lastFlush);
        {
            const std::lock_guard lock(mutex);
            over = true;
        }
        wake.notify_all();
        thread.join();
        if (producer) rd_kafka_purge(producer.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
    }
    Impl(const Impl&) = delete;
    Impl& operator=(const Impl&) = delete;

    void makeProducer(const std::string& bootstrap) {
        kafka::Settings settings = kafka::commonSettings(bootstrap, service + "-spans");
        settings["enable.idempotence"] = "false";
        settings["acks"] = "1";
        settings["linger.ms"] = "20";
        settings["message.timeout.ms"] = "5000";
        settings["queue.buffering.max.messages"] = std::to_string(queueBound);
        settings["partitioner"] = "murmur2_random";
        kafka::Conf conf{rd_kafka_conf_new()};
        rd_kafka_conf_set_opaque(conf.get(), this);
        rd_kafka_conf_set_dr_msg_cb(conf.get(), &Impl::onDelivery);
        rd_kafka_conf_set_error_cb(conf.get(), [](rd_kafka_t*, int, const char*, void*) {});
        rd_kafka_conf_set_log_cb(conf.get(), nullptr);
        auto made = kafka::makeHandle(RD_KAFKA_PRODUCER, settings, std::move(conf));
        if (made) {
            producer = std::move(made.value());
            // Known from the start, so that the first span does not wait for the topic's metadata.
            topicHandle.reset(rd_kafka_topic_new(producer.get(), std::string(contract::topic::spans).c_str(), nullptr));
        } else {
            logError("trace", "no spans will be exported: {}", made.error().what);
        }
    }

    static void onDelivery(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
        auto* self = static_cast<Impl*>(opaque);
        const auto spans = reinterpret_cast<std::uintptr_t>(message->_private);
        self->settled(spans, message->err != RD_KAFKA_RESP_ERR_NO_ERROR);
    }

    void settled(std::size_t spans, bool lost) {
        if (lost && dropped) dropped->add(static_cast<double>(spans));
        const std::lock_guard lock(mutex);
        inFlight -= spans;
        if (inFlight == 0 && pending.empty()) idle.notify_all();
    }

    void push(SpanData&& span) {
        {
            const std::lock_guard lock(mutex);
            if (producer && pending.size() + inFlight < queueBound) {
                pending.push_back(std::move(span));
                if (pending.size() > 1) return;
                wake.notify_one();
                return;
            }
        }
        if (dropped) dropped->add(1);
    }

    void run() {
        std::unique_lock lock(mutex);
        while (!over) {
            // The producer's delivery reports are served here too, hence the short waits while anything is on its way.
            const auto ready = [this] { return over || !pending.empty(); };
            if (inFlight > 0) {
                wake.wait_for(lock, gather, ready);
            } else {
                wake.wait(lock, ready);
            }
            if (!pending.empty() && !over && !hurry) wake.wait_for(lock, gather, [this] { return over || hurry; });
            std::vector<SpanData> batch;
            batch.swap(pending);
            inFlight += batch.size();
            lock.unlock();
            send(std::move(batch));
            if (producer) rd_kafka_poll(producer.get(), 0);
            lock.lock();
        }
    }

    void send(std::vector<SpanData>&& batch) {
        std::map<std::array<std::uint8_t, 16>, std::vector<SpanData>> byTrace;
        for (SpanData& span : batch) byTrace[span.context.traceId].push_back(std::move(span));
        for (const auto& [id, spans] : byTrace) {
            const std::string key = spans.front().context.traceIdHex();
            const std::string value = encodeOtlp(service, instance, spans);
            const auto error = produce(key, value, spans.size());
            if (error != RD_KAFKA_RESP_ERR_NO_ERROR) settled(spans.size(), true);
        }
    }

    rd_kafka_resp_err_t produce(const std::string& key, const std::string& value, std::size_t spans) const {
        static const std::string topic(contract::topic::spans);
        rd_kafka_vu_t parts[5]{};
        parts[0].vtype = RD_KAFKA_VTYPE_TOPIC;
        parts[0].u.cstr = topic.c_str();
        parts[1].vtype = RD_KAFKA_VTYPE_KEY;
        parts[1].u.mem = {const_cast<char*>(key.data()), key.size()};
        parts[2].vtype = RD_KAFKA_VTYPE_VALUE;
        parts[2].u.mem = {const_cast<char*>(value.data()), value.size()};
        parts[3].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
        parts[3].u.i = RD_KAFKA_MSG_F_COPY;
        parts[4].vtype = RD_KAFKA_VTYPE_OPAQUE;
        parts[4].u.ptr = reinterpret_cast<void*>(static_cast<std::uintptr_t>(spans));
        const Refusal error{rd_kafka_produceva(producer.get(), parts, std::size(parts))};
        return rd_kafka_error_code(error.get());
    }

    void flush(std::chrono::milliseconds limit) {
        if (!producer) return;
        const auto until = std::chrono::steady_clock::now() + limit;
        {
            const std::lock_guard lock(mutex);
            hurry = true;
            wake.notify_all();
        }
        std::unique_lock lock(mutex);
        idle.wait_until(lock, until, [this] { return pending.empty() && inFlight == 0; });
        hurry = false;
    }

    const std::string service;
    const std::string instance;
    Counter* dropped = nullptr;
    kafka::Handle producer;
    kafka::Topic topicHandle;
    std::mutex mutex;
    std::condition_variable wake;
    std::condition_variable idle;
    std::vector<SpanData> pending;
    std::size_t inFlight = 0;
    bool over = false;
    bool hurry = false;
    std::thread thread;
};

Exporter::Exporter(const std::string& bootstrap, std::string service, std::string instance, Metrics* metrics)
    : m_impl(std::make_unique<Impl>(bootstrap, std::move(service), std::move(instance), metrics)) {}
Exporter::~Exporter() = default;

void Exporter::push(SpanData&& span) {
    m_impl->push(std::move(span));
}
void Exporter::flush(std::chrono::milliseconds limit) {
    m_impl->flush(limit);
}

std::string Exporter::askBroker(std::chrono::milliseconds limit) {
    if (!m_impl->producer) return "no producer";
    const rd_kafka_metadata_t* metadata = nullptr;
    const auto error =
        rd_kafka_metadata(m_impl->producer.get(), 0, nullptr, &metadata, static_cast<int>(limit.count()));
    if (metadata) rd_kafka_metadata_destroy(metadata);
    return error == RD_KAFKA_RESP_ERR_NO_ERROR ? "" : rd_kafka_err2str(error);
}

}  // namespace nova::kit::trace
