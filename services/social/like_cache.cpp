#include "social/like_cache.h"

#include "kit/redis/versioned.h"
#include "kit/runtime/ids.h"
#include "kit/runtime/log.h"

namespace nova::social {
namespace {

constexpr std::size_t maxMissed = 10'000;
constexpr int refillPage = 1'000;

}  // namespace

void LikeCache::set(const LikeCount& count) {
    // While others wait for Redis this one need not find out again that it is away.
    if (count.version == 0 || (!isWaiting() && write({count}, "likes count"))) return;
    const std::lock_guard lock(m_mutex);
    auto& missed = m_missed[count.postId];
    if (missed.version < count.version) missed = count;
    if (m_missed.size() <= maxMissed) return;
    m_missed.clear();
    m_refill = true;
}

bool LikeCache::isWaiting() {
    const std::lock_guard lock(m_mutex);
    return !m_missed.empty();
}

kit::Result<void> LikeCache::write(const std::vector<LikeCount>& counts, const char* span) {
    std::vector<kit::RedisCommand> commands;
    for (const auto& count : counts)
        commands.push_back(kit::setIfNewer("likes:" + count.postId, count.count, count.version));
    auto written = m_redis.pipeline(commands, span);
    if (!written) return written.error();
    return kit::firstError(written.value());
}

kit::Result<void> LikeCache::refill() {
    std::string after = "00000000-0000-0000-0000-000000000000";
    for (;;) {
        auto page = m_store.countsAfter(after, refillPage);
        if (!page) return page.error();
        if (page.value().empty()) break;
        if (auto written = write(page.value(), nullptr); !written) return written;
        after = page.value().back().postId;
    }
    if (auto marked = m_redis.command({"SET", "likes:epoch", kit::newUuid()}); !marked) return marked.error();
    return kit::outcome::success();
}

kit::Result<bool> LikeCache::lost() {
    auto epoch = m_redis.command({"EXISTS", "likes:epoch"});
    if (!epoch) return epoch.error();
    return epoch.value().integer == 0;
}

kit::Result<void> LikeCache::tend() {
    std::map<std::string, LikeCount> missed;
    bool all = false;
    {
        const std::lock_guard lock(m_mutex);
        missed = m_missed;
        all = m_refill;
    }
    if (!all) {
        auto gone = lost();
        if (!gone) return gone.error();
        all = gone.value();
    }
    if (all) {
        if (auto filled = refill(); !filled) return filled;
    } else if (!missed.empty()) {
        std::vector<LikeCount> counts;
        for (const auto& [post, count] : missed) counts.push_back(count);
        if (auto written = write(counts, nullptr); !written) return written;
    }
    const std::lock_guard lock(m_mutex);
    if (all) m_refill = false;
    for (const auto& [post, count] : missed)
        if (const auto still = m_missed.find(post); still != m_missed.end() && still->second.version <= count.version)
            m_missed.erase(still);
    return kit::outcome::success();
}

void LikeCache::keep() {
    const auto tended = tend();
    if (!tended && !m_failing) kit::logWarn("likes", "counts in Redis wait: {}", tended.error().what);
    m_failing = !tended;
}

}  // namespace nova::social
