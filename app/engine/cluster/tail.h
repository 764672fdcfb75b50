// Follows topics from "now" (or a while back) to their ends and beyond, by assignment, on a thread of its own: looks
// topics up anew each 2 s (10 s where a budget is set, which it obeys) and adds what is new from its beginning. Thread:
// start and stop from one thread; callbacks come on the worker.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "app/engine/cluster/session.h"

namespace nova::engine {

struct TailOptions {
    std::string purpose;                                       // part of the client id
    std::function<bool(const std::string& topic)> wanted;      // which topics
    int backSeconds = 0;                                       // start so far before now
    std::function<void(const rd_kafka_message_t&)> record;     // each record
    std::function<void()> idle;                                // at least each 20 ms, also under load
    std::function<void(std::vector<std::string>)> topics;      // assigned now, sorted
    std::function<void(bool up, std::string why)> connection;  // changes only
};

class Tail {
public:
    Tail(ReadSession session, TailOptions options);
    ~Tail();  // stops and joins, ≤ 1 s
private:
    void run();
    bool refresh(rd_kafka_t* handle);
    [[nodiscard]] bool hasAll(const std::string& topic, int partitions) const;
    bool add(rd_kafka_t* handle, const std::vector<std::pair<std::string, int>>& fresh,
             std::vector<std::string> names);
    void poll(rd_kafka_t* handle);
    void setUp(bool up, const std::string& why);

    ReadSession m_session;
    TailOptions m_options;
    std::map<std::pair<std::string, int>, std::int64_t> m_next;  // assigned partitions and their next offset
    std::map<std::string, int> m_atStart;  // topics of the first look, and how many partitions they had
    bool m_first = true, m_up = false, m_said = false;
    std::atomic<bool> m_stopping{false};
    std::thread m_thread;
};

}  // namespace nova::engine
