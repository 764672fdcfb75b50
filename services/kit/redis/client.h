// Redis by hiredis: blocking pipelines. One connection a thread (thread_local inside), reconnecting. LOADING, READONLY, BUSY and a lost
// connection are transient errors. A pipeline makes one `redis` span with the number of commands when `span` is given.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "kit/runtime/error.h"

namespace nova::kit {

struct RedisReply {
    enum class Type { nil, integer, text, array, error } type = Type::nil;
    std::int64_t integer = 0;
    std::string text;                    // bulk, status, or error text
    std::vector<RedisReply> items;
    [[nodiscard]] bool isNil() const { return type == Type::nil; }
};

using RedisCommand = std::vector<std::string>;   // {"ZADD", "feed:…", "NX", "17…", "…"}

class RedisClient {
public:
    RedisClient(std::string host, int port);
    ~RedisClient();
    // Sends all, reads all replies in order. Fails as a whole only on connection loss; per-command errors are replies of Type::error,
    // but transient ones (LOADING …) fail the whole. `span`: name of the redis span, nullptr for none.
    Result<std::vector<RedisReply>> pipeline(const std::vector<RedisCommand>& commands, const char* span = nullptr);
    Result<RedisReply> command(const RedisCommand& command, const char* span = nullptr);   // error replies become errors
    Result<void> ping();
private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::kit
