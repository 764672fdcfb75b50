// feed-service's parts on a real PostgreSQL and Redis, and the state of all feeds as one comparable value.
#pragma once

#include <QtTest>
#include <map>
#include <string>
#include <vector>

#include "feed/cache.h"
#include "feed/consumer.h"
#include "feed/fan_out_jobs.h"
#include "feed/projections.h"
#include "feed/reader.h"
#include "feed/rebuilder.h"
#include "kit/redis/client.h"
#include "nova/schema/feed.h"
#include "tests/services/records.h"
#include "tests/services/service_fixture.h"
#include "tests/support/real_stores.h"

namespace nova::test {

using State = std::map<std::string, std::string>;  // Redis key → everything it holds

struct FeedStores {
    RealPostgres postgres;
    RealRedis redisServer;
    ServiceStores stores{postgres.uri(), "feed", feed::schemaSql};
    kit::RedisClient redis{"127.0.0.1", redisServer.port()};
    feed::Projections projections{stores.pool};
    feed::FeedCache cache{redis};
    feed::Rebuilder rebuilder{stores.pool, cache};
    feed::Reader reader{cache, projections, rebuilder};

    void clear() {
        stores.sql("TRUNCATE feed_posts, feed_likes, follow_edges, fan_out_jobs, gate");
        if (!redis.command({"FLUSHALL"})) qFatal("FLUSHALL");
        rebuild();
    }
    bool rebuild() {
        return rebuilder.tend([] { return false; }).value();
    }

    std::vector<std::string> list(const kit::RedisCommand& command) {
        const auto reply = redis.command(command).value();
        std::vector<std::string> texts;
        for (const auto& item : reply.items) texts.push_back(item.text);
        return texts;
    }
    std::string value(const std::string& key) {
        const auto type = redis.command({"TYPE", key}).value().text;
        if (type == "string") return redis.command({"GET", key}).value().text;
        const auto items = list(type == "zset" ? kit::RedisCommand{"ZRANGE", key, "0", "-1", "WITHSCORES"}
                                               : kit::RedisCommand{"HGETALL", key});
        std::map<std::string, std::string> pairs;
        for (std::size_t i = 0; i + 1 < items.size(); i += 2) pairs[items[i]] = items[i + 1];
        std::string all;
        for (const auto& [name, content] : pairs) all += name + "=" + content + " ";
        return all;
    }
    // Feeds and, if wanted, snapshots and version keys.
    State state(bool posts = true) {
        State state;
        for (const char* pattern : {"feed:*", "snapshot:*", "post:*"}) {
            if (!posts && pattern[0] != 'f') continue;
            for (const auto& key : list({"KEYS", pattern}))
                if (key != "feed:epoch") state[key] = value(key);
        }
        return state;
    }
    std::vector<std::string> feedOf(const std::string& user) { return list({"ZREVRANGE", "feed:" + user, "0", "-1"}); }
    bool exists(const std::string& key) { return redis.command({"EXISTS", key}).value().integer == 1; }
};

// A reload that says the owner is away.
inline feed::Reload noOwner() {
    return [](const std::vector<std::string>&) -> kit::Result<std::vector<feed::PostState>> {
        return kit::transient("away");
    };
}

}  // namespace nova::test
