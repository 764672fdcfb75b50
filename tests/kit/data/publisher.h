// A process that publishes: pool, metrics and outbox over one schema with a table of posts.
#pragma once

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "kit/outbox/outbox.h"
#include "kit/postgres/migrate.h"
#include "kit/runtime/config.h"
#include "kit/runtime/metrics.h"
#include "tests/support/real_stores.h"

namespace nova::test {

inline constexpr const char* postsSchema =
    "-- migration 1: posts\nCREATE TABLE posts (id text PRIMARY KEY, version bigint NOT NULL);\n";

inline kit::OutEvent eventOf(const std::string& topic, const std::string& post, std::int64_t version) {
    return {topic,
            post,
            "post",
            post,
            version,
            version == 1 ? "PostCreated" : "PostUpdated",
            "nova.events.v1.PostCreated",
            "payload " + std::to_string(version),
            kit::wallNow()};
}

// A process of a publisher: pool, metrics, outbox.
struct Publisher {
    kit::Metrics metrics;
    kit::PostgresPool pool;
    kit::Outbox outbox;
    std::string topic;
    Publisher(const test::RealPostgres& postgres, const test::MockKafka& kafka, const std::string& schema,
              std::string topicName, int replica = 0, kit::Publish publish = kit::Publish::outbox)
        : pool(postgres.uri(), schema, 10),
          outbox(config(kafka, replica, publish), pool, metrics),
          topic(std::move(topicName)) {}
    static kit::ServiceConfig config(const test::MockKafka& kafka, int replica, kit::Publish publish) {
        kit::ServiceConfig c;
        c.service = "content-service";
        c.replica = replica;
        c.kafkaBootstrap = kafka.bootstrap();
        c.publish = publish;
        return c;
    }
    // The next version of a post, as a service writes it: state first, then the event.
    kit::Result<void> edit(const std::string& post, bool rollBack = false) {
        return pool.transact("posts + outbox", [&](kit::Transaction& t) {
            const auto row = t.exec(
                "INSERT INTO posts VALUES ($1, 1) ON CONFLICT (id) DO UPDATE SET version = posts.version + 1"
                " RETURNING version",
                post)[0];
            outbox.emit(t, eventOf(topic, post, row[0].as<std::int64_t>()));
            if (rollBack) t.refuse(kit::badInput("changed my mind"));
        });
    }
    int number(const char* sql) {
        return pool.run<int>(nullptr, [&](kit::Transaction& t) { return t.exec(sql)[0][0].as<int>(); }).value();
    }
    bool drained() { return number("SELECT count(*) FROM outbox") == 0; }
    int locks() {
        return number(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objsubid = 2 AND objid < 16 AND granted"
            " AND classid = 'outbox'::regclass");
    }
};

using Versions = std::map<std::string, std::vector<std::int64_t>>;
inline Versions versionsByKey(const std::vector<kit::Record>& records) {
    Versions versions;
    for (const auto& record : records) versions[record.key].push_back(record.version.value());
    return versions;
}

// Each version once or more, first occurrences 1, 2, 3 … (a repeat may only follow a crash).
inline bool firstOccurrencesRise(const std::vector<std::int64_t>& versions) {
    std::int64_t last = 0;
    for (const auto v : versions) {
        if (v > last + 1) return false;
        last = std::max(last, v);
    }
    return true;
}

inline double medianMs(kit::PostgresPool& pool) {
    return pool
        .run<double>(nullptr,
                     [](kit::Transaction& t) {
                         return t
                             .exec(
                                 "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM sent_at - "
                                 "created_at) * 1000)"
                                 " FROM outbox_sent")[0][0]
                             .as<double>();
                     })
        .value();
}

}  // namespace nova::test
