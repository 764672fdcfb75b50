#include "feed/consumer.h"

#include "contract/topics.h"
#include "feed/cache.h"
#include "feed/write_plan.h"
#include "kit/consume/shared_span.h"
#include "kit/runtime/failpoint.h"
#include "kit/runtime/log.h"

namespace nova::feed {
namespace {

using kit::Handled;
using kit::Result;
using kit::SharedSpan;
namespace outcome = kit::outcome;

// Runs `work` inside a span that every watcher sees.
template <typename T>
Result<T> watched(const char* name, const std::vector<kit::trace::Context>& watchers,
                  const std::function<Result<T>()>& work) {
    SharedSpan span(name, "sql", watchers);
    auto done = work();
    if (!done) span.fail(done.error().what);
    return done;
}

// Of what has no effect: unreadable, its owner away, or of a post that its owner does not know.
std::optional<Handled> answerOf(const Result<Change>& change) {
    if (!change) return Handled::failure(change.error());
    const auto* post = std::get_if<PostState>(&change.value());
    return post && post->authorId.empty() ? std::optional(Handled::of(kit::Outcome::skipped)) : std::nullopt;
}

struct Fate {
    bool feed = false, unfeed = false, job = false;
};

Fate fateOf(const Batch& batch, const PostEffect& effect, int inlineFollowers) {
    const bool moves = effect.post.deleted || batch.comesIn(effect.post.id);
    const bool many = static_cast<int>(effect.followers.size()) > inlineFollowers;
    return {moves && !many && !effect.post.deleted, moves && !many && effect.post.deleted, moves && many};
}

void planPost(const PostEffect& effect, const Fate& fate, WritePlan& plan) {
    for (const auto& follower : effect.followers) {
        if (fate.feed) plan.add(follower, {effect.post.id, effect.post.score()});
        if (fate.unfeed) plan.remove(follower, effect.post.id);
    }
    if (effect.post.deleted)
        plan.dropSnapshot(effect.post);
    else
        plan.snapshot(effect.post, effect.followers.empty() || !(fate.feed || fate.job));
}

Written writtenBy(const Batch& batch, const Effects& effects, int inlineFollowers) {
    Written written;
    for (const auto& effect : effects.posts) {
        const auto fate = fateOf(batch, effect, inlineFollowers);
        written.posts[effect.post.id] = effect.post.version;
        written.gates[effect.post.id] = batch.changes().posts.at(effect.post.id).version;
        if (fate.feed) written.fed[effect.post.authorId].push_back(&effect.followers);
        if (fate.job) written.jobs.push_back({effect.post.id, batch.watcherOf(effect.post.id).traceparent()});
    }
    for (const auto& edge : effects.edges) {
        written.edges[edge.key] = edge.version;
        if (!edge.posts.empty()) written.fed[edge.key.followee].push_back(&edge.fed);
    }
    for (const auto& [id, post] : effects.backfilled) written.posts[id] = post.version;
    return written;
}

std::int64_t feedsReached(const Batch& batch, const Effects& effects, int inlineFollowers) {
    auto feeds = static_cast<std::int64_t>(effects.edges.size());
    for (const auto& effect : effects.posts) {
        const auto fate = fateOf(batch, effect, inlineFollowers);
        if (fate.feed || fate.unfeed) feeds += static_cast<std::int64_t>(effect.followers.size());
    }
    return feeds;
}

// Which user action each record belongs to, and how many feeds it reached in this pipeline.
void showEffects(const Batch& batch, const Effects& effects, int inlineFollowers, SharedSpan& span) {
    std::map<std::string, const PostEffect*> posts;
    for (const auto& effect : effects.posts) posts[effect.post.id] = &effect;
    for (const auto& item : batch.items()) {
        if (!item.effective) continue;
        if (const auto* edge = std::get_if<EdgeChange>(&item.change))
            span.effect(item.record->trace, edge->active ? "feed" : "unfeed", 1);
        const auto* change = std::get_if<PostState>(&item.change);
        if (!change) continue;
        const auto found = posts.find(change->id);
        if (found == posts.end() || found->second->post.deleted != change->deleted) continue;
        if (fateOf(batch, *found->second, inlineFollowers).job) continue;  // its chunks say so
        span.effect(item.record->trace, change->deleted ? "unfeed" : "feed",
                    static_cast<std::int64_t>(found->second->followers.size()));
    }
}

}  // namespace

bool FeedConsumer::knows(const kit::Record& record) const {
    return knowsSchema(record.dataSchema);
}

bool FeedConsumer::goesFirst(const kit::Record& record) const {
    return isPremium(record);
}

std::vector<Handled> FeedConsumer::handle(const std::vector<kit::Record*>& records) {
    Batch batch;
    std::vector<Result<Change>> changes;
    for (const auto* record : records) changes.push_back(decode(*record));
    complete(changes, m_reload);
    std::vector<std::optional<Handled>> answers;
    for (std::size_t i = 0; i < records.size(); ++i) {
        answers.push_back(answerOf(changes[i]));
        if (!answers.back()) batch.add(records[i], changes[i].value());
    }
    const auto applied = apply(batch);
    // One record that PostgreSQL or Redis refuses for good must not hold the others up.
    const bool apart = !applied && !applied.error().retryable() && records.size() > 1;
    auto item = batch.items().begin();
    std::vector<Handled> handled;
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (answers[i])
            handled.push_back(*answers[i]);
        else if (apart)
            handled.push_back(handle(std::vector<kit::Record*>{records[i]}).front());
        else if (!applied)
            handled.push_back(Handled::failure(applied.error()));
        else
            handled.push_back(Handled::of((item++)->outcome));
    }
    return handled;
}

Result<std::int64_t> FeedConsumer::apply(Change change) {
    kit::Record record;
    record.trace = kit::trace::current();
    Batch batch;
    batch.add(&record, std::move(change));
    return apply(batch);
}

Result<std::int64_t> FeedConsumer::apply(Batch& batch) {
    if (batch.items().empty()) return 0;
    if (auto noted = note(batch); !noted) return noted.error();
    if (auto closed = closeGaps(batch); !closed) return closed.error();
    if (!batch.hasEffects()) return 0;
    for (int i = 0; i < m_limits.rounds; ++i) {
        auto done = round(batch, i == 0);
        if (!done) return done.error();
        if (done.value().settled) return done.value().feeds;
    }
    return kit::transient("feeds: other consumers change the same posts all the time");
}

Result<void> FeedConsumer::note(Batch& batch) {
    SharedSpan span("feed gate", "sql", batch.watchers(false));
    auto noted = m_projections.note(batch.changes());
    if (!noted) {
        span.fail(noted.error().what);
        return noted.error();
    }
    if (const auto& back = noted.value().clock; !back.empty()) {
        span.set("nova.clock", static_cast<std::int64_t>(back.size()));
        kit::logWarn("feed", "clock: the newer version of post {} bears an older time; its version counts",
                     *back.begin());
    }
    batch.judge(noted.value());
    return outcome::success();
}

Result<void> FeedConsumer::closeGaps(Batch& batch) {
    const auto gaps = batch.gaps();
    if (gaps.empty()) return outcome::success();
    const kit::trace::Scope scope(batch.watcherOf(gaps.front()));
    auto states = m_reload(gaps);
    if (!states) {
        // Events carry the whole state: the newest one will do until its owner is back.
        kit::logWarn("feed", "{} posts with a gap in their versions were not reloaded: {}", gaps.size(),
                     states.error().what);
        return outcome::success();
    }
    Changes newer;
    for (const auto& state : states.value()) {
        const auto held = batch.changes().posts.find(state.id);
        if (held == batch.changes().posts.end() || state.version <= held->second.version) continue;
        newer.posts[state.id] = state;
        batch.replace(state);
    }
    if (newer.posts.empty()) return outcome::success();
    if (auto noted = m_projections.note(newer); !noted) return noted.error();
    return outcome::success();
}

Result<FeedConsumer::Round> FeedConsumer::round(Batch& batch, bool first) {
    auto effects = read(batch);
    if (!effects) return effects.error();
    WritePlan plan;
    for (const auto& effect : effects.value().posts)
        planPost(effect, fateOf(batch, effect, m_limits.inlineFollowers), plan);
    for (const auto& edge : effects.value().edges)
        for (const auto& post : edge.posts) plan.add(edge.key.follower, post);
    for (const auto& [id, post] : effects.value().backfilled) plan.snapshot(post, false);
    for (const auto& [id, likes] : batch.changes().likes) plan.likes(likes);
    if (auto planned = planEnded(effects.value(), plan); !planned) return planned.error();

    if (auto done = write(batch, effects.value(), plan, first); !done) return done.error();
    const auto written = writtenBy(batch, effects.value(), m_limits.inlineFollowers);
    auto settled = settle(batch, written);
    if (!settled) return settled.error();
    if (settled.value().changed) {
        if (auto out = takeOut(batch, effects.value(), settled.value()); !out) return out.error();
        return Round{};
    }
    if (!written.jobs.empty()) m_jobsAdded();
    return Round{true, feedsReached(batch, effects.value(), m_limits.inlineFollowers)};
}

Result<Effects> FeedConsumer::read(const Batch& batch) {
    const auto posts = batch.effectivePosts();
    const auto edges = batch.effectiveEdges();
    if (posts.empty() && edges.empty()) return Effects{};
    return watched<Effects>("followers", batch.watchers(true),
                            [&] { return m_projections.effects(posts, edges, m_limits.inlineFollowers); });
}

// Edges that ended, or ended and began again within the batch: of what the feed holds now, the followee's posts go that
// do not belong there any more.
Result<void> FeedConsumer::planEnded(const Effects& effects, WritePlan& plan) {
    std::map<EdgeKey, std::vector<std::string>> held;
    std::map<EdgeKey, std::set<std::string>> kept;
    std::vector<std::string> users;
    for (const auto& edge : effects.edges) {
        users.push_back(edge.key.follower);
        auto& posts = kept[edge.key];
        for (const auto& post : edge.posts) posts.insert(post.id);
    }
    if (users.empty()) return outcome::success();
    auto members = m_cache.members(users);
    if (!members) return members.error();
    for (std::size_t i = 0; i < users.size(); ++i) held[effects.edges[i].key] = std::move(members.value()[i]);
    auto authored = m_projections.authored(held);
    if (!authored) return authored.error();
    for (const auto& [edge, posts] : authored.value())
        for (const auto& post : posts)
            if (!kept[edge].contains(post)) plan.remove(edge.follower, post);
    return outcome::success();
}

Result<void> FeedConsumer::write(const Batch& batch, const Effects& effects, const WritePlan& plan, bool first) {
    SharedSpan span("feeds", "redis", batch.watchers(true));
    auto commands = m_cache.write(plan);
    if (!commands) {
        span.fail(commands.error().what);
        return commands.error();
    }
    if (kit::failpoint("mid_fanout_chunk")) return kit::transient("failpoint mid_fanout_chunk");
    span.set(contract::attr::statements, commands.value());
    if (first) showEffects(batch, effects, m_limits.inlineFollowers, span);
    return outcome::success();
}

Result<Settled> FeedConsumer::settle(const Batch& batch, const Written& written) {
    if (written.posts.empty() && written.edges.empty()) return Settled{};
    return watched<Settled>("gate", batch.watchers(true), [&] { return m_projections.settle(written); });
}

// Only what this batch put in: the next round puts it back where the follower has returned.
Result<void> FeedConsumer::takeOut(const Batch& batch, const Effects& effects, const Settled& settled) {
    const auto isWrong = [&](const EdgeKey& edge, const std::string& post) {
        return settled.left.contains(edge) || settled.dead.contains(post);
    };
    WritePlan plan;
    for (const auto& effect : effects.posts) {
        if (!fateOf(batch, effect, m_limits.inlineFollowers).feed) continue;
        for (const auto& follower : effect.followers)
            if (isWrong({effect.post.authorId, follower}, effect.post.id)) plan.remove(follower, effect.post.id);
    }
    for (const auto& edge : effects.edges)
        for (const auto& post : edge.posts)
            if (isWrong(edge.key, post.id)) plan.remove(edge.key.follower, post.id);
    auto written = m_cache.write(plan);
    if (!written) return written.error();
    return outcome::success();
}

}  // namespace nova::feed
