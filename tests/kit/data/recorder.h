// A handler for tests of the consumer loop: writes down what it is given and answers as told.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "kit/consume/handler.h"
#include "kit/kafka/producer.h"

namespace nova::test {

class Recorder : public kit::RecordHandler {
public:
    using Answer = std::function<kit::Handled(const kit::Record&)>;

    // From now on; what was seen before is forgotten.
    void begin(Answer answer = [](const kit::Record&) { return kit::Handled::of(kit::Outcome::done); }) {
        const std::lock_guard lock(m_mutex);
        m_answer = std::move(answer);
        m_seen.clear();
        m_done.clear();
    }
    bool knows(const kit::Record& record) const override { return record.dataSchema.starts_with("nova.events.v1."); }
    std::vector<kit::Handled> handle(const std::vector<kit::Record*>& batch) override {
        std::vector<kit::Handled> answers;
        for (const kit::Record* const record : batch) {
            answers.push_back(answer()(*record));
            const std::lock_guard lock(m_mutex);
            m_seen.push_back(*record);
            if (answers.back().outcome == kit::Outcome::done) m_done.push_back(*record);
        }
        return answers;
    }
    bool goesFirst(const kit::Record& record) const override { return record.key.starts_with("premium"); }
    void reassigned() override { ++m_reassignments; }
    int reassignments() const { return m_reassignments; }
    std::vector<kit::Record> seen() const {
        const std::lock_guard lock(m_mutex);
        return m_seen;
    }
    std::vector<kit::Record> done() const {
        const std::lock_guard lock(m_mutex);
        return m_done;
    }

private:
    Answer answer() const {
        const std::lock_guard lock(m_mutex);
        return m_answer;
    }
    mutable std::mutex m_mutex;
    std::atomic<int> m_reassignments{0};
    Answer m_answer = [](const kit::Record&) { return kit::Handled::of(kit::Outcome::done); };
    std::vector<kit::Record> m_seen, m_done;
};

inline kit::kafka::OutRecord eventOf(const std::string& topic, const std::string& id, const std::string& key = "post",
                                     std::int64_t version = 1) {
    return {topic,
            key,
            "value of " + id,
            {{"ce_id", id},
             {"ce_type", "PostCreated"},
             {"ce_dataschema", "nova.events.v1.PostCreated"},
             {"ce_subject", key},
             {"ce_time", "2026-11-23T01:02:03.123456Z"},
             {"nova-version", std::to_string(version)}},
            -1};
}

}  // namespace nova::test
