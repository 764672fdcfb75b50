#include "kit/consume/loop.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <deque>
#include <map>
#include <mutex>
#include <optional>
#include <thread>

#include "kit/consume/batch.h"
#include "kit/consume/decode.h"
#include "kit/consume/lag.h"
#include "kit/consume/parking.h"
#include "kit/consume/tallies.h"
#include "kit/kafka/leave_group.h"
#include "kit/kafka/topics.h"
#include "kit/redis/client.h"
#include "kit/runtime/config.h"
#include "kit/runtime/failpoint.h"
#include "kit/runtime/log.h"
#include "kit/runtime/metrics.h"

namespace nova::kit {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
constexpr std::size_t batchLimit = 500;
constexpr int pollMs = 100, topicTimeoutMs = 3'000, askMs = 1'000, leaveMs = 500;
constexpr std::chrono::seconds silentAfter{10}, closeLimit{15};

kafka::Settings consumerSettings(const ServiceConfig& config, const ConsumerLimits& limits,
                                 const std::string& clientId) {
    kafka::Settings settings = kafka::commonSettings(config.kafkaBootstrap, clientId);
    settings.merge(kafka::Settings{{"group.id", config.service},
                                   // A restarted replica gets its partitions back at once; a dynamic member would wait
                                   // out the session of its predecessor, as all would after an outage of the broker.
                                   {"group.instance.id", clientId},
                                   {"enable.auto.commit", "true"},
                                   {"auto.commit.interval.ms", "200"},
                                   {"enable.auto.offset.store", "false"},
                                   {"auto.offset.reset", "earliest"},
                                   {"isolation.level", "read_committed"},
                                   {"partition.assignment.strategy", "range"},
                                   {"session.timeout.ms", std::to_string(limits.session.count())},
                                   {"heartbeat.interval.ms", "1000"},
                                   {"max.poll.interval.ms", std::to_string(limits.pollInterval.count())},
                                   {"check.crcs", "true"},
                                   {"fetch.wait.max.ms", "250"},
                                   {"fetch.min.bytes", "1"},
                                   {"fetch.error.backoff.ms", "50"},
                                   {"queued.min.messages", "2000"},
                                   {"queued.max.messages.kbytes", "16384"}});
    return settings;
}

// close() of librdkafka 2.0.2 can hang after a lost partition. All that matters is stored by then.
class CloseWatchdog {
public:
    explicit CloseWatchdog(std::string group) : m_thread([this, g = std::move(group)] { watch(g); }) {}
    ~CloseWatchdog() {
        {
            const std::lock_guard lock(m_mutex);
            m_closed = true;
        }
        m_changed.notify_one();
        m_thread.join();
    }

private:
    void watch(const std::string& group) {
        std::unique_lock lock(m_mutex);
        if (m_changed.wait_for(lock, closeLimit, [&] { return m_closed; })) return;
        logError("consumer", "{}: the Kafka client did not close within 15 s; leaving", group);
        std::_Exit(0);
    }
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_closed = false;
    std::thread m_thread;
};

}  // namespace

struct ConsumerLoop::Impl {
    ServiceConfig config;
    const ConsumerLimits limits;
    std::vector<std::string> topics;
    std::shared_ptr<RecordHandler> handler;
    std::optional<consume::Claims> claims;
    consume::DeadLetters deadLetters;
    std::unique_ptr<consume::Parking> parking;
    consume::Tallies tallies;
    consume::BatchHost host;
    Metrics& metrics;
    Gauge& progress;
    std::shared_ptr<consume::LagProbe> lag;

    kafka::Handle handle;        // the loop's thread; lag reads its cached watermarks
    std::deque<Record> backlog;  // polled, not yet in a batch
    bool changedHands = false;   // since the batch in hand was taken
    bool lost = false;           // the group went on without us: this handle has to go
    Clock::time_point nextServe{}, nextComplaint{};

    std::thread thread;
    std::mutex mutex;
    std::condition_variable stopped;  // notified by stop()
    std::atomic<bool> stopping{false}, assigned{false}, subscribed{false};
    std::atomic<int> partitions{0};
    std::atomic<Clock::rep> lastPoll{0};

    Impl(const ServiceConfig& c, std::vector<std::string> t, std::shared_ptr<RecordHandler> h, RedisClient* redis,
         Metrics& m, std::unique_ptr<consume::Parking> p, const ConsumerLimits& l)
        : config(c),
          limits(l),
          topics(std::move(t)),
          handler(std::move(h)),
          deadLetters(c.kafkaBootstrap, clientId() + "-dlq"),
          parking(std::move(p)),
          tallies(m),
          metrics(m),
          progress(m.gauge("nova_consumer_progress_timestamp_seconds",
                           "When a record was last finished, or none was waiting")),
          lag(std::make_shared<consume::LagProbe>(m)) {
        if (redis) claims.emplace(*redis, config.service + "/" + std::to_string(config.replica));
        host.group = config.service;
        host.keyTemplate = config.keyTemplate;
        host.sharedKeys = config.legacySharedKeys;
        host.handler = handler.get();
        host.claims = claims ? &*claims : nullptr;
        host.deadLetters = &deadLetters;
        host.parking = parking.get();
        host.premiumFirst = config.premiumFirst;
        host.tallies = &tallies;
        host.pause = [this](milliseconds d) { return pause(d); };
        host.abandoned = [this] { return abandoned(); };
        host.store = [this](const consume::Positions& next) { store(next); };
        m.beforeScrape([probe = lag] { probe->collect(); });
        for (const std::string& topic : topics) tallies.letters(topic);
        progressed();
        if (config.legacySharedKeys && config.keyTemplate.find("{group}") == std::string::npos) {
            logWarn("consumer",
                    "legacy_shared_keys: keys of `{}` are shared by all groups; two consumers silence each other",
                    config.keyTemplate);
        }
    }

    std::string clientId() const { return config.service + "-" + std::to_string(config.replica); }

    void progressed() { progress.set(std::chrono::duration<double>(wallNow().time_since_epoch()).count()); }

    // ---- the thread

    void run() {
        ensureTopics();
        if (stopping || !subscribe()) return;
        while (!stopping) {
            fetch();
            if (!backlog.empty() && !stopping) runBatch();
            if (lost && !stopping) renew();
        }
        if (handle) close();
    }

    // A subscription to a topic that does not exist yet would be noticed only by a later refresh.
    void ensureTopics() {
        std::vector<kafka::TopicSpec> specs;
        for (const std::string& topic : topics) {
            for (auto& spec : kafka::eventTopic(topic)) specs.push_back(std::move(spec));
        }
        std::string said;
        while (!stopping) {
            const auto made = kafka::createTopics(config.kafkaBootstrap, specs, topicTimeoutMs);
            if (made) return;
            if (made.error().what != said) logWarn("consumer", "{}: {}", config.service, said = made.error().what);
            if (!made.error().retryable()) return;
            sleep(milliseconds{50});
        }
    }

    bool subscribe() {
        kafka::Conf conf = kafka::newConf();
        rd_kafka_conf_set_opaque(conf.get(), this);
        rd_kafka_conf_set_rebalance_cb(conf.get(), &Impl::onRebalance);
        rd_kafka_conf_set_offset_commit_cb(conf.get(), &Impl::onCommit);
        auto made = kafka::makeHandle(RD_KAFKA_CONSUMER, consumerSettings(config, limits, clientId()), std::move(conf));
        if (!made) {
            logError("consumer", "{}: {}", config.service, made.error().what);
            return false;
        }
        handle = std::move(made.value());
        rd_kafka_poll_set_consumer(handle.get());
        awaitCoordinator();
        const kafka::PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(topics.size())));
        for (const std::string& topic : topics)
            rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
        if (const auto error = rd_kafka_subscribe(handle.get(), list.get())) {
            logError("consumer", "{}: subscribe: {}", config.service, rd_kafka_err2str(error));
            return false;
        }
        lag->attach(handle.get());
        lastPoll = Clock::now().time_since_epoch().count();  // the first poll is under way
        subscribed = true;
        return true;
    }

    // librdkafka 2.0.2 waits up to 3 s before it asks again to join a group whose coordinator was not there yet, which
    // is so right after the broker's start. A question for offsets is asked again at once.
    void awaitCoordinator() {
        const kafka::PartitionList one(rd_kafka_topic_partition_list_new(1));
        auto* const position = rd_kafka_topic_partition_list_add(one.get(), topics.front().c_str(), 0);
        while (!stopping) {
            if (!rd_kafka_committed(handle.get(), one.get(), askMs) && !position->err) return;
            sleep(milliseconds{20});
        }
    }

    // Waits for a first record, then takes what has been fetched already.
    void fetch() {
        int wait = backlog.empty() ? pollMs : 0;
        while (backlog.size() < batchLimit && poll(wait)) wait = 0;
    }

    // One record or event; false: nothing there.
    bool poll(int timeoutMs) {
        const kafka::Message message(rd_kafka_consumer_poll(handle.get(), timeoutMs));
        lastPoll = Clock::now().time_since_epoch().count();
        if (!message) {
            if (backlog.empty() && timeoutMs > 0) progressed();
            return false;
        }
        if (message->err) {
            onError(*message);
            return true;
        }
        backlog.push_back(consume::decode(message.get()));
        lag->seen({backlog.back().topic, backlog.back().partition}, backlog.back().offset);
        return true;
    }

    void onError(const rd_kafka_message_t& message) const {
        if (message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF) return;
        const char* const text = rd_kafka_message_errstr(&message);
        logWarn("consumer", "{}: {} ({})", config.service, text ? text : "", rd_kafka_err2name(message.err));
        if (message.err != RD_KAFKA_RESP_ERR__FATAL) return;
        logError("consumer", "{}: the Kafka client is of no use any more; leaving to be restarted", config.service);
        std::_Exit(1);
    }

    void runBatch() {
        const auto count = std::min(batchLimit, backlog.size());
        std::vector<Record> records(std::make_move_iterator(backlog.begin()),
                                    std::make_move_iterator(backlog.begin() + static_cast<std::ptrdiff_t>(count)));
        backlog.erase(backlog.begin(), backlog.begin() + static_cast<std::ptrdiff_t>(count));
        changedHands = false;
        consume::Batch(host, std::move(records)).run();
    }

    void store(const consume::Positions& next) {
        const kafka::PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(next.size())));
        for (const auto& [position, offset] : next) {
            rd_kafka_topic_partition_list_add(list.get(), position.first.c_str(), position.second)->offset = offset;
            lag->done(position, offset);
        }
        // A partition that is no longer ours refuses (_STATE): its new owner does the work again.
        static_cast<void>(rd_kafka_offsets_store(handle.get(), list.get()));
        progressed();
        failpoint("after_store_before_commit");
    }

    // ---- while a batch is retried in place

    // Serves rebalances, and without a poll the group would go on without us. What a poll brings besides is kept for
    // the next batch, one record at a time, so that an outage of hours stays small in memory.
    bool abandoned() {
        const auto now = Clock::now();
        if (!stopping && !changedHands && now >= nextServe) {
            nextServe = now + limits.serveEvery;
            if (backlog.size() >= limits.backlog) giveBack();
            poll(0);
        }
        return stopping || changedHands;
    }

    // All that is kept will be read again. librdkafka 2.0.2 does not seek without faults: the same partitions are
    // assigned anew.
    void giveBack() {
        rd_kafka_topic_partition_list_t* raw = nullptr;
        if (rd_kafka_assignment(handle.get(), &raw)) return;
        const kafka::PartitionList list(raw);
        rd_kafka_position(handle.get(), list.get());  // of those without a record here
        std::map<consume::Position, std::int64_t> first;
        for (const Record& record : backlog) first.try_emplace({record.topic, record.partition}, record.offset);
        for (const auto& [position, offset] : first) {
            auto* const entry = rd_kafka_topic_partition_list_find(list.get(), position.first.c_str(), position.second);
            if (entry) entry->offset = offset;
        }
        if (const auto error = rd_kafka_assign(handle.get(), list.get())) {
            logWarn("consumer", "{}: {} records stay in memory: {}", config.service, backlog.size(),
                    rd_kafka_err2str(error));
            return;
        }
        backlog.clear();
    }

    bool pause(milliseconds howLong) {
        const auto until = Clock::now() + howLong;
        while (!abandoned()) {
            const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
            if (left.count() <= 0) return true;
            sleep(std::min(left, limits.serveEvery));
        }
        return false;
    }

    void sleep(milliseconds howLong) {
        std::unique_lock lock(mutex);
        stopped.wait_for(lock, howLong, [&] { return stopping.load(); });
    }

    // ---- the group

    static void onRebalance(rd_kafka_t* handle, rd_kafka_resp_err_t event, rd_kafka_topic_partition_list_t* partitions,
                            void* opaque) {
        static_cast<Impl*>(opaque)->rebalance(handle, event, partitions);
    }

    // Without this callback librdkafka logs each of the commits that pile up while the broker is away.
    static void onCommit(rd_kafka_t*, rd_kafka_resp_err_t error, rd_kafka_topic_partition_list_t*, void* opaque) {
        Impl& self = *static_cast<Impl*>(opaque);
        if (!error || error == RD_KAFKA_RESP_ERR__NO_OFFSET || Clock::now() < self.nextComplaint) return;
        self.nextComplaint = Clock::now() + silentAfter;
        logWarn("consumer", "{}: offsets not committed, records may come again: {}", self.config.service,
                rd_kafka_err2str(error));
    }

    void rebalance(rd_kafka_t* rk, rd_kafka_resp_err_t event, rd_kafka_topic_partition_list_t* list) {
        if (event == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) {
            logInfo("consumer", "{}: {} partitions assigned", config.service, list->cnt);
            rd_kafka_assign(rk, list);
            partitions = list->cnt;
            assigned = true;
        } else {
            lost = rd_kafka_assignment_lost(rk);
            logInfo("consumer", "{}: {} partitions {}", config.service, list->cnt, lost ? "lost" : "revoked");
            assigned = false;
            partitions = 0;
            rd_kafka_assign(rk, nullptr);  // commits what is stored, unless it was lost
        }
        countPartitions(assigned ? list : nullptr);
        changedHands = true;
        backlog.clear();
        lag->clear();
        handler->reassigned();
    }

    void countPartitions(const rd_kafka_topic_partition_list_t* list) {
        for (const std::string& topic : topics) {
            int count = 0;
            for (int i = 0; list && i < list->cnt; ++i) count += topic == list->elems[i].topic ? 1 : 0;
            metrics.gauge("nova_consumer_assigned_partitions", "Partitions that this replica reads", {{"topic", topic}})
                .set(count);
        }
    }

    // Commits what is stored and leaves the group; with no broker to tell, it just goes.
    void close() {
        const CloseWatchdog watchdog(config.service);
        if (brokerAnswers()) {
            subscribed = false;
            lag->attach(nullptr);
            rd_kafka_consumer_close(handle.get());
            handle.reset();
            const auto left =
                kafka::leaveGroup(config.kafkaBootstrap, config.service, clientId(), milliseconds{leaveMs});
            if (!left)
                logInfo("consumer", "{}: its partitions wait for the session's end: {}", clientId(), left.error().what);
        } else {
            drop();
        }
    }

    // After a lost session: the commits that the old handle still has queued bear its former member id, and the broker
    // would fence the whole client for the first of them.
    void renew() {
        lost = false;
        drop();
        if (!subscribe()) stopping = true;
    }

    // Without a broker even destroying takes 10 s, for commits that cannot be sent; nothing waits for that.
    void drop() {
        subscribed = false;
        lag->attach(nullptr);
        std::thread([old = handle.release()] {
            rd_kafka_destroy_flags(old, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
        }).detach();
    }

    bool brokerAnswers() const {
        const struct rd_kafka_metadata* metadata = nullptr;
        if (rd_kafka_metadata(handle.get(), 0, nullptr, &metadata, askMs)) return false;
        rd_kafka_metadata_destroy(metadata);
        return true;
    }
};

ConsumerLoop::ConsumerLoop(const ServiceConfig& config, std::vector<std::string> topics,
                           std::shared_ptr<RecordHandler> handler, RedisClient* redis, Metrics& metrics,
                           std::unique_ptr<consume::Parking> parking, const ConsumerLimits& limits)
    : m_impl(std::make_unique<Impl>(config, std::move(topics), std::move(handler), redis, metrics, std::move(parking),
                                    limits)) {}

ConsumerLoop::~ConsumerLoop() {
    stop();
}

void ConsumerLoop::start() {
    if (!m_impl->thread.joinable()) m_impl->thread = std::thread([this] { m_impl->run(); });
}

void ConsumerLoop::stop() {
    {
        const std::lock_guard lock(m_impl->mutex);
        m_impl->stopping = true;
    }
    m_impl->stopped.notify_all();
    if (m_impl->thread.joinable()) m_impl->thread.join();
}

std::string ConsumerLoop::readiness() const {
    if (!m_impl->subscribed) return "kafka: not reached yet";
    const Clock::time_point last{Clock::duration{m_impl->lastPoll.load()}};
    if (Clock::now() - last > silentAfter) return "consumer: no poll for 10 s";
    if (!m_impl->assigned) return "kafka: the group has not assigned partitions yet";
    return {};
}

std::string ConsumerLoop::note() const {
    if (!m_impl->assigned || m_impl->partitions > 0) return {};
    return "idle: more replicas than partitions";
}

}  // namespace nova::kit
