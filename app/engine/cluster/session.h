// What we look at: one cluster, reached through one handle type per right. No client of a broker, database or cache is
// made outside this folder. A ReadSession can observe and nothing else: its consumers assign and never commit. Thread:
// any; clients belong to their caller.
#pragma once

#include <QString>
#include <QVector>
#include <memory>
#include <string_view>

#include "app/engine/cluster/read_budget.h"
#include "kit/kafka/handles.h"
#include "kit/runtime/error.h"

namespace nova::engine {

// run.json of a local Nova (contract §7), as values.
struct RunFile {
    struct Process {
        QString name, http;
        int replica = 0;
        qint64 pid = 0;
    };
    QString path, started, kafka, postgres, redis, graphql, upload, websocket;  // empty: there is none
    QVector<Process> processes;

    // badInput when it is no run file, notFound when there is none.
    static kit::Result<RunFile> read(const QString& path);
};

struct Watermarks {
    std::int64_t low = 0, high = 0;  // log start offset, high watermark
};

class ReadSession {
public:
    // `access`: further settings of every handle (security_protocol, sasl…), in librdkafka's names.
    explicit ReadSession(std::string bootstrap, kit::kafka::Settings access = {},
                         std::shared_ptr<ReadBudget> budget = {})
        : m_bootstrap(std::move(bootstrap)), m_access(std::move(access)), m_budget(std::move(budget)) {}
    const std::string& bootstrap() const { return m_bootstrap; }
    // Shared by all reads of this session and its copies; null: no limit (a Nova of one's own).
    const std::shared_ptr<ReadBudget>& budget() const { return m_budget; }

    // A consumer for assign() only: no group membership, no commit, offsets out of range go to the earliest.
    kit::Result<kit::kafka::Handle> observer(const std::string& purpose, const kit::kafka::Settings& extra = {}) const;
    // What this error of a call means: the broker's own words where a connection to it failed, else librdkafka's.
    static std::string why(rd_kafka_t* handle, rd_kafka_resp_err_t error);
    // Whether such words say that we may not, rather than that nobody answered.
    static bool isRefusal(std::string_view text);
    // To be called before each fetch: waits while the budget is spent, but not for long, and says whether it was.
    static constexpr std::chrono::milliseconds longestPause{20};
    bool pause() const;

    using MetadataPtr =
        std::unique_ptr<const struct rd_kafka_metadata, kit::kafka::Deleter<rd_kafka_metadata_destroy>>;
    // Brokers, topics and partitions, one request. Transient error when no broker answers within `timeoutMs`.
    kit::Result<MetadataPtr> metadata(rd_kafka_t* handle, int timeoutMs) const;
    // Names and partition counts; as metadata().
    kit::Result<std::vector<std::pair<std::string, int>>> topics(rd_kafka_t* handle, int timeoutMs) const;
    // Of all these partitions in one call each for low and high. Partitions without a leader are left out.
    kit::Result<std::map<std::pair<std::string, int>, Watermarks>> watermarks(
        rd_kafka_t* handle, const std::vector<std::pair<std::string, int>>& topicPartitionCounts, int timeoutMs) const;
    // First offset at or after a time (Unix ms) per partition; the end where there is none.
    kit::Result<std::map<std::pair<std::string, int>, std::int64_t>> offsetsAt(
        rd_kafka_t* handle, const std::vector<std::pair<std::string, int>>& topicPartitionCounts, std::int64_t timeMs,
        int timeoutMs) const;

private:
    std::string m_bootstrap;
    kit::kafka::Settings m_access;
    std::shared_ptr<ReadBudget> m_budget;
};

}  // namespace nova::engine
