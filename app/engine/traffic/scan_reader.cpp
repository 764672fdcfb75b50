#include "app/engine/traffic/scan_reader.h"

#include <algorithm>
#include <thread>

#include "app/engine/traffic/fetch_faults.h"

namespace nova::engine {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
constexpr std::size_t batchSize = 1'000;
constexpr int dryMs = 5, pollMs = 45;
constexpr milliseconds silentFor{15'000}, progressEvery{100}, napAtMost{50}, reachedEvery{20}, wakeEvery{50};
constexpr int askMs = 2'000, wakeMs = 100;

std::int64_t payloadBytes(const rd_kafka_message_t& message) {
    return static_cast<std::int64_t>(message.len + message.key_len);
}

}  // namespace

void ScanShared::finish(ScanEnd why) {
    auto expected = ScanEnd::running;
    end.compare_exchange_strong(expected, why);
}

ScanReport ScanShared::report() const {
    ScanReport report;
    report.records = records;
    report.matched = matched;
    report.bytes = bytes;
    report.filterErrors = errors;
    report.seconds = std::chrono::duration<double>(steady_clock::now() - start).count();
    report.end = end;
    for (const auto& cursor : cursors) {
        auto range = cursor->range;
        range.next = cursor->next.load(std::memory_order_relaxed);
        if (request.follow) range.until = range.next;
        report.ranges.push_back(std::move(range));
    }
    return report;
}

ScanReader::ScanReader(rd_kafka_t* handle, std::shared_ptr<ReadBudget> budget, std::vector<ScanCursor*> cursors,
                       ScanShared& shared)
    : m_handle(handle),
      m_budget(std::move(budget)),
      m_open(std::move(cursors)),
      m_shared(shared),
      m_judge(shared.hooks.judge ? shared.hooks.judge() : nullptr),
      m_queue(rd_kafka_queue_get_consumer(handle)),
      m_batch(batchSize) {}

void ScanReader::run() {
    while (!isOver() && !waitForBudget()) continue;
    assign();
    while (!isOver()) {
        if (!waitForBudget()) continue;
        const auto count = fetch();
        if (count > 0)
            takeAll(count);
        else
            giveUpWhenSilent();
        tick();
        leaveFinished();
    }
    rd_kafka_assign(m_handle, nullptr);
}

// Anew from where we are: what was fetched ahead is dropped by the client, what comes twice all the same by take().
void ScanReader::assign() {
    kit::kafka::PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(m_open.size())));
    for (const auto* cursor : m_open)
        rd_kafka_topic_partition_list_add(list.get(), cursor->range.topic.c_str(), cursor->range.partition)->offset =
            cursor->next;
    rd_kafka_assign(m_handle, list.get());
    m_known.clear();
    m_lastTopic = nullptr;
    m_overrun = 0;
    m_heard = steady_clock::now();
}

bool ScanReader::isOver() {
    if (m_shared.stop) m_shared.finish(ScanEnd::stopped);
    const double limit = m_shared.request.maxSeconds;
    if (limit > 0 && std::chrono::duration<double>(steady_clock::now() - m_shared.start).count() >= limit)
        m_shared.finish(ScanEnd::maxSeconds);
    return m_open.empty() || m_shared.end != ScanEnd::running;
}

// True when something may be fetched; else it has slept a little.
bool ScanReader::waitForBudget() {
    const auto wait = m_budget ? m_budget->wait() : milliseconds{0};
    if (wait.count() == 0) return true;
    std::this_thread::sleep_for(std::min(wait, napAtMost));
    m_heard = steady_clock::now();
    tick();
    return false;
}

// A batch waits until it is full or the time is over: so without waiting first, and then for a single record.
std::size_t ScanReader::fetch() {
    auto count = rd_kafka_consume_batch_queue(m_queue.get(), 0, m_batch.data(), m_batch.size());
    if (count <= 0) count = rd_kafka_consume_batch_queue(m_queue.get(), dryMs, m_batch.data(), 1);
    if (count <= 0) {
        wakeFetching();
        count = rd_kafka_consume_batch_queue(m_queue.get(), pollMs, m_batch.data(), 1);
    }
    return count > 0 ? static_cast<std::size_t>(count) : 0;
}

// A client whose queue was full looks whether it may fetch again once a second only (librdkafka 2.0.2 has no
// fetch.queue.backoff.ms), unless its connection has something else to do: a question for the ends costs one small
// request a broker, and is asked while there is something to fetch that does not come.
void ScanReader::wakeFetching() {
    const auto now = steady_clock::now();
    if (now - m_woken < wakeEvery || std::ranges::all_of(m_open, &ScanCursor::atEnd)) return;
    kit::kafka::PartitionList list(rd_kafka_topic_partition_list_new(static_cast<int>(m_open.size())));
    for (const auto* cursor : m_open)
        rd_kafka_topic_partition_list_add(list.get(), cursor->range.topic.c_str(), cursor->range.partition)->offset =
            RD_KAFKA_OFFSET_END;
    rd_kafka_offsets_for_times(m_handle, list.get(), wakeMs);
    m_woken = steady_clock::now();
}

void ScanReader::takeAll(std::size_t count) {
    m_heard = steady_clock::now();
    for (std::size_t i = 0; i < count; ++i) {
        const kit::kafka::Message message(m_batch[i]);
        if (m_shared.end.load(std::memory_order_relaxed) == ScanEnd::running) take(*message);
    }
    m_shared.records += m_records;
    m_shared.bytes += m_bytes;
    if (m_judge) {
        m_shared.errors += m_judge->errors() - m_errors;
        m_errors = m_judge->errors();
    }
    m_records = m_bytes = 0;
    tellReached();
}

void ScanReader::take(const rd_kafka_message_t& message) {
    if (!message.rkt) return;
    auto* cursor = cursorOf(message);
    if (!cursor || cursor->isDone()) return;
    cursor->atEnd = message.err == RD_KAFKA_RESP_ERR__PARTITION_EOF;
    if (cursor->atEnd) {
        // The end of the log as it is now: behind it there is nothing, though the planned end may lie in a gap.
        if (message.offset >= cursor->range.until) settle(*cursor);
        return;
    }
    if (message.err == RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET) return relocate(*cursor);
    if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
        if (isLasting(message.err)) fail(*cursor, rd_kafka_message_errstr(&message));
        return;  // all else the client tries again by itself
    }
    if (message.offset < cursor->next.load(std::memory_order_relaxed)) return;
    if (message.offset >= cursor->range.until) return settle(*cursor);
    search(*cursor, message);
}

void ScanReader::search(ScanCursor& cursor, const rd_kafka_message_t& message) {
    if (!count(message)) return;
    if (m_shared.hooks.reached) {
        const auto time = rd_kafka_message_timestamp(&message, nullptr);
        if (time > cursor.timeMs.load(std::memory_order_relaxed)) cursor.timeMs.store(time, std::memory_order_relaxed);
    }
    if ((!m_judge || m_judge->matches(message)) && !handOver(message)) return discount(message);
    cursor.next.store(message.offset + 1, std::memory_order_relaxed);
    if (cursor.isDone()) settle(cursor);
}

// Bounds are kept by all readers together, so their counts are shared for each record; without a bound, once a batch.
bool ScanReader::count(const rd_kafka_message_t& message) {
    const auto& request = m_shared.request;
    if (request.maxBytes > 0 && m_shared.bytes >= request.maxBytes) return m_shared.finish(ScanEnd::maxBytes), false;
    if (request.maxRecords > 0) {
        if (m_shared.records.fetch_add(1) >= request.maxRecords) {
            --m_shared.records;
            return m_shared.finish(ScanEnd::maxRecords), false;
        }
    } else {
        ++m_records;
    }
    (request.maxBytes > 0 ? m_shared.bytes.fetch_add(payloadBytes(message)) : m_bytes += payloadBytes(message));
    return true;
}

void ScanReader::discount(const rd_kafka_message_t& message) {
    m_records -= 1;  // the sums may fall below zero until they are added to the shared ones
    m_bytes -= payloadBytes(message);
}

// False: not handed over, the limit was reached by another reader meanwhile.
bool ScanReader::handOver(const rd_kafka_message_t& message) {
    const auto limit = m_shared.request.limit;
    const std::lock_guard lock(m_shared.mutex);
    if (m_shared.end != ScanEnd::running) return false;
    ++m_shared.matched;
    if (!m_shared.hooks.record(message)) m_shared.finish(ScanEnd::stopped);
    if (limit > 0 && m_shared.matched >= limit) m_shared.finish(ScanEnd::limit);
    return true;
}

void ScanReader::fail(ScanCursor& cursor, const std::string& why) {
    {
        const std::lock_guard lock(m_shared.mutex);
        cursor.range.trouble = why;
    }
    std::erase(m_open, &cursor);
}

void ScanReader::settle(ScanCursor& cursor) {
    cursor.next.store(cursor.range.until, std::memory_order_relaxed);
    std::erase(m_open, &cursor);
    if (cursor.high > cursor.range.until) ++m_overrun;
}

// What was to be read next is not there any more.
void ScanReader::relocate(ScanCursor& cursor) {
    std::int64_t low = 0, high = 0;
    const auto next = cursor.next.load();
    const auto error = rd_kafka_query_watermark_offsets(m_handle, cursor.range.topic.c_str(), cursor.range.partition,
                                                        &low, &high, askMs);
    if (error != RD_KAFKA_RESP_ERR_NO_ERROR)
        return fail(cursor, std::string("its offsets are not known: ") + rd_kafka_err2str(error));
    if (next > high) return fail(cursor, madeAnew(high, next));
    {
        const std::lock_guard lock(m_shared.mutex);
        cursor.range.trouble = "offsets " + std::to_string(next) + " to " + std::to_string(low - 1) +
                               " were deleted by the topic's retention before they could be read";
    }
    cursor.next = std::min(low, cursor.range.until);
    if (cursor.isDone()) return settle(cursor);
    assign();
}

// A partition that is done is fetched on behind its end. To leave it means to assign the others anew and to fetch again
// what was queued of them: worth it when half of what comes is for nothing.
void ScanReader::leaveFinished() {
    if (m_overrun > 0 && m_overrun >= m_open.size() && !isOver()) assign();
}

void ScanReader::giveUpWhenSilent() {
    if (steady_clock::now() - m_heard < silentFor) return;
    for (auto* cursor : std::vector<ScanCursor*>(m_open))
        fail(*cursor, "Kafka has been silent for 15 s in the middle of the scan");
}

void ScanReader::tick() {
    if (!m_shared.hooks.progress) return;
    const std::lock_guard lock(m_shared.mutex);
    const auto now = steady_clock::now();
    if (now - m_shared.progressAt < progressEvery) return;
    m_shared.progressAt = now;
    m_shared.hooks.progress(m_shared.report());
}

void ScanReader::tellReached() {
    if (!m_shared.hooks.reached) return;
    const std::lock_guard lock(m_shared.mutex);
    const auto now = steady_clock::now();
    if (now - m_shared.reachedAt < reachedEvery) return;
    m_shared.reachedAt = now;
    auto least = std::numeric_limits<std::int64_t>::max();
    for (const auto& cursor : m_shared.cursors) {
        if (!cursor->isDone() && cursor->range.trouble.empty())
            least = std::min(least, cursor->timeMs.load(std::memory_order_relaxed));
    }
    if (least != std::numeric_limits<std::int64_t>::max()) m_shared.hooks.reached(least);
}

ScanCursor* ScanReader::cursorOf(const rd_kafka_message_t& message) {
    if (message.rkt == m_lastTopic && message.partition == m_lastPartition) return m_lastCursor;
    auto& byPartition = m_known[message.rkt];
    auto [entry, isNew] = byPartition.try_emplace(message.partition, nullptr);
    if (isNew) {
        const std::string topic = rd_kafka_topic_name(message.rkt);
        for (auto* cursor : m_open) {
            if (cursor->range.partition == message.partition && cursor->range.topic == topic) entry->second = cursor;
        }
    }
    m_lastTopic = message.rkt;
    m_lastPartition = message.partition;
    return m_lastCursor = entry->second;
}

}  // namespace nova::engine
