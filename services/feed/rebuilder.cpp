#include "feed/rebuilder.h"

#include <algorithm>
#include <set>

#include "contract/topics.h"
#include "feed/cache.h"
#include "feed/rows.h"
#include "feed/write_plan.h"
#include "kit/postgres/pool.h"
#include "kit/runtime/ids.h"
#include "kit/runtime/log.h"

namespace nova::feed {
namespace {

using kit::Result;
using kit::Transaction;
namespace outcome = kit::outcome;

constexpr int usersPerPage = 100;
constexpr int postsPerPage = 500;
constexpr const char* zero = "00000000-0000-0000-0000-000000000000";

// Ids of one statement with $1 = the last id of the page before and $2 = the size of a page.
Result<std::vector<std::string>> page(kit::PostgresPool& pool, const char* sql, const std::string& after, int size) {
    using Ids = std::vector<std::string>;
    return pool.run<Ids>(nullptr, [&](Transaction& t) {
        Ids ids;
        for (const auto& row : t.exec(sql, after, size)) ids.push_back(row[0].as<std::string>());
        return ids;
    });
}

struct Fed {
    PostState post;
    bool wanted = false;  // lives, and somebody's feed reaches back to it
};

}  // namespace

Result<bool> Rebuilder::tend(const std::function<bool()>& stopping) {
    auto lost = m_cache.lost();
    if (!lost) return lost.error();
    if (!lost.value()) return false;
    const std::string token = kit::newUuid();
    auto claimed = m_cache.claimRebuild(token);
    if (!claimed) return claimed.error();
    if (!claimed.value()) return false;

    const auto go = [&]() -> Result<bool> {
        if (stopping()) return false;
        return m_cache.renewRebuild(token);
    };
    auto done = feeds(go);
    if (done && done.value()) done = posts(go);
    if (!done || !done.value()) return done;
    auto finished = m_cache.finishRebuild(token);
    if (finished && finished.value()) kit::logInfo("feed", "feeds in Redis were made again from the projections");
    return finished;
}

Result<void> Rebuilder::fillUp(const std::function<bool()>& stopping) {
    while (!stopping()) {
        auto feeds = m_cache.cutShort(usersPerPage);
        if (!feeds) return feeds.error();
        if (feeds.value().empty()) break;
        std::vector<std::string> users;
        for (const auto& [user, times] : feeds.value()) users.push_back(user);
        if (auto filled = fill(users); !filled) return filled.error();
        if (auto noted = m_cache.filledUp(feeds.value()); !noted) return noted.error();
    }
    return outcome::success();
}

Result<bool> Rebuilder::feeds(const std::function<Result<bool>()>& go) {
    std::string after = zero;
    for (;;) {
        auto going = go();
        if (!going || !going.value()) return going;
        auto users = page(m_pool,
                          "SELECT DISTINCT follower_id FROM follow_edges WHERE active AND follower_id > $1"
                          " ORDER BY follower_id LIMIT $2",
                          after, usersPerPage);
        if (!users) return users.error();
        if (users.value().empty()) return true;
        if (auto filled = fill(users.value()); !filled) return filled.error();
        after = users.value().back();
    }
}

Result<bool> Rebuilder::posts(const std::function<Result<bool>()>& go) {
    std::string after = zero;
    for (;;) {
        auto going = go();
        if (!going || !going.value()) return going;
        auto ids = page(m_pool, "SELECT id FROM feed_posts WHERE id > $1 ORDER BY id LIMIT $2", after, postsPerPage);
        if (!ids) return ids.error();
        if (ids.value().empty()) return true;
        if (auto written = writePosts(ids.value()); !written) return written.error();
        after = ids.value().back();
    }
}

Result<void> Rebuilder::fill(const std::vector<std::string>& users) {
    for (auto before = wanted(users);;) {
        if (!before) return before.error();
        WritePlan plan;
        for (const auto& [user, posts] : before.value())
            for (const auto& post : posts) plan.add(user, post);
        if (auto written = m_cache.write(plan); !written) return written.error();

        auto now = wanted(users);
        if (!now) return now.error();
        WritePlan out;
        bool gone = false;
        for (const auto& [user, posts] : before.value()) {
            const auto& kept = now.value()[user];
            const std::set<PostRef> still(kept.begin(), kept.end());
            for (const auto& post : posts) {
                if (still.contains(post)) continue;
                out.remove(user, post.id);
                gone = true;
            }
        }
        if (!gone) return outcome::success();
        if (auto written = m_cache.write(out); !written) return written.error();
        before = std::move(now);
    }
}

Result<Rebuilder::Feeds> Rebuilder::wanted(const std::vector<std::string>& users) {
    return m_pool.run<Feeds>("feeds from projections", [&](Transaction& t) {
        Feeds feeds;
        for (const auto& row :
             t.exec("SELECT u.id, f.id, floor(extract(epoch FROM f.created_at) * 1000)::bigint FROM unnest($1::uuid[]) "
                    "AS u (id)"
                    " CROSS JOIN LATERAL (SELECT p.id, p.created_at FROM follow_edges e CROSS JOIN LATERAL"
                    "   (SELECT id, created_at FROM feed_posts WHERE author_id = e.followee_id AND NOT deleted"
                    "    AND created_at >= e.boundary ORDER BY created_at DESC, id DESC LIMIT $2) p"
                    "  WHERE e.follower_id = u.id AND e.active ORDER BY p.created_at DESC, p.id DESC LIMIT $2) f",
                    kit::sqlArray(users), contract::key::feedCap))
            feeds[row[0].as<std::string>()].push_back({row[1].as<std::string>(), row[2].as<std::int64_t>()});
        return feeds;
    });
}

Result<void> Rebuilder::writePosts(const std::vector<std::string>& ids) {
    using Page = std::vector<Fed>;
    const auto read = [&] {
        return m_pool.run<Page>(nullptr, [&](Transaction& t) {
            Page all;
            for (const auto& row :
                 t.exec("SELECT " NOVA_FEED_POST_COLUMNS ", NOT p.deleted AND EXISTS (SELECT FROM follow_edges e"
                        "  WHERE e.followee_id = p.author_id AND e.active AND e.boundary <= p.created_at)"
                        " FROM feed_posts p LEFT JOIN feed_likes l ON l.post_id = p.id WHERE p.id = ANY($1::uuid[]) "
                        "ORDER BY p.id",
                        kit::sqlArray(ids)))
                all.push_back({postOf(row), row[postColumns].as<bool>()});
            return all;
        });
    };
    const auto same = [](const Fed& a, const Fed& b) {
        return a.post.version == b.post.version && a.post.likesVersion == b.post.likesVersion && a.wanted == b.wanted;
    };
    for (auto before = read();;) {
        if (!before) return before.error();
        WritePlan plan;
        for (const auto& [post, isWanted] : before.value()) {
            if (post.deleted)
                plan.dropSnapshot(post);
            else
                plan.snapshot(post, !isWanted);
        }
        if (auto written = m_cache.write(plan); !written) return written.error();
        auto now = read();
        if (!now) return now.error();
        if (std::ranges::equal(before.value(), now.value(), same)) return outcome::success();
        before = std::move(now);
    }
}

}  // namespace nova::feed
