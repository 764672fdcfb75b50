#include "app/engine/traffic/follow.h"

#include <algorithm>
#include <thread>

#include "app/engine/traffic/scan_reader.h"
#include "app/engine/traffic/topic_tail.h"

namespace nova::engine {
namespace {

using std::chrono::steady_clock;
constexpr std::chrono::milliseconds lookEvery{20};

class Follower {
public:
    explicit Follower(ScanShared& shared)
        : m_shared(shared), m_judge(shared.hooks.judge ? shared.hooks.judge() : nullptr) {
        for (const auto& cursor : shared.cursors) m_cursors[cursor->range.topic][cursor->range.partition] = cursor.get();
    }

    void run(const ReadSession& session, const ScanPlan& plan) {
        TailCalls calls;
        calls.record = [this](const rd_kafka_message_t& message) { take(message); };
        calls.begins = [this](const std::string& topic, int partition, std::int64_t offset) {
            begin(topic, partition, offset);
        };
        calls.troubles = [this](std::vector<std::string> troubles) {
            m_troubles = std::move(troubles);
            tellTroubles();
        };
        calls.connection = [this](bool up, const std::string& why) {
            m_down = up ? std::string() : why;
            tellTroubles();
        };
        const TopicTail tail(session, choiceOf(plan), std::move(calls), "scan");
        while (m_shared.end == ScanEnd::running) {
            std::this_thread::sleep_for(lookEvery);
            endWhenAsked();
        }
    }

private:
    TailChoice choiceOf(const ScanPlan& plan) const {
        TailChoice choice;
        choice.topics = m_shared.request.topics;
        choice.from = m_shared.request.from;
        for (const auto& range : m_shared.request.ranges) choice.topics.push_back(range.topic);
        choice.all = choice.topics.empty();
        for (const auto& [range, high] : plan.entries) {
            if (range.trouble.empty()) choice.starts[{range.topic, range.partition}] = range.next;
        }
        return choice;
    }

    void endWhenAsked() {
        const auto& request = m_shared.request;
        const std::chrono::duration<double> taken = steady_clock::now() - m_shared.start;
        if (m_shared.stop || (m_shared.hooks.goesOn && !m_shared.hooks.goesOn())) m_shared.finish(ScanEnd::stopped);
        if (request.maxSeconds > 0 && taken.count() >= request.maxSeconds) m_shared.finish(ScanEnd::maxSeconds);
    }

    // Where a partition goes on as it was planned, what was searched before counts too.
    void begin(const std::string& topic, int partition, std::int64_t offset) {
        const std::lock_guard lock(m_shared.mutex);
        auto*& cursor = m_cursors[topic][partition];
        if (!cursor) {
            m_shared.cursors.push_back(std::make_unique<ScanCursor>(ScanPlan::Entry{{topic, partition, 0, 0, 0, {}}}));
            cursor = m_shared.cursors.back().get();
        }
        if (!cursor->range.trouble.empty() || cursor->next != offset) cursor->range.from = offset;
        cursor->range.trouble.clear();
        cursor->next = offset;
    }

    void take(const rd_kafka_message_t& message) {
        if (m_shared.end != ScanEnd::running) return;
        const auto& request = m_shared.request;
        const std::lock_guard lock(m_shared.mutex);
        ++m_shared.records;
        m_shared.bytes += static_cast<std::int64_t>(message.len + message.key_len);
        if (!m_judge || m_judge->matches(message)) {
            ++m_shared.matched;
            if (!m_shared.hooks.record(message)) m_shared.finish(ScanEnd::stopped);
            if (request.limit > 0 && m_shared.matched >= request.limit) m_shared.finish(ScanEnd::limit);
        }
        if (m_judge) m_shared.errors = m_judge->errors();
        if (request.maxRecords > 0 && m_shared.records >= request.maxRecords) m_shared.finish(ScanEnd::maxRecords);
        if (request.maxBytes > 0 && m_shared.bytes >= request.maxBytes) m_shared.finish(ScanEnd::maxBytes);
        if (auto* cursor = cursorOf(message)) cursor->next = message.offset + 1;
    }

    ScanCursor* cursorOf(const rd_kafka_message_t& message) {
        const auto topic = m_cursors.find(std::string_view(rd_kafka_topic_name(message.rkt)));
        if (topic == m_cursors.end()) return nullptr;
        const auto found = topic->second.find(message.partition);
        return found == topic->second.end() ? nullptr : found->second;
    }

    void tellTroubles() const {
        if (!m_shared.hooks.troubles) return;
        auto all = m_troubles;
        if (!m_down.empty()) all.insert(all.begin(), m_down);
        m_shared.hooks.troubles(all);
    }

    ScanShared& m_shared;
    const std::unique_ptr<ScanJudge> m_judge;
    std::map<std::string, std::map<int, ScanCursor*>, std::less<>> m_cursors;
    std::vector<std::string> m_troubles;
    std::string m_down;
};

}  // namespace

void follow(const ReadSession& session, const ScanPlan& plan, ScanShared& shared) {
    Follower(shared).run(session, plan);
    std::ranges::sort(shared.cursors, {}, [](const auto& cursor) {
        return std::pair(cursor->range.topic, cursor->range.partition);
    });
}

}  // namespace nova::engine
