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

// Many commands, written as they go over the wire: no copy of their words is kept. Each begin() is followed by so many word()s.
class RedisBatch {
public:
    void begin(std::size_t words) {
        head('*', words);
        ++m_count;
    }
    void word(std::string_view text) {
        head('$', text.size());
        m_bytes.append(text).append("\r\n");
    }
    void command(const RedisCommand& words) {
        begin(words.size());
        for (const auto& text : words) word(text);
    }
    std::size_t count() const { return m_count; }   // of commands
    const std::string& bytes() const { return m_bytes; }

private:
    void head(char kind, std::size_t number) {
        m_bytes += kind;
        m_bytes.append(std::to_string(number)).append("\r\n");
    }
    std::string m_bytes;
    std::size_t m_count = 0;
};

// The first error among the replies of a pipeline (permanent); success without one.
Result<void> firstError(const std::vector<RedisReply>& replies);

class RedisClient {
public:
    RedisClient(std::string host, int port);
    ~RedisClient();
    // Sends all, reads all replies in order. Fails as a whole only on connection loss; per-command errors are replies of Type::error,
    // but transient ones (LOADING …) fail the whole. `span`: name of the redis span, nullptr for none.
    Result<std::vector<RedisReply>> pipeline(const std::vector<RedisCommand>& commands, const char* span = nullptr);
    Result<std::vector<RedisReply>> pipeline(const RedisBatch& batch, const char* span = nullptr);
    Result<RedisReply> command(const RedisCommand& command, const char* span = nullptr);   // error replies become errors
    Result<void> ping();
private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::kit
