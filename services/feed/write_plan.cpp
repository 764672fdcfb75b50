#include "feed/write_plan.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <string_view>

#include "contract/topics.h"

namespace nova::feed {
namespace {

std::string text(std::int64_t n) {
    return std::to_string(n);
}

// KEYS snapshot, version. ARGV onlyIfThere, version, likes, likes' version, then fields and values.
constexpr const char* snapshotScript =
    "local new = tonumber(ARGV[2])\n"
    "local seen = tonumber(redis.call('GET', KEYS[2]) or '0')\n"
    "if new < seen then return 0 end\n"
    "if new > seen then redis.call('SET', KEYS[2], ARGV[2]) end\n"
    "if ARGV[1] == '1' and redis.call('EXISTS', KEYS[1]) == 0 then return 0 end\n"
    "redis.call('HSET', KEYS[1], 'version', ARGV[2], unpack(ARGV, 5))\n"
    "if tonumber(ARGV[4]) >= tonumber(redis.call('HGET', KEYS[1], 'like_version') or '0') then\n"
    "  redis.call('HSET', KEYS[1], 'like_count', ARGV[3], 'like_version', ARGV[4]) end\n"
    "return 1";
// KEYS snapshot, version. ARGV version.
constexpr const char* dropScript =
    "local seen = tonumber(redis.call('GET', KEYS[2]) or '0')\n"
    "if tonumber(ARGV[1]) < seen then return 0 end\n"
    "redis.call('SET', KEYS[2], ARGV[1]) return redis.call('DEL', KEYS[1])";
// KEYS snapshot. ARGV likes, likes' version.
constexpr const char* likesScript =
    "local seen = redis.call('HGET', KEYS[1], 'like_version')\n"
    "if not seen or tonumber(ARGV[2]) <= tonumber(seen) then return 0 end\n"
    "redis.call('HSET', KEYS[1], 'like_count', ARGV[1], 'like_version', ARGV[2]) return 1";

// KEYS feed, feeds cut short. ARGV user, cap, then posts. A full feed may have lost older posts to its cap.
constexpr const char* removeScript =
    "local held = redis.call('ZCARD', KEYS[1])\n"
    "local gone = redis.call('ZREM', KEYS[1], unpack(ARGV, 3))\n"
    "if gone > 0 and held >= tonumber(ARGV[2]) then redis.call('HINCRBY', KEYS[2], ARGV[1], 1) end\n"
    "return gone";

std::string sha1(std::string_view script) {
    std::array<unsigned char, 20> digest{};
    EVP_Digest(script.data(), script.size(), digest.data(), nullptr, EVP_sha1(), nullptr);
    std::string hex;
    for (const auto byte : digest) hex += fmt::format("{:02x}", byte);
    return hex;
}
const std::string snapshotSha = sha1(snapshotScript), dropSha = sha1(dropScript), likesSha = sha1(likesScript),
                  removeSha = sha1(removeScript);

}  // namespace

const std::vector<std::string>& WritePlan::scripts() {
    static const std::vector<std::string> all{snapshotScript, dropScript, likesScript, removeScript};
    return all;
}

void WritePlan::snapshot(const PostState& post, bool onlyIfThere) {
    m_posts.push_back({"EVALSHA", snapshotSha, "2", "snapshot:" + post.id, "post:" + post.id + ":version",
                       onlyIfThere ? "1" : "0", text(post.version), text(post.likes), text(post.likesVersion),
                       "author_id", post.authorId, "content", post.content, "media_ids", post.mediaIds, "created",
                       text(post.created), "updated", text(post.updated)});
}

void WritePlan::dropSnapshot(const PostState& post) {
    m_posts.push_back(
        {"EVALSHA", dropSha, "2", "snapshot:" + post.id, "post:" + post.id + ":version", text(post.version)});
}

void WritePlan::likes(const LikesChange& likes) {
    m_posts.push_back({"EVALSHA", likesSha, "1", "snapshot:" + likes.postId, text(likes.count), text(likes.version)});
}

void WritePlan::add(const std::string& user, const PostRef& post) {
    if (m_added.empty() || m_added.back().id != post.id) m_added.push_back({post.id, text(post.score)});
    m_feeds[user].push_back(m_added.size() - 1);
}

std::vector<kit::RedisBatch> WritePlan::batches(std::size_t limit) const {
    std::vector<kit::RedisBatch> all;
    const auto next = [&]() -> kit::RedisBatch& {
        return all.empty() || all.back().count() >= limit ? all.emplace_back() : all.back();
    };
    const std::string cap = text(contract::key::feedCap);
    for (const auto& [user, posts] : m_removed) {
        auto& batch = next();
        batch.begin(7 + posts.size());
        for (const std::string_view word : {std::string_view("EVALSHA"), std::string_view(removeSha),
                                            std::string_view("2")})
            batch.word(word);
        batch.word("feed:" + user);
        batch.word(feedsCutShort);
        batch.word(user);
        batch.word(cap);
        for (const auto& post : posts) batch.word(post);
    }
    const std::string last = text(-contract::key::feedCap - 1);
    for (const auto& [user, posts] : m_feeds) {
        auto& batch = next();
        const std::string feed = "feed:" + user;
        batch.begin(3 + 2 * posts.size());
        batch.word("ZADD");
        batch.word(feed);
        batch.word("NX");
        for (const auto post : posts) {
            batch.word(m_added[post].score);
            batch.word(m_added[post].id);
        }
        batch.begin(4);
        for (const std::string_view word : {std::string_view("ZREMRANGEBYRANK"), std::string_view(feed),
                                            std::string_view("0"), std::string_view(last)})
            batch.word(word);
    }
    for (const auto& command : m_posts) next().command(command);
    return all;
}

}  // namespace nova::feed
