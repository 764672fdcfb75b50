#include "kit/consume/parking.h"

#include "contract/topics.h"
#include "kit/postgres/pool.h"
#include "kit/redis/client.h"

namespace nova::kit::consume {
namespace {

using Found = std::map<std::string, ParkedBy>;

class SqlParking final : public Parking {
public:
    explicit SqlParking(PostgresPool& pool) : m_pool(pool) {}

    Result<Found> find(const std::string& topic, const std::vector<std::string>& keys) override {
        return m_pool.run<Found>(nullptr, [&](Transaction& t) {
            Found found;
            for (const auto& row : t.exec("SELECT key, event_id, error FROM parked WHERE topic = $1"
                                          " AND key = ANY($2::text[])",
                                          topic, sqlArray(keys)))
                found[row[0].as<std::string>()] = {row[1].as<std::string>(), row[2].as<std::string>()};
            return found;
        });
    }
    Result<void> park(const std::string& topic, const std::string& key, const ParkedBy& by) override {
        return m_pool.transact(nullptr, [&](Transaction& t) {
            t.exec("INSERT INTO parked (topic, key, event_id, error) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
                   topic, key, by.eventId, by.error);
        });
    }
    Result<bool> release(const std::string& topic, const std::string& key) override {
        return m_pool.run<bool>(nullptr, [&](Transaction& t) {
            return !t.exec("DELETE FROM parked WHERE topic = $1 AND key = $2 RETURNING 1", topic, key).empty();
        });
    }

private:
    PostgresPool& m_pool;
};

class RedisParking final : public Parking {
public:
    RedisParking(RedisClient& redis, std::string group) : m_redis(redis), m_group(std::move(group)) {}

    Result<Found> find(const std::string& topic, const std::vector<std::string>& keys) override {
        RedisCommand command{"HMGET", hash(topic)};
        command.insert(command.end(), keys.begin(), keys.end());
        auto reply = m_redis.command(command);
        if (!reply) return reply.error();
        Found found;
        for (std::size_t i = 0; i < keys.size() && i < reply.value().items.size(); ++i) {
            const RedisReply& item = reply.value().items[i];
            if (item.isNil()) continue;
            const auto space = std::min(item.text.find(' '), item.text.size());
            found[keys[i]] = {item.text.substr(0, space), item.text.substr(std::min(space + 1, item.text.size()))};
        }
        return found;
    }
    Result<void> park(const std::string& topic, const std::string& key, const ParkedBy& by) override {
        auto reply = m_redis.command({"HSETNX", hash(topic), key, by.eventId + " " + by.error});
        if (!reply) return reply.error();
        return outcome::success();
    }
    Result<bool> release(const std::string& topic, const std::string& key) override {
        auto reply = m_redis.command({"HDEL", hash(topic), key});
        if (!reply) return reply.error();
        return reply.value().integer == 1;
    }

private:
    std::string hash(const std::string& topic) const { return "parked:" + m_group + ":" + topic; }

    RedisClient& m_redis;
    const std::string m_group;
};

}  // namespace

bool Parking::parks(const std::string& topic) {
    return topic == contract::topic::message;
}

const char* Parking::schemaSql() {
    return "CREATE TABLE parked (\n"
           "  topic text NOT NULL,\n"
           "  key text NOT NULL,\n"
           "  event_id text NOT NULL,\n"
           "  error text NOT NULL,\n"
           "  since timestamptz NOT NULL DEFAULT clock_timestamp(),\n"
           "  PRIMARY KEY (topic, key)\n"
           ");\n";
}

std::unique_ptr<Parking> parkingIn(PostgresPool& pool) {
    return std::make_unique<SqlParking>(pool);
}

std::unique_ptr<Parking> parkingIn(RedisClient& redis, const std::string& group) {
    return std::make_unique<RedisParking>(redis, group);
}

}  // namespace nova::kit::consume
