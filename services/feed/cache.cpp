#include "feed/cache.h"

#include <algorithm>
#include <charconv>

#include "contract/topics.h"
#include "feed/write_plan.h"
#include "kit/redis/client.h"

namespace nova::feed {
namespace {

using kit::RedisCommand;
using kit::RedisReply;
using kit::Result;

constexpr std::size_t commandsPerPipeline = 10'000;
constexpr const char* claimMs = "30000";

std::int64_t number(const std::string& text) {
    std::int64_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

bool lacksScript(const std::vector<RedisReply>& replies) {
    return std::ranges::any_of(replies, [](const RedisReply& reply) {
        return reply.type == RedisReply::Type::error && reply.text.starts_with("NOSCRIPT");
    });
}

PostState snapshotOf(const std::string& id, const std::vector<RedisReply>& pairs) {
    std::map<std::string, std::string> fields;
    for (std::size_t i = 0; i + 1 < pairs.size(); i += 2) fields[pairs[i].text] = pairs[i + 1].text;
    return {.id = id,
            .authorId = fields["author_id"],
            .created = number(fields["created"]),
            .updated = number(fields["updated"]),
            .version = number(fields["version"]),
            .deleted = false,
            .content = fields["content"],
            .mediaIds = fields["media_ids"],
            .likes = number(fields["like_count"]),
            .likesVersion = number(fields["like_version"])};
}

}  // namespace

Result<std::int64_t> FeedCache::write(const WritePlan& plan) {
    std::size_t commands = 0;
    for (const auto& batch : plan.batches(commandsPerPipeline)) {
        auto replies = m_redis.pipeline(batch);
        if (!replies) return replies.error();
        if (lacksScript(replies.value())) {  // Redis was restarted; the commands may be repeated
            for (const auto& script : WritePlan::scripts())
                if (auto loaded = m_redis.command({"SCRIPT", "LOAD", script}); !loaded) return loaded.error();
            replies = m_redis.pipeline(batch);
            if (!replies) return replies.error();
        }
        if (auto fine = kit::firstError(replies.value()); !fine) return fine.error();
        commands += batch.count();
    }
    return static_cast<std::int64_t>(commands);
}

Result<std::vector<std::vector<std::string>>> FeedCache::members(const std::vector<std::string>& users) {
    std::vector<RedisCommand> commands;
    for (const auto& user : users) commands.push_back({"ZRANGE", "feed:" + user, "0", "-1"});
    auto replies = m_redis.pipeline(commands);
    if (!replies) return replies.error();
    if (auto fine = kit::firstError(replies.value()); !fine) return fine.error();
    std::vector<std::vector<std::string>> all;
    for (const auto& reply : replies.value()) {
        auto& ids = all.emplace_back();
        for (const auto& item : reply.items) ids.push_back(item.text);
    }
    return all;
}

Result<FeedCache::Slice> FeedCache::slice(const std::string& user, std::int64_t maxScore, std::size_t skip,
                                          std::size_t count) {
    auto replies = m_redis.pipeline({{"EXISTS", "feed:epoch"},
                                     {"ZREVRANGEBYSCORE", "feed:" + user, std::to_string(maxScore), "-inf",
                                      "WITHSCORES", "LIMIT", std::to_string(skip), std::to_string(count)}},
                                    "feed");
    if (!replies) return replies.error();
    if (auto fine = kit::firstError(replies.value()); !fine) return fine.error();
    Slice slice;
    slice.lost = replies.value()[0].integer == 0;
    const auto& items = replies.value()[1].items;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2)
        slice.posts.push_back({items[i].text, number(items[i + 1].text)});
    return slice;
}

Result<std::vector<std::optional<PostState>>> FeedCache::snapshots(const std::vector<std::string>& ids) {
    std::vector<RedisCommand> commands;
    for (const auto& id : ids) commands.push_back({"HGETALL", "snapshot:" + id});
    std::vector<std::optional<PostState>> all;
    if (ids.empty()) return all;
    auto replies = m_redis.pipeline(commands, "snapshots");
    if (!replies) return replies.error();
    if (auto fine = kit::firstError(replies.value()); !fine) return fine.error();
    for (std::size_t i = 0; i < ids.size(); ++i) {
        const auto& items = replies.value()[i].items;
        all.push_back(items.empty() ? std::nullopt : std::optional(snapshotOf(ids[i], items)));
    }
    return all;
}

Result<FeedCache::Short> FeedCache::cutShort(int count) {
    auto reply = m_redis.command({"HRANDFIELD", feedsCutShort, std::to_string(count), "WITHVALUES"});
    if (!reply) return reply.error();
    Short feeds;
    const auto& items = reply.value().items;
    for (std::size_t i = 0; i + 1 < items.size(); i += 2) feeds[items[i].text] = items[i + 1].text;
    return feeds;
}

Result<void> FeedCache::filledUp(const Short& feeds) {
    RedisCommand command{"EVAL",
                         "for i = 1, #ARGV, 2 do if redis.call('HGET', KEYS[1], ARGV[i]) == ARGV[i + 1] then\n"
                         "redis.call('HDEL', KEYS[1], ARGV[i]) end end return 1",
                         "1", feedsCutShort};
    for (const auto& [user, times] : feeds) command.insert(command.end(), {user, times});
    auto reply = m_redis.command(command);
    if (!reply) return reply.error();
    return kit::outcome::success();
}

Result<bool> FeedCache::lost() {
    auto reply = m_redis.command({"EXISTS", "feed:epoch"});
    if (!reply) return reply.error();
    return reply.value().integer == 0;
}

Result<bool> FeedCache::claimRebuild(const std::string& token) {
    auto reply = m_redis.command({"SET", "feed:rebuilding", token, "NX", "PX", claimMs});
    if (!reply) return reply.error();
    return !reply.value().isNil();
}

Result<bool> FeedCache::renewRebuild(const std::string& token) {
    auto reply = m_redis.command({"EVAL",
                                  "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end\n"
                                  "return redis.call('PEXPIRE', KEYS[1], ARGV[2])",
                                  "1", "feed:rebuilding", token, claimMs});
    if (!reply) return reply.error();
    return reply.value().integer == 1;
}

Result<bool> FeedCache::finishRebuild(const std::string& token) {
    auto reply = m_redis.command({"EVAL",
                                  "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end\n"
                                  "redis.call('SET', KEYS[2], ARGV[1]) return redis.call('DEL', KEYS[1])",
                                  "2", "feed:rebuilding", "feed:epoch", token});
    if (!reply) return reply.error();
    return reply.value().integer == 1;
}

}  // namespace nova::feed
