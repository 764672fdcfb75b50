// Follows topics from a place to their ends and beyond, by assignment, on a thread of its own. Looks topics up anew:
// what appears meanwhile is read from its beginning, a partition that was there without a leader is told and tried
// again; so is for a minute what was deleted, made anew, or removed by retention before it could be read. A topic that
// is deleted, made anew and filled further than it was read, all between two looks, cannot be told from one that went
// on. What the broker refuses to give (no right to read, a broken log) is told for as long as it is refused, and asked
// for again all the while. Obeys the session's byte budget. Thread: made, changed and destroyed by one; callbacks come
// on the worker.
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "app/engine/cluster/session.h"
#include "app/engine/traffic/scan.h"

namespace nova::engine {

struct TailChoice {
    std::vector<std::string> topics;  // names, or patterns with `*`; otlp_spans and __* only by their own names
    bool all = false;                 // instead of `topics`: all but otlp_spans and __*
    Place from;                       // where the topics that are there begin
    std::map<std::pair<std::string, int>, std::int64_t> starts{};  // where these partitions of theirs do instead
};

struct TailCalls {
    std::function<void(const rd_kafka_message_t&)> record;
    // From here on a partition is read, its first offset and after a jump.
    std::function<void(const std::string& topic, int partition, std::int64_t offset)> begins{};
    std::function<void()> idle;                                // about each 20 ms, also under load
    std::function<void(std::vector<std::string>)> topics;      // assigned now, sorted
    std::function<void(std::vector<std::string>)> troubles;    // "nova.x 3: it has no leader"; when they change
    std::function<void(bool up, std::string why)> connection;  // changes only
};

class TopicTail {
public:
    // `purpose`: part of the client id.
    TopicTail(ReadSession session, TailChoice choice, TailCalls calls, std::string purpose = "traffic");
    ~TopicTail();                                               // stops and joins, ≤ 1 s
    void choose(TailChoice choice);                             // topics chosen before go on where they are
    [[nodiscard]] bool isWaiting() const { return m_waiting; }  // for the byte budget; any thread

private:
    using Partition = std::pair<std::string, int>;
    void run();
    bool refresh(rd_kafka_t* handle);
    void drop(const TailChoice& choice);
    void forgetDeleted(const std::set<std::string>& there);
    void relocate(rd_kafka_t* handle);
    void notice(const std::string& topic, const std::string& what);
    void hear(const rd_kafka_message_t& message);
    void refuse(const Partition& partition, rd_kafka_resp_err_t error);
    std::vector<std::string> refusals() const;
    void tellTroubles();
    bool add(rd_kafka_t* handle, const std::vector<std::string>& topics, const TailChoice& where);
    void tellBegin(const Partition& partition, std::int64_t offset) const;
    void assign(rd_kafka_t* handle);
    void tellTopics();
    void poll();
    bool waitForBudget();
    void take(const rd_kafka_message_t& message);
    void setUp(bool up, const std::string& why);
    TailChoice takeChoice();

    const ReadSession m_session;
    const std::string m_purpose;
    const TailCalls m_calls;
    std::mutex m_mutex;
    TailChoice m_choice;  // guarded by m_mutex
    std::atomic<bool> m_changed{false}, m_stopping{false}, m_waiting{false};
    // Of the worker.
    std::map<Partition, std::int64_t> m_next;  // assigned partitions and their next offset; nodes stay where they are
    std::unordered_map<const rd_kafka_topic_t*, std::unordered_map<int, std::int64_t*>> m_known;  // into m_next
    std::set<std::string> m_there;  // topics of the last look
    std::set<Partition> m_unled;             // chosen, and without a leader when they were looked up
    std::set<Partition> m_lost;              // their next record is not there
    std::map<Partition, rd_kafka_resp_err_t> m_refused;  // assigned, and not given
    std::map<std::string, int> m_missing;    // chosen topics that were not there at so many looks
    std::set<std::string> m_deleted;
    std::map<std::string, std::pair<std::string, std::chrono::steady_clock::time_point>> m_notices;  // until when
    std::vector<std::string> m_names, m_leaderless, m_troubles;  // troubles: as they were told
    kit::kafka::Queue m_queue;
    std::vector<rd_kafka_message_t*> m_batch;
    bool m_looked = false, m_up = false, m_said = false;
    bool m_newlyRefused = false, m_healed = false;  // since they were last told
    std::thread m_thread;
};

}  // namespace nova::engine
