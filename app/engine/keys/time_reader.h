// Reads topics between two times and no further than a bound of records. Thread: one; calls block.
#pragma once

#include <QStringList>
#include <atomic>
#include <functional>
#include <vector>

#include "app/engine/cluster/session.h"
#include "app/engine/keys/key_report.h"

namespace nova::engine {

class TimeReader {
public:
    using Each = std::function<bool(const rd_kafka_message_t&)>;  // false ends the read

    // Looks the topics up. Error: transient, Kafka does not answer.
    static kit::Result<TimeReader> make(const ReadSession& session, const std::atomic<bool>& stop);
    [[nodiscard]] bool has(const std::string& topic) const;
    // In the order in which they are searched: Nova's with their dead letters, then all others but otlp_spans and __*.
    [[nodiscard]] std::vector<std::vector<std::string>> eventTopics() const;

    // From `earlyMs` on, or from `closeMs` where there is too much.
    struct Start {
        qint64 earlyMs = 0, closeMs = 0;
    };
    // Records appended from the start on, until the last of `untilMs` (rising) before which at most `most` offsets lie;
    // where even the first is too far, `most` records. Times in the future are now.
    kit::Result<SearchReach> read(const std::vector<std::string>& topics, Start start,
                                  const std::vector<qint64>& untilMs, qint64 most, const Each& each);

private:
    using Offsets = std::map<std::pair<std::string, int>, std::int64_t>;
    TimeReader(ReadSession session, kit::kafka::Handle handle, std::map<std::string, int> topics,
               const std::atomic<bool>& stop)
        : m_session(std::move(session)), m_handle(std::move(handle)), m_topics(std::move(topics)), m_stop(&stop) {}
    kit::Result<Offsets> offsetsAt(const std::vector<std::string>& topics, qint64 timeMs) const;

    ReadSession m_session;
    kit::kafka::Handle m_handle;
    std::map<std::string, int> m_topics;  // partitions
    const std::atomic<bool>* m_stop;
};

}  // namespace nova::engine
