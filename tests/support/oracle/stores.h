// Doors to the stores of a local Nova, for tests: SQL by the read-only role, Redis, Kafka's offsets. Thread: the
// caller's.
#pragma once

#include <map>
#include <memory>
#include <pqxx/pqxx>
#include <string>
#include <utility>
#include <vector>

#include "kit/kafka/handles.h"
#include "kit/redis/client.h"
#include "tests/support/live_nova.h"

namespace nova::test {

class Sql {
public:
    explicit Sql(const LiveNova& nova) : m_connection(nova.sql()) {}
    pqxx::result operator()(const std::string& statement) {
        return pqxx::nontransaction(*m_connection).exec(statement);
    }
    bool has(const std::string& table) { return !(*this)("SELECT to_regclass('" + table + "')")[0][0].is_null(); }

private:
    std::unique_ptr<pqxx::connection> m_connection;
};

std::string brokerOf(const LiveNova& nova);
std::unique_ptr<kit::RedisClient> redisOf(const LiveNova& nova);

using TopicPartition = std::pair<std::string, int>;
// Next offsets to be written, of all partitions of these topics that exist. Empty: the broker did not answer.
std::map<TopicPartition, std::int64_t> endOffsets(rd_kafka_t* handle, const std::vector<std::string>& topics);
// Group → the topics it consumes, for the services that run now (resources/catalogue.json).
std::map<std::string, std::vector<std::string>> groupsOf(const LiveNova& nova);
// "" when every group has committed all there is, else the first that has not.
std::string lagging(const LiveNova& nova);
// Sets a group's offsets; the group must have no live member. "" or the error.
std::string resetOffsets(const LiveNova& nova, const std::string& group, const std::vector<std::string>& topics,
                         std::int64_t to);
// The same to the present ends: what is in the log now is never seen.
std::string skipToEnd(const LiveNova& nova, const std::string& group, const std::vector<std::string>& topics);
// As if the group had never been: its next member begins where a new group does. "" or the error; it must have no live
// member.
std::string forgetGroup(const LiveNova& nova, const std::string& group);
// A transaction by a service's own role, as itself. Only for tests that put a service back to its first day.
void asService(const LiveNova& nova, const std::string& service, const std::string& statement);

}  // namespace nova::test
