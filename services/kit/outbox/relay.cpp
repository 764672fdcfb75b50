#include "kit/outbox/relay.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <set>
#include <thread>

#include "kit/kafka/producer.h"
#include "kit/kafka/topics.h"
#include "kit/outbox/envelope.h"
#include "kit/outbox/shards.h"
#include "kit/outbox/spans.h"
#include "kit/postgres/pool.h"
#include "kit/runtime/failpoint.h"
#include "kit/runtime/log.h"
#include "kit/runtime/metrics.h"

namespace nova::kit::outbox {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
constexpr std::size_t batchLimit = 500;
constexpr pqxx::result::size_type pruneLimit = 5'000;
constexpr milliseconds pollEvery{50}, notifyEvery{5}, balanceEvery{1'000}, pruneEvery{60'000}, pruneSoon{1'000},
    stopLimit{2'000};
constexpr milliseconds firstPause{50}, longestPause{1'000};
constexpr int topicTimeoutMs = 3'000;

struct Row {
    std::int64_t id = 0;
    std::string eventId;
    kafka::OutRecord record;
    trace::Context wait, publish;  // of the two spans
};

// Hears the NOTIFY of the other relays.
class Hearer final : public pqxx::notification_receiver {
public:
    Hearer(pqxx::connection_base& connection, const std::string& channel)
        : pqxx::notification_receiver(connection, channel) {}
    void operator()(const std::string&, int backend) override {
        if (backend != conn().backendpid()) heard = true;
    }
    bool heard = false;
};

// All that lives and dies with the database connection.
struct Session {
    std::unique_ptr<pqxx::lazyconnection> connection;
    std::unique_ptr<Hearer> hearer;
    std::optional<kafka::Producer> producer;
    Clock::time_point nextBalance{}, nextPrune{}, nextNotify{};
    milliseconds pause = firstPause;
};

}  // namespace

struct Relay::Impl {
    RelayOptions options;
    PostgresPool& pool;
    Metrics& metrics;
    Shards shards;
    envelope::OlderForms olderForms;
    std::thread thread;
    std::atomic<bool> stopping{false}, foreign{false};  // foreign: a row of a shard held elsewhere was committed here
    std::atomic<Clock::rep> stopBy{0};
    int wakeFd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    bool topicsReady = false;

    Impl(RelayOptions o, PostgresPool& p, Metrics& m) : options(std::move(o)), pool(p), metrics(m) {}
    ~Impl() { close(wakeFd); }

    std::string channel() const { return pool.schema() + "_outbox"; }

    void signal() const {
        const std::uint64_t one = 1;
        [[maybe_unused]] const auto written = write(wakeFd, &one, sizeof one);
    }

    void run() {
        milliseconds pause = firstPause;
        while (!stopping) {
            try {
                Session session = open();
                pause = firstPause;
                while (!stopping) step(session);
            } catch (const std::exception& e) {
                logWarn("outbox", "relay of {} starts over: {}", pool.schema(), e.what());
            }
            shards.detach();
            sleep(pause);
            pause = std::min(pause * 2, longestPause);
        }
    }

    Session open() {
        Session session;
        auto connection = pool.dedicated();
        if (!connection) throw std::runtime_error(connection.error().what);
        session.connection = std::move(connection.value());
        {
            pqxx::nontransaction work(*session.connection);
            // A delete that a crash of the server undoes only repeats records; no commit has to wait for it.
            work.exec("SET synchronous_commit = off");
        }
        session.hearer = std::make_unique<Hearer>(*session.connection, channel());
        shards.attach(*session.connection, session.connection->quote_name(pool.schema()) + ".outbox");
        if (!topicsReady) ensureTopics();  // ahead of the first event
        makeProducer(session);
        return session;
    }

    void makeProducer(Session& session) const {
        session.producer.reset();
        auto producer = kafka::Producer::make(options.bootstrap, options.clientId);
        if (!producer) throw std::runtime_error(producer.error().what);
        session.producer.emplace(std::move(producer.value()));
        std::vector<std::string> names;
        for (const auto& spec : kafka::eventTopics()) names.push_back(spec.name);
        session.producer->prepare(names);
    }

    void step(Session& session) {
        const auto now = Clock::now();
        if (now >= session.nextBalance) {
            if (shards.balance(*session.connection))
                logInfo("outbox", "relay of {} holds {} shards", pool.schema(), shards.count());
            session.nextBalance = now + balanceEvery;
        }
        if (now >= session.nextPrune) {
            session.nextPrune = now + (prune(*session.connection) ? pruneSoon : pruneEvery);
        }
        if (now >= session.nextNotify && foreign.exchange(false)) {
            pqxx::nontransaction(*session.connection).exec_params("SELECT pg_notify($1, '')", channel());
            session.nextNotify = now + notifyEvery;
        }
        std::vector<Row> rows = read(*session.connection);
        if (rows.empty()) return wait(session);
        if (publish(session, rows)) {
            session.pause = firstPause;
            if (rows.size() < batchLimit) wait(session);
        } else {
            topicsReady = false;
            sleep(session.pause);
            session.pause = std::min(session.pause * 2, longestPause);
        }
    }

    std::vector<Row> read(pqxx::connection_base& connection) const {
        std::vector<Row> rows;
        if (shards.count() == 0) return rows;
        pqxx::nontransaction work(connection);
        const auto result = work.exec_params(
            "SELECT id, event_id, topic, part_key, agg_version, headers, payload, (extract(epoch FROM created_at) * "
            "1000000)::bigint"
            " FROM outbox WHERE shard = ANY($1::smallint[]) ORDER BY id LIMIT 500",
            shards.list());
        const WallTime seen = wallNow();
        rows.reserve(result.size());
        for (const auto& line : result) rows.push_back(rowFrom(line, seen));
        return rows;
    }

    static Row rowFrom(const pqxx::row& line, WallTime seen) {
        Row row;
        row.id = line[0].as<std::int64_t>();
        row.eventId = line[1].as<std::string>();
        row.record.topic = line[2].as<std::string>();
        row.record.key = line[3].as<std::string>();
        const auto stored = envelope::fromJson(line[5].as<std::string>());
        const WallTime created{std::chrono::microseconds{line[7].as<std::int64_t>()}};
        row.wait = recordWait(stored.context, row.record.topic, row.eventId, created, seen);
        if (row.wait.valid()) row.publish = row.wait.child();
        row.record.headers = envelope::headers(stored, row.eventId, line[4].as<std::int64_t>(), row.publish);
        row.record.value = pqxx::binarystring(line[6]).str();
        return row;
    }

    // Sends the rows and deletes the confirmed ones; false when some have to be sent again.
    bool publish(Session& session, std::vector<Row>& rows) {
        if (!topicsReady) ensureTopics();
        std::vector<kafka::OutRecord> records;
        records.reserve(rows.size());
        for (Row& row : rows) records.push_back(std::move(row.record));
        const auto deliveries = send(session, records);
        if (failpoint("after_kafka_ack_before_delete"))
            throw std::runtime_error("failpoint after_kafka_ack_before_delete");

        std::set<std::pair<std::string, std::string>> failedKeys;
        std::vector<std::size_t> confirmed;
        const std::string* reason = nullptr;
        bool fatal = false;
        for (std::size_t i = 0; i < rows.size(); ++i) {
            const kafka::Delivery& delivery = deliveries[i];
            recordPublish(rows[i].publish, rows[i].wait, records[i], rows[i].eventId, delivery);
            fatal = fatal || delivery.fatal;
            if (!delivery.ok) {
                failedKeys.emplace(records[i].topic, records[i].key);
                reason = &delivery.error;
            } else if (failedKeys.empty() || !failedKeys.contains({records[i].topic, records[i].key})) {
                confirmed.push_back(i);
            }
        }
        confirm(*session.connection, rows, records, deliveries, confirmed);
        if (reason)
            logWarn("outbox", "relay of {}: {} of {} records not confirmed: {}", pool.schema(),
                    rows.size() - confirmed.size(), rows.size(), *reason);
        if (fatal) makeProducer(session);
        return confirmed.size() == rows.size();
    }

    // One delivery a row: with older forms, the first that failed of its records, else the last.
    std::vector<kafka::Delivery> send(Session& session, const std::vector<kafka::OutRecord>& events) const {
        const auto abandon = [&] { return mustAbandon(session); };
        if (olderForms.empty()) return session.producer->sendAll(events, abandon);
        std::vector<kafka::OutRecord> all;
        std::vector<std::size_t> owner;
        for (std::size_t i = 0; i < events.size(); ++i)
            for (auto& record : envelope::records(events[i], olderForms)) {
                all.push_back(std::move(record));
                owner.push_back(i);
            }
        const auto each = session.producer->sendAll(all, abandon);
        std::vector<kafka::Delivery> deliveries(events.size());
        for (std::size_t i = 0; i < each.size(); ++i) {
            kafka::Delivery& slot = deliveries[owner[i]];
            const bool first = i == 0 || owner[i - 1] != owner[i];
            if (first || slot.ok) slot = each[i];
        }
        return deliveries;
    }

    void confirm(pqxx::connection_base& connection, const std::vector<Row>& rows,
                 const std::vector<kafka::OutRecord>& records, const std::vector<kafka::Delivery>& deliveries,
                 const std::vector<std::size_t>& confirmed) const {
        if (confirmed.empty()) return;
        std::vector<std::string> ids, partitions, offsets, times;
        for (const std::size_t i : confirmed) {
            ids.push_back(std::to_string(rows[i].id));
            partitions.push_back(std::to_string(deliveries[i].partition));
            offsets.push_back(std::to_string(deliveries[i].offset));
            times.push_back(std::to_string(deliveries[i].ackedNs / 1'000));
            metrics.counter("nova_outbox_published_total", "Events the broker confirmed", {{"topic", records[i].topic}})
                .add();
        }
        pqxx::nontransaction(connection)
            .exec_params(
                "WITH gone AS (DELETE FROM outbox WHERE id = ANY($1::bigint[]) RETURNING id, event_id, topic, "
                "created_at)"
                " INSERT INTO outbox_sent (event_id, topic, partition, \"offset\", created_at, sent_at)"
                " SELECT gone.event_id, gone.topic, s.partition, s.off, gone.created_at, to_timestamp(s.us / 1000000.0)"
                " FROM gone JOIN unnest($1::bigint[], $2::int[], $3::bigint[], $4::bigint[]) AS s(id, partition, off, "
                "us) USING (id)",
                sqlArray(ids), sqlArray(partitions), sqlArray(offsets), sqlArray(times));
    }

    // While the broker is away: the connection may die, and with it the right to publish.
    bool mustAbandon(Session& session) const {
        if (stopping && Clock::now().time_since_epoch().count() >= stopBy) return true;
        try {
            session.connection->get_notifs();
        } catch (const std::exception&) {
            return true;
        }
        return !session.connection->is_open();
    }

    void ensureTopics() {
        const auto made = kafka::createTopics(options.bootstrap, kafka::eventTopics(), topicTimeoutMs);
        if (!made) logWarn("outbox", "{}", made.error().what);
        topicsReady = !!made;
    }

    // True: there may be more. A few at a time, so that events do not wait for it.
    static bool prune(pqxx::connection_base& connection) {
        const auto gone = pqxx::nontransaction(connection)
                              .exec_params(
                                  "DELETE FROM outbox_sent WHERE ctid IN (SELECT ctid FROM outbox_sent"
                                  " WHERE sent_at < now() - interval '1 day' LIMIT $1)",
                                  pruneLimit);
        return gone.affected_rows() == pruneLimit;
    }

    // Until a commit of this process, a NOTIFY, or the next poll.
    void wait(Session& session) {
        pollfd fds[] = {{wakeFd, POLLIN, 0}, {session.connection->sock(), POLLIN, 0}};
        auto until = Clock::now() + pollEvery;
        if (foreign) until = std::min(until, session.nextNotify);
        while (!session.hearer->heard && !stopping) {
            const auto left = std::chrono::ceil<milliseconds>(until - Clock::now()).count();
            if (left <= 0 || poll(fds, 2, static_cast<int>(left)) <= 0) break;
            if (fds[1].revents) session.connection->get_notifs();
            if (fds[0].revents) {
                drainWake();
                break;
            }
        }
        session.hearer->heard = false;
    }

    void drainWake() const {
        std::uint64_t count = 0;
        [[maybe_unused]] const auto got = ::read(wakeFd, &count, sizeof count);
    }

    // A pause that a stop ends.
    void sleep(milliseconds howLong) const {
        pollfd fd{wakeFd, POLLIN, 0};
        const auto until = Clock::now() + howLong;
        while (!stopping) {
            const auto left = std::chrono::ceil<milliseconds>(until - Clock::now()).count();
            if (left <= 0 || poll(&fd, 1, static_cast<int>(left)) <= 0) return;
            drainWake();
        }
    }
};

Relay::Relay(RelayOptions options, PostgresPool& pool, Metrics& metrics)
    : m_impl(std::make_unique<Impl>(std::move(options), pool, metrics)) {}

Relay::~Relay() {
    stop();
}

void Relay::publishAlsoAs(const std::string& dataSchema, OlderForm form) {
    m_impl->olderForms.emplace(dataSchema, std::move(form));
}

void Relay::start() {
    if (!m_impl->thread.joinable()) m_impl->thread = std::thread([this] { m_impl->run(); });
}

void Relay::stop() {
    m_impl->stopBy = (Clock::now() + stopLimit).time_since_epoch().count();
    m_impl->stopping = true;
    m_impl->signal();
    if (m_impl->thread.joinable()) m_impl->thread.join();
}

void Relay::wake(int shard) {
    if (!m_impl->shards.holds(shard)) m_impl->foreign = true;
    m_impl->signal();
}

}  // namespace nova::kit::outbox
