#include "app/engine/traffic/topic_tail.h"

#include <algorithm>
#include <chrono>
#include <limits>
#include <utility>

#include "app/engine/traffic/fetch_faults.h"
#include "app/engine/traffic/read_ahead.h"
#include "app/engine/traffic/scan_plan.h"
#include "contract/topics.h"

namespace nova::engine {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
// Beside the process a look costs nothing; at a cluster of others it is a request for all of its metadata.
constexpr milliseconds lookEvery{2'000}, lookEveryWithBudget{30'000}, retryEvery{300}, idleEvery{20};
constexpr milliseconds noticeFor{60'000};
constexpr int pollMs = 10, askMs = 1'000;
constexpr int gone = 2;  // looks at which a topic was not there: one of a broker that just starts says little
constexpr std::size_t batchSize = 1'024;

bool isWanted(const TailChoice& choice, const std::string& topic) {
    const bool internal = topic.starts_with("__") || topic == contract::topic::spans;
    if (choice.all) return !internal;
    return std::ranges::any_of(choice.topics, [&](const std::string& pattern) {
        return pattern == topic || (!internal && matchesTopic(pattern, topic));
    });
}

}  // namespace

TopicTail::TopicTail(ReadSession session, TailChoice choice, TailCalls calls, std::string purpose)
    : m_session(std::move(session)),
      m_purpose(std::move(purpose)),
      m_calls(std::move(calls)),
      m_choice(std::move(choice)),
      m_batch(batchSize),
      m_thread([this] { run(); }) {}

TopicTail::~TopicTail() {
    m_stopping = true;
    m_thread.join();
}

void TopicTail::choose(TailChoice choice) {
    const std::lock_guard lock(m_mutex);
    m_choice = std::move(choice);
    m_changed = true;
}

TailChoice TopicTail::takeChoice() {
    const std::lock_guard lock(m_mutex);
    m_changed = false;
    return m_choice;
}

void TopicTail::setUp(bool up, const std::string& why) {
    if (m_said && up == m_up) return;
    m_said = true;
    m_up = up;
    if (m_calls.connection) m_calls.connection(up, why);
}

void TopicTail::run() {
    auto settings = readAhead(m_session, Ahead::much);
    settings["topic.metadata.refresh.interval.ms"] = "5000";
    settings["auto.offset.reset"] = "error";  // what is not there is told, see relocate()
    settings["enable.partition.eof"] = "true";  // tells that what was refused is given again, though nothing is new
    auto handle = m_session.observer(m_purpose, settings);
    if (!handle) return setUp(false, handle.error().what);
    m_queue.reset(rd_kafka_queue_get_consumer(handle.value().get()));
    const auto every = hasBudget(m_session) ? lookEveryWithBudget : lookEvery;
    auto nextLook = Clock::now();
    while (!m_stopping) {
        if (m_changed || Clock::now() >= nextLook) {
            const bool ok = refresh(handle.value().get());
            const bool calm = m_leaderless.empty() && m_notices.empty() && m_missing.empty();
            nextLook = Clock::now() + (ok && calm ? every : ok ? lookEvery : retryEvery);
        }
        poll();
        if (!m_lost.empty()) relocate(handle.value().get());
        // Anew: so the end of what is given again is told, even where it was told before it was refused.
        if (m_newlyRefused) assign(handle.value().get());
        if (m_newlyRefused || m_healed) tellTroubles();
        if (m_calls.idle) m_calls.idle();
    }
    rd_kafka_assign(handle.value().get(), nullptr);
    m_queue.reset();
    rd_kafka_consumer_close(handle.value().get());
}

// What was there at the first look starts at the chosen place, what appears later was made since and starts at its
// beginning.
bool TopicTail::refresh(rd_kafka_t* handle) {
    const auto choice = takeChoice();
    const auto listed = m_session.topics(handle, askMs);
    if (!listed) return setUp(false, listed.error().what), false;
    std::vector<std::string> chosen, made;
    std::set<std::string> there;
    for (const auto& [topic, partitions] : listed.value()) {
        if (partitions == 0) continue;
        there.insert(topic);
        if (!isWanted(choice, topic)) continue;
        int assigned = 0;
        bool wasThere = false;  // what lies in a partition that only lacked its leader is not what was made since
        for (int p = 0; p < partitions; ++p) {
            assigned += m_next.contains({topic, p}) ? 1 : 0;
            wasThere = wasThere || m_unled.contains({topic, p});
        }
        if (assigned == partitions) continue;
        const bool isNew = m_looked && !wasThere && (!m_there.contains(topic) || assigned > 0);
        (isNew ? made : chosen).push_back(topic);
    }
    const auto before = m_next.size();
    drop(choice);
    forgetDeleted(there);
    const bool dropped = m_next.size() != before;
    m_leaderless.clear();
    TailChoice fromTheirBeginning;
    fromTheirBeginning.from.kind = Place::Kind::earliest;
    const bool ok = add(handle, chosen, choice) && add(handle, made, fromTheirBeginning);
    if (dropped || m_next.size() != before) {
        assign(handle);
        tellTopics();
    }
    for (const auto& topic : made) {
        if (m_deleted.erase(topic) > 0) notice(topic, "it was deleted and made anew, and is read from its beginning");
    }
    tellTroubles();
    if (!ok) return false;
    m_there = std::move(there);
    if (!m_there.empty()) m_looked = true;
    setUp(true, {});
    return true;
}

void TopicTail::drop(const TailChoice& choice) {
    std::erase_if(m_next, [&](const auto& entry) { return !isWanted(choice, entry.first.first); });
    std::erase_if(m_unled, [&](const auto& partition) { return !isWanted(choice, partition.first); });
    std::erase_if(m_refused, [&](const auto& entry) { return !isWanted(choice, entry.first.first); });
}

// What is not there at two looks is not there; what comes by that name is another topic, and read from its beginning.
void TopicTail::forgetDeleted(const std::set<std::string>& there) {
    std::map<std::string, int> missing;
    for (const auto& [partition, offset] : m_next) {
        if (!there.contains(partition.first)) missing[partition.first] = m_missing[partition.first] + 1;
    }
    m_missing = std::move(missing);
    for (const auto& missed : m_missing) {
        if (missed.second < gone) continue;
        const auto& topic = missed.first;
        std::erase_if(m_next, [&](const auto& entry) { return entry.first.first == topic; });
        std::erase_if(m_unled, [&](const auto& partition) { return partition.first == topic; });
        std::erase_if(m_refused, [&](const auto& entry) { return entry.first.first == topic; });
        m_deleted.insert(topic);
        notice(topic, "it was deleted");
    }
    std::erase_if(m_missing, [](const auto& entry) { return entry.second >= gone; });
    std::erase_if(m_notices, [](const auto& entry) { return entry.second.second < Clock::now(); });
}

void TopicTail::notice(const std::string& topic, const std::string& what) {
    m_notices[topic] = {what, Clock::now() + noticeFor};
}

void TopicTail::refuse(const Partition& partition, rd_kafka_resp_err_t error) {
    if (!m_next.contains(partition)) return;  // of a former assignment
    const auto [known, isNew] = m_refused.try_emplace(partition, error);
    m_newlyRefused = m_newlyRefused || isNew || known->second != error;
    known->second = error;
}

// A topic that is refused as a whole is one trouble.
std::vector<std::string> TopicTail::refusals() const {
    std::map<std::pair<std::string, rd_kafka_resp_err_t>, std::vector<int>> byTopic;
    for (const auto& [partition, error] : m_refused) byTopic[{partition.first, error}].push_back(partition.second);
    std::vector<std::string> told;
    for (const auto& [of, partitions] : byTopic) {
        const auto& [topic, error] = of;
        constexpr int most = std::numeric_limits<int>::max();
        const auto assigned = std::distance(m_next.lower_bound({topic, 0}), m_next.upper_bound({topic, most}));
        const auto why = std::string(": it cannot be read: ") + rd_kafka_err2str(error);
        if (std::cmp_equal(assigned, partitions.size()))
            told.push_back(topic + why);
        else
            for (const int partition : partitions)
                told.emplace_back(topic).append(" ").append(std::to_string(partition)).append(why);
    }
    return told;
}

void TopicTail::tellTroubles() {
    m_newlyRefused = m_healed = false;
    auto troubles = refusals();
    troubles.insert(troubles.end(), m_leaderless.begin(), m_leaderless.end());
    for (const auto& [topic, told] : m_notices) troubles.push_back(topic + ": " + told.first);
    if (troubles == m_troubles) return;
    m_troubles = std::move(troubles);
    if (m_calls.troubles) m_calls.troubles(m_troubles);
}

// A log that ends before what was to be read next is another one; one that begins behind it has lost what lay between.
void TopicTail::relocate(rd_kafka_t* handle) {
    bool moved = false;
    for (const auto& partition : std::exchange(m_lost, {})) {
        const auto known = m_next.find(partition);
        if (known == m_next.end() || m_stopping) continue;
        std::int64_t low = 0, high = 0;
        const auto error = rd_kafka_query_watermark_offsets(handle, partition.first.c_str(), partition.second, &low,
                                                            &high, askMs);
        if (error == RD_KAFKA_RESP_ERR__TIMED_OUT || error == RD_KAFKA_RESP_ERR__TRANSPORT) m_lost.insert(partition);
        if (error != RD_KAFKA_RESP_ERR_NO_ERROR) continue;  // asked again, or found to be deleted at the next look
        moved = true;
        auto& next = known->second;
        if (next > high)
            notice(partition.first, "it was deleted and made anew, and is read from its beginning");
        else if (next < low)
            notice(partition.first, "retention removed offsets " + std::to_string(next) + " to " +
                                        std::to_string(low - 1) + " of partition " + std::to_string(partition.second) +
                                        " before they could be read");
        if (next > high || next < low) tellBegin(partition, next = low);
    }
    if (!moved) return;
    assign(handle);
    m_changed = true;  // a look tells it
}

bool TopicTail::add(rd_kafka_t* handle, const std::vector<std::string>& topics, const TailChoice& where) {
    if (topics.empty()) return true;
    ScanRequest request;
    request.topics = topics;
    request.from = where.from;
    request.follow = true;
    const auto plan = planScan(m_session, handle, request, m_stopping);
    if (!plan) return setUp(false, plan.error().what), false;
    for (const auto& [range, high] : plan.value().entries) {
        const Partition partition{range.topic, range.partition};
        if (range.trouble.empty()) {
            const auto start = where.starts.find(partition);
            const auto [entry, isNew] =
                m_next.try_emplace(partition, start == where.starts.end() ? range.next : start->second);
            if (isNew) tellBegin(partition, entry->second);
            m_unled.erase(partition);
            continue;
        }
        m_unled.insert(partition);
        m_leaderless.push_back(range.topic + " " + std::to_string(range.partition) + ": " + range.trouble);
    }
    return true;
}

void TopicTail::tellBegin(const Partition& partition, std::int64_t offset) const {
    if (m_calls.begins) m_calls.begins(partition.first, partition.second, offset);
}

void TopicTail::assign(rd_kafka_t* handle) {
    m_known.clear();
    kit::kafka::PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(m_next.size())));
    for (const auto& [partition, offset] : m_next)
        rd_kafka_topic_partition_list_add(list.get(), partition.first.c_str(), partition.second)->offset = offset;
    rd_kafka_assign(handle, list->cnt > 0 ? list.get() : nullptr);
}

void TopicTail::tellTopics() {
    std::vector<std::string> names;
    for (const auto& [partition, offset] : m_next) {
        if (names.empty() || names.back() != partition.first) names.push_back(partition.first);
    }
    if (names == m_names) return;
    m_names = names;
    if (m_calls.topics) m_calls.topics(std::move(names));
}

bool TopicTail::waitForBudget() {
    const auto wait = m_session.budget() ? m_session.budget()->wait() : milliseconds{0};
    m_waiting = wait.count() > 0;
    if (m_waiting) std::this_thread::sleep_for(std::min(wait, idleEvery));
    return !m_waiting;
}

// Takes what is there, for at most one idle period, so that the idle callback keeps its time.
void TopicTail::poll() {
    const auto until = Clock::now() + idleEvery;
    bool waited = false;
    while (!m_stopping && waitForBudget()) {
        // A batch waits until it is full or the time is over: so without waiting first, and then for a single record.
        auto count = rd_kafka_consume_batch_queue(m_queue.get(), 0, m_batch.data(), m_batch.size());
        if (count <= 0) {
            if (waited) return;
            waited = true;
            count = rd_kafka_consume_batch_queue(m_queue.get(), pollMs, m_batch.data(), 1);
        }
        for (ssize_t i = 0; i < count; ++i) {
            const kit::kafka::Message message(m_batch[static_cast<std::size_t>(i)]);
            if (message->err == RD_KAFKA_RESP_ERR_NO_ERROR) take(*message);
            if (message->rkt && (message->err != RD_KAFKA_RESP_ERR_NO_ERROR || !m_refused.empty())) hear(*message);
        }
        if (Clock::now() >= until) return;
    }
}

// What is read, or read to its end, is given.
void TopicTail::hear(const rd_kafka_message_t& message) {
    const Partition partition{rd_kafka_topic_name(message.rkt), message.partition};
    if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR || message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF)
        m_healed = m_refused.erase(partition) > 0 || m_healed;
    else if (message.err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET)
        m_lost.insert(partition);
    else if (isLasting(message.err))
        refuse(partition, message.err);
}

void TopicTail::take(const rd_kafka_message_t& message) {
    auto [entry, isNew] = m_known[message.rkt].try_emplace(message.partition, nullptr);
    if (isNew) {
        const auto found = m_next.find({rd_kafka_topic_name(message.rkt), message.partition});
        if (found != m_next.end()) entry->second = &found->second;
    }
    auto* next = entry->second;
    if (!next || message.offset < *next) return;  // of a former assignment
    *next = message.offset + 1;
    m_calls.record(message);
}

}  // namespace nova::engine
