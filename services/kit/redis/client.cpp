#include "kit/redis/client.h"

#include <hiredis/hiredis.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <map>
#include <optional>

#include "contract/topics.h"
#include "kit/trace/span.h"

namespace nova::kit {
namespace {

constexpr timeval timeout{2, 0};

struct FreeContext {
    void operator()(redisContext* c) const { redisFree(c); }
};
struct FreeReply {
    void operator()(void* r) const { freeReplyObject(r); }
};
using Context = std::unique_ptr<redisContext, FreeContext>;
using RawReply = std::unique_ptr<redisReply, FreeReply>;

// Connections of this thread, by the number of the client they belong to. Numbers are never used twice.
std::map<std::uint64_t, Context>& connections() {
    thread_local std::map<std::uint64_t, Context> mine;
    return mine;
}

std::uint64_t nextNumber() {
    static std::atomic<std::uint64_t> last{0};
    return ++last;
}

RedisReply convert(const redisReply& raw) {
    RedisReply reply;
    switch (raw.type) {
        case REDIS_REPLY_INTEGER:
            reply.type = RedisReply::Type::integer;
            reply.integer = raw.integer;
            break;
        case REDIS_REPLY_STRING:
        case REDIS_REPLY_STATUS:
            reply.type = RedisReply::Type::text;
            reply.text.assign(raw.str, raw.len);
            break;
        case REDIS_REPLY_ERROR:
            reply.type = RedisReply::Type::error;
            reply.text.assign(raw.str, raw.len);
            break;
        case REDIS_REPLY_ARRAY:
            reply.type = RedisReply::Type::array;
            reply.items.reserve(raw.elements);
            for (std::size_t i = 0; i < raw.elements; ++i) reply.items.push_back(convert(*raw.element[i]));
            break;
        default:
            break;
    }
    return reply;
}

// Errors that a server outgrows by itself.
bool isTransient(std::string_view error) {
    for (const std::string_view prefix :
         {"LOADING", "READONLY", "BUSY ", "MASTERDOWN", "TRYAGAIN", "CLUSTERDOWN", "OOM", "MISCONF"}) {
        if (error.starts_with(prefix)) return true;
    }
    return false;
}

}  // namespace

Result<void> firstError(const std::vector<RedisReply>& replies) {
    for (const RedisReply& reply : replies)
        if (reply.type == RedisReply::Type::error) return inside(permanent("Redis refused a command: " + reply.text));
    return outcome::success();
}

struct RedisClient::Impl {
    std::string host;
    int port = 0;
    std::uint64_t number = nextNumber();

    Error away(const std::string& why, const std::string& hint = {}) const {
        return inside(transient("Redis at " + host + ":" + std::to_string(port) + ": " + why, hint));
    }

    Result<redisContext*> connection(bool& fresh) const {
        Context& slot = connections()[number];
        fresh = !slot;
        if (slot) return slot.get();
        Context made(redisConnectWithTimeout(host.c_str(), port, timeout));
        if (!made || made->err) {
            return away(made ? made->errstr : "out of memory", "Check that Redis runs.");
        }
        const int on = 1;
        setsockopt(made->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
        redisSetTimeout(made.get(), timeout);
        redisEnableKeepAlive(made.get());
        slot = std::move(made);
        return slot.get();
    }

    void forget() const { connections().erase(number); }

    // One attempt on one connection.
    Result<std::vector<RedisReply>> exchange(redisContext* context, const RedisBatch& batch) const {
        redisAppendFormattedCommand(context, batch.bytes().data(), batch.bytes().size());
        std::vector<RedisReply> replies;
        replies.reserve(batch.count());
        std::optional<Error> refused;
        for (std::size_t i = 0; i < batch.count(); ++i) {
            void* raw = nullptr;
            if (redisGetReply(context, &raw) != REDIS_OK) return away(context->errstr);
            const RawReply reply(static_cast<redisReply*>(raw));
            replies.push_back(convert(*reply));
            const RedisReply& last = replies.back();
            if (last.type == RedisReply::Type::error && isTransient(last.text))
                refused = away(last.text);
        }
        if (refused) return *refused;
        return replies;
    }
};

RedisClient::RedisClient(std::string host, int port) : m_impl(std::make_unique<Impl>()) {
    m_impl->host = std::move(host);
    m_impl->port = port;
    std::signal(SIGPIPE, SIG_IGN);  // hiredis writes to a socket that Redis may have closed
}

RedisClient::~RedisClient() {
    m_impl->forget();
}

Result<std::vector<RedisReply>> RedisClient::pipeline(const std::vector<RedisCommand>& commands, const char* span) {
    RedisBatch batch;
    for (const RedisCommand& command : commands) batch.command(command);
    return pipeline(batch, span);
}

Result<std::vector<RedisReply>> RedisClient::pipeline(const RedisBatch& batch, const char* span) {
    if (batch.count() == 0) return std::vector<RedisReply>{};
    std::optional<trace::Span> measured;
    if (span && trace::current().valid()) measured.emplace(span, trace::SpanKind::client, "redis");
    if (measured) measured->set(contract::attr::statements, static_cast<std::int64_t>(batch.count()));

    Result<std::vector<RedisReply>> result = transient("Redis: not tried");
    for (int attempt = 0; attempt < 2; ++attempt) {
        bool fresh = false;
        auto context = m_impl->connection(fresh);
        if (!context) {
            result = context.error();
            break;
        }
        result = m_impl->exchange(context.value(), batch);
        if (result || context.value()->err == 0) break;
        // Redis restarted since the last use. Our commands are absolute, so that doing them twice does no harm.
        const int err = context.value()->err;
        const bool closedWhileIdle = !fresh && (err == REDIS_ERR_EOF || (err == REDIS_ERR_IO && errno != EAGAIN));
        m_impl->forget();
        if (!closedWhileIdle) break;
    }
    if (measured && !result) measured->fail(result.error().what);
    return result;
}

Result<RedisReply> RedisClient::command(const RedisCommand& command, const char* span) {
    auto replies = pipeline({command}, span);
    if (!replies) return replies.error();
    RedisReply& reply = replies.value().front();
    if (reply.type == RedisReply::Type::error) return inside(permanent("Redis " + command.front() + ": " + reply.text));
    return std::move(reply);
}

Result<void> RedisClient::ping() {
    auto reply = command({"PING"});
    if (!reply) return reply.error();
    return outcome::success();
}

}  // namespace nova::kit
