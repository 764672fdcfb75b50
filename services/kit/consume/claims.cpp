#include "kit/consume/claims.h"

#include <algorithm>

#include "contract/topics.h"

namespace nova::kit::consume {
namespace {

constexpr int leaseMs = 5'000;

// A lease that ran out while the effect became durable: nobody else has it, so the mark is still right.
constexpr const char* completeScript =
    "local v = redis.call('GET', KEYS[1])"
    " if v == ARGV[1] or not v then redis.call('SET', KEYS[1], 'done', 'EX', ARGV[2]) return 1 end return 0";
constexpr const char* releaseScript =
    "if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) return 1 end return 0";

bool replace(std::string& text, std::string_view placeholder, std::string_view value) {
    for (auto at = text.find(placeholder); at != std::string::npos; at = text.find(placeholder, at + value.size())) {
        if (value.empty()) return false;
        text.replace(at, placeholder.size(), value);
    }
    return true;
}

}  // namespace

std::string claimKey(const std::string& keyTemplate, bool sharedKeys, const std::string& group, const Record& record) {
    std::string millis;
    if (const auto time = parseRfc3339(kafka::header(record.headers, contract::header::time))) {
        millis = std::to_string(std::chrono::floor<std::chrono::milliseconds>(time->time_since_epoch()).count());
    }
    const auto fill = [&](std::string text) -> std::optional<std::string> {
        const bool named = text.find("{group}") != std::string::npos;
        if (!replace(text, "{group}", group) || !replace(text, "{event_id}", record.eventId) ||
            !replace(text, "{post_id}", record.subject) || !replace(text, "{timestamp}", millis)) {
            return std::nullopt;
        }
        return named || sharedKeys ? text : group + ":" + text;
    };
    if (auto key = fill(keyTemplate)) return *key;
    return fill(std::string(contract::key::processed)).value();
}

Claims::Claims(RedisClient& redis, const std::string& holder) : m_redis(redis), m_token("lease:" + holder) {}

Result<std::vector<RedisReply>> Claims::call(const char* script, std::string& sha, const std::vector<std::string>& keys,
                                             const std::string& argument) {
    for (int attempt = 0;; ++attempt) {
        if (sha.empty()) {
            auto loaded = m_redis.command({"SCRIPT", "LOAD", script});
            if (!loaded) return loaded.error();
            sha = loaded.value().text;
        }
        std::vector<RedisCommand> commands;
        commands.reserve(keys.size());
        for (const std::string& key : keys) commands.push_back({"EVALSHA", sha, "1", key, m_token, argument});
        auto replies = m_redis.pipeline(commands);
        if (!replies) return replies;
        const auto& all = replies.value();
        const auto failed =
            std::ranges::find_if(all, [](const RedisReply& r) { return r.type == RedisReply::Type::error; });
        if (failed == all.end()) return replies;
        // Redis was restarted and has forgotten the script.
        if (!failed->text.starts_with("NOSCRIPT") || attempt > 0) return transient("Redis EVALSHA: " + failed->text);
        sha.clear();
    }
}

Result<std::vector<Claim>> Claims::claim(const std::vector<std::string>& keys) {
    std::vector<Claim> claims;
    if (keys.empty()) return claims;
    const std::string lease = std::to_string(leaseMs);
    RedisBatch batch;
    for (const std::string& key : keys) batch.command({"SET", key, m_token, "NX", "GET", "PX", lease});
    const auto replies = m_redis.pipeline(batch);
    if (!replies) return replies.error();
    RedisBatch renewals;
    for (std::size_t i = 0; i < keys.size(); ++i) {
        const RedisReply& before = replies.value()[i];
        if (before.type == RedisReply::Type::error) return transient("Redis SET: " + before.text);
        const bool mine = before.isNil() || before.text == m_token;
        // `1` is what the design's own SETEX wrote; it is in use out there.
        const bool done = before.text == "done" || before.text == "1";
        claims.push_back(mine ? Claim::claimed : done ? Claim::done : Claim::busy);
        if (mine && !before.isNil()) renewals.command({"PEXPIRE", keys[i], lease});
    }
    if (auto renewed = m_redis.pipeline(renewals); !renewed) return renewed.error();
    return claims;
}

Result<void> Claims::complete(const std::vector<std::string>& keys) {
    if (keys.empty()) return outcome::success();
    const auto replies = call(completeScript, m_completeSha, keys, std::to_string(contract::key::processedTtlSeconds));
    if (!replies) return replies.error();
    return outcome::success();
}

Result<void> Claims::release(const std::vector<std::string>& keys) {
    if (keys.empty()) return outcome::success();
    const auto replies = call(releaseScript, m_releaseSha, keys, "");
    if (!replies) return replies.error();
    return outcome::success();
}

}  // namespace nova::kit::consume
