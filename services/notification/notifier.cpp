#include "notification/notifier.h"

#include "contract/topics.h"
#include "kit/consume/shared_span.h"
#include "kit/redis/client.h"
#include "kit/runtime/failpoint.h"
#include "notification/pusher.h"
#include "notification/store.h"
#include "notification/unread_cache.h"

namespace nova::notification {
namespace {

using kit::Result;

std::vector<kit::trace::Context> watchers(const std::vector<Fact>& facts) {
    std::vector<kit::trace::Context> all;
    for (const auto& fact : facts) all.push_back(fact.trace);
    return all;
}

std::vector<Push> newOnes(const std::vector<Fact>& facts, const NotedFacts& noted) {
    std::vector<Push> pushes;
    for (std::size_t i = 0; i < facts.size(); ++i) {
        const auto& fact = facts[i];
        const auto& made = noted.facts[i];
        if (made.push)
            pushes.push_back({fact.recipientId, made.newId, fact.type, fact.actorId, fact.postId, fact.trace});
    }
    return pushes;
}

// Open sockets of the user; each renews its expiry.
kit::RedisCommand socketsOf(const std::string& user) {
    const auto now = std::chrono::floor<std::chrono::milliseconds>(kit::wallNow()).time_since_epoch().count();
    return {"ZCOUNT", "websocket:" + user, std::to_string(now), "+inf"};
}

}  // namespace

Result<NotedFacts> Notifier::note(const std::vector<Fact>& facts) {
    kit::SharedSpan span("notifications", "sql", watchers(facts));
    auto noted = m_store.note(facts);
    if (!noted) {
        span.fail(noted.error().what);
        return noted;
    }
    for (std::size_t i = 0; i < facts.size(); ++i)
        span.effect(facts[i].trace, "notification", noted.value().facts[i].stands ? 1 : 0);
    return noted;
}

// The counts, and who of the newly told is online: without an answer everybody may be.
Result<std::vector<Push>> Notifier::publish(const std::vector<Fact>& facts, const NotedFacts& noted) {
    auto pushes = newOnes(facts, noted);
    std::vector<kit::RedisCommand> commands;
    for (const auto& unread : noted.unread) commands.push_back(UnreadCache::setIfNewer(unread));
    if (commands.empty()) return pushes;
    for (const auto& push : pushes) commands.push_back(socketsOf(push.recipientId));

    kit::SharedSpan span("unread", "redis", watchers(facts));
    span.set(contract::attr::statements, static_cast<std::int64_t>(commands.size()));
    const auto replies = m_redis.pipeline(commands);
    if (!replies) {
        span.fail(replies.error().what);
        return replies.error();
    }
    for (std::size_t i = 0; i < pushes.size(); ++i) {
        const auto& sockets = replies.value()[noted.unread.size() + i];
        pushes[i].online = sockets.type != kit::RedisReply::Type::integer || sockets.integer > 0;
    }
    return pushes;
}

Result<void> Notifier::tell(const std::vector<Fact>& facts) {
    const auto noted = note(facts);
    if (!noted) return noted.error();
    if (kit::failpoint("after_commit_before_push")) return kit::transient("failpoint after_commit_before_push");
    auto pushes = publish(facts, noted.value());
    // Without Redis the facts come again, but their rows are not new then.
    m_pusher.add(pushes ? std::move(pushes.value()) : newOnes(facts, noted.value()));
    if (!pushes) return pushes.error();
    return kit::outcome::success();
}

Result<bool> Notifier::tellNow(const Fact& fact) {
    const auto noted = note({fact});
    if (!noted) return noted.error();
    const auto pushes = publish({fact}, noted.value());
    if (!pushes)
        for (const auto& unread : noted.value().unread) m_cache.set(unread);
    m_pusher.pushNow(pushes ? pushes.value() : newOnes({fact}, noted.value()));
    return !noted.value().facts.front().newId.empty();
}

Result<void> Notifier::takeBack(const Fact& fact) {
    const auto unread = m_store.takeBack(fact);
    if (!unread) return unread.error();
    m_cache.set(unread.value());
    return kit::outcome::success();
}

}  // namespace nova::notification
