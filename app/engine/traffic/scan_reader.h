// One client that reads some of a scan's partitions to their ends, and what the clients of one scan share. Thread: each
// reader one of its own.
#pragma once

#include <atomic>
#include <chrono>
#include <limits>
#include <mutex>
#include <unordered_map>

#include "app/engine/traffic/scan_plan.h"

namespace nova::engine {

// A partition of a scan while it runs. `next` is written by its reader and read by whoever reports.
struct ScanCursor {
    explicit ScanCursor(ScanPlan::Entry planned)
        : range(std::move(planned.range)), next(range.next), high(planned.high) {}
    ScanRange range;  // but for its `next`; trouble: under ScanShared::mutex
    std::atomic<std::int64_t> next;
    std::atomic<std::int64_t> timeMs{std::numeric_limits<std::int64_t>::min()};  // of the latest record searched
    std::int64_t high;
    bool atEnd = false;  // there is nothing to fetch just now; its reader's alone
    [[nodiscard]] bool isDone() const { return next.load(std::memory_order_relaxed) >= range.until; }
};

struct ScanShared {
    ScanShared(const ScanRequest& asked, const ScanHooks& calls, const std::atomic<bool>& stopped)
        : request(asked), hooks(calls), stop(stopped) {}
    const ScanRequest& request;
    const ScanHooks& hooks;
    const std::atomic<bool>& stop;
    const std::chrono::steady_clock::time_point start = std::chrono::steady_clock::now();
    std::vector<std::unique_ptr<ScanCursor>> cursors;
    std::atomic<ScanEnd> end{ScanEnd::running};
    std::atomic<std::int64_t> records{0}, bytes{0}, errors{0};
    std::mutex mutex;                                          // the callers' functions are never called at once
    std::int64_t matched = 0;                                  // guarded by mutex
    std::chrono::steady_clock::time_point progressAt = start, reachedAt = start;  // guarded by mutex

    void finish(ScanEnd why);                 // the first reason counts
    [[nodiscard]] ScanReport report() const;  // under mutex, or when nobody reads any more
};

class ScanReader {
public:
    // While a budget that is not null says wait, nothing more is taken; the handle pays by itself.
    ScanReader(rd_kafka_t* handle, std::shared_ptr<ReadBudget> budget, std::vector<ScanCursor*> cursors,
               ScanShared& shared);
    void run();

private:
    void assign();
    [[nodiscard]] bool isOver();
    bool waitForBudget();
    std::size_t fetch();
    void wakeFetching();
    void takeAll(std::size_t count);
    void take(const rd_kafka_message_t& message);
    void search(ScanCursor& cursor, const rd_kafka_message_t& message);
    bool count(const rd_kafka_message_t& message);
    void discount(const rd_kafka_message_t& message);
    bool handOver(const rd_kafka_message_t& message);
    void fail(ScanCursor& cursor, const std::string& why);
    void settle(ScanCursor& cursor);
    void relocate(ScanCursor& cursor);
    void leaveFinished();
    void giveUpWhenSilent();
    void tick();
    void tellReached();
    [[nodiscard]] ScanCursor* cursorOf(const rd_kafka_message_t& message);

    rd_kafka_t* m_handle;
    const std::shared_ptr<ReadBudget> m_budget;
    std::vector<ScanCursor*> m_open;  // not done
    ScanShared& m_shared;
    std::unique_ptr<ScanJudge> m_judge;
    kit::kafka::Queue m_queue;
    std::vector<rd_kafka_message_t*> m_batch;
    std::int64_t m_records = 0, m_bytes = 0, m_errors = 0;  // since they were last added to the shared ones
    std::size_t m_overrun = 0;  // finished partitions whose log goes on behind the end, and is fetched in vain
    std::chrono::steady_clock::time_point m_heard = std::chrono::steady_clock::now(), m_woken = m_heard;
    std::unordered_map<const rd_kafka_topic_t*, std::unordered_map<int, ScanCursor*>> m_known;
    const rd_kafka_topic_t* m_lastTopic = nullptr;
    int m_lastPartition = -1;
    ScanCursor* m_lastCursor = nullptr;
};

}  // namespace nova::engine
