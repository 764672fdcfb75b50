#include "realtime_chat/presence_store.h"

#include "contract/topics.h"
#include "kit/consume/shared_span.h"
#include "kit/redis/client.h"
#include "kit/runtime/ids.h"

namespace nova::realtime_chat {
namespace {

constexpr std::chrono::milliseconds lifetime{30'000};

std::string key(const std::string& user) {
    return "websocket:" + user;
}

std::int64_t nowMs() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(kit::wallNow().time_since_epoch()).count();
}

// The error of the pipeline or of the first command that failed.
kit::Result<std::vector<kit::RedisReply>> all(kit::RedisClient& redis, const std::vector<kit::RedisCommand>& commands,
                                              const char* span) {
    if (commands.empty()) return std::vector<kit::RedisReply>{};
    auto replies = redis.pipeline(commands, span);
    if (!replies) return replies.error();
    if (auto fine = kit::firstError(replies.value()); !fine) return fine.error();
    return replies;
}

kit::Result<void> done(const kit::Result<std::vector<kit::RedisReply>>& replies) {
    if (!replies) return replies.error();
    return kit::outcome::success();
}

}  // namespace

kit::Result<void> PresenceStore::enter(const Presence& mine) {
    const auto now = nowMs();
    const std::string set = key(mine.user), until = std::to_string(now + lifetime.count());
    return done(all(m_redis,
                    {{"ZREMRANGEBYSCORE", set, "-inf", std::to_string(now)},
                     {"ZADD", set, until, member(mine)},
                     {"PEXPIRE", set, std::to_string(lifetime.count())}},
                    nullptr));
}

kit::Result<void> PresenceStore::renew(const std::vector<Presence>& mine) {
    const std::string until = std::to_string(nowMs() + lifetime.count());
    std::vector<kit::RedisCommand> commands;
    for (const auto& presence : mine) {
        commands.push_back({"ZADD", key(presence.user), "XX", until, member(presence)});
        commands.push_back({"PEXPIRE", key(presence.user), std::to_string(lifetime.count())});
    }
    return done(all(m_redis, commands, nullptr));
}

kit::Result<void> PresenceStore::remove(const std::vector<Presence>& mine) {
    std::vector<kit::RedisCommand> commands;
    for (const auto& presence : mine) commands.push_back({"ZREM", key(presence.user), member(presence)});
    return done(all(m_redis, commands, nullptr));
}

kit::Result<void> PresenceStore::forget(const std::string& user, const Place& place) {
    return done(all(m_redis, {{"ZREM", key(user), place.address + "/" + place.connection}}, "websocket forget"));
}

kit::Result<std::vector<Presence>> PresenceStore::missing(const std::vector<Presence>& mine) {
    std::vector<kit::RedisCommand> commands;
    for (const auto& presence : mine) commands.push_back({"ZSCORE", key(presence.user), member(presence)});
    auto replies = all(m_redis, commands, nullptr);
    if (!replies) return replies.error();
    std::vector<Presence> missing;
    for (std::size_t i = 0; i < mine.size(); ++i)
        if (replies.value()[i].isNil()) missing.push_back(mine[i]);
    return missing;
}

kit::Result<std::map<std::string, std::vector<Place>>> PresenceStore::places(
    const std::vector<std::string>& users, const std::vector<kit::trace::Context>& owners) {
    const auto now = nowMs();
    std::vector<kit::RedisCommand> commands;
    for (const auto& user : users) commands.push_back({"ZRANGEBYSCORE", key(user), "(" + std::to_string(now), "+inf"});
    kit::SharedSpan span("websocket places", "redis", owners);
    span.set(contract::attr::statements, static_cast<std::int64_t>(commands.size()));
    auto replies = all(m_redis, commands, nullptr);
    if (!replies) {
        span.fail(replies.error().what);
        return replies.error();
    }
    std::map<std::string, std::vector<Place>> places;
    for (std::size_t i = 0; i < users.size(); ++i) {
        for (const auto& item : replies.value()[i].items) {
            const auto slash = item.text.find('/');
            if (slash != std::string::npos)
                places[users[i]].push_back({item.text.substr(0, slash), item.text.substr(slash + 1)});
        }
    }
    return places;
}

}  // namespace nova::realtime_chat
