// Follows __consumer_offsets, so that no group needs to be asked for its commits. Starts at a bounded point, the latest
// 100,000 offsets of all its partitions together, never at its beginning. Reads what is committed only: offsets inside
// an open transaction do not count yet. Reads pay into the session's budget. Where the topic may not be read, or is not
// there, the state says why and nobody is called; a missing topic is looked for again each 5 s. Thread: made and
// destroyed by one; `record` is called on a thread of its own, as long as this lives.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <thread>

#include "app/engine/cluster/session.h"

namespace nova::engine {

class CommitsFollower {
public:
    static constexpr const char* topic = "__consumer_offsets";
    static constexpr std::int64_t mostBack = 100'000;  // offsets

    // `live`: it came since the start; false: it lay there before.
    using Record = std::function<void(const rd_kafka_message_t&, bool live)>;
    struct State {
        bool following = false;  // commits are read as they come
        bool caughtUp = false;   // all that lay before the start has been told
        bool refused = false;    // they will not be: see `why`
        std::string why;
    };
    CommitsFollower(ReadSession session, Record record);
    ~CommitsFollower();  // stops and joins, ≤ 1 s
    CommitsFollower(const CommitsFollower&) = delete;
    CommitsFollower& operator=(const CommitsFollower&) = delete;
    [[nodiscard]] State state() const;

private:
    void run();
    bool begin(rd_kafka_t* handle);
    void poll(rd_kafka_t* handle);
    void pause(std::chrono::milliseconds time) const;
    void say(bool following, bool refused, const std::string& why);

    ReadSession m_session;
    Record m_record;
    mutable std::mutex m_mutex;
    State m_state;                // guarded
    std::map<int, bool> m_ended;  // partition → its end was reached once
    std::atomic<bool> m_stopping{false};
    std::thread m_thread;
};

}  // namespace nova::engine
