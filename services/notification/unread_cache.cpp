#include "notification/unread_cache.h"

#include <charconv>

#include "kit/redis/versioned.h"
#include "kit/runtime/ids.h"
#include "kit/runtime/log.h"

namespace nova::notification {
namespace {

constexpr int refillPage = 1'000;
constexpr const char* epoch = "unread:epoch";

std::string keyOf(const std::string& user) {
    return "unread:" + user;
}

}  // namespace

kit::RedisCommand UnreadCache::setIfNewer(const Unread& unread) {
    return kit::setIfNewer(keyOf(unread.userId), unread.count, unread.version);
}

void UnreadCache::set(const Unread& unread) {
    if (m_redis.command(setIfNewer(unread), "unread")) return;
    const std::lock_guard lock(m_mutex);
    m_missed = true;
}

std::optional<std::int64_t> UnreadCache::get(const std::string& user) {
    const auto reply = m_redis.command({"GET", keyOf(user)}, "unread");
    if (!reply || reply.value().isNil()) return std::nullopt;
    const std::string& text = reply.value().text;
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    return count;
}

kit::Result<void> UnreadCache::refill() {
    std::string after = "00000000-0000-0000-0000-000000000000";
    for (;;) {
        const auto page = m_store.unreadAfter(after, refillPage);
        if (!page) return page.error();
        if (page.value().empty()) break;
        std::vector<kit::RedisCommand> commands;
        for (const auto& unread : page.value()) commands.push_back(setIfNewer(unread));
        auto written = m_redis.pipeline(commands);
        if (!written) return written.error();
        if (auto fine = kit::firstError(written.value()); !fine) return fine;
        after = page.value().back().userId;
    }
    if (auto marked = m_redis.command({"SET", epoch, kit::newUuid()}); !marked) return marked.error();
    return kit::outcome::success();
}

bool UnreadCache::isDue() {
    const std::lock_guard lock(m_mutex);
    return m_missed;
}

kit::Result<void> UnreadCache::tend() {
    if (!isDue()) {
        const auto there = m_redis.command({"EXISTS", epoch});
        if (!there) return there.error();
        if (there.value().integer == 1) return kit::outcome::success();
    }
    {
        const std::lock_guard lock(m_mutex);
        m_missed = false;  // what is missed from here on is due again
    }
    auto filled = refill();
    if (!filled) {
        const std::lock_guard lock(m_mutex);
        m_missed = true;
    }
    return filled;
}

void UnreadCache::keep() {
    const auto tended = tend();
    if (!tended && !m_failing) kit::logWarn("unread", "counts in Redis wait: {}", tended.error().what);
    m_failing = !tended;
}

}  // namespace nova::notification
