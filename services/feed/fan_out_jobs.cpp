#include "feed/fan_out_jobs.h"

#include <set>

#include "contract/topics.h"
#include "feed/cache.h"
#include "feed/rows.h"
#include "feed/write_plan.h"
#include "kit/postgres/pool.h"
#include "kit/runtime/failpoint.h"
#include "kit/trace/span.h"

namespace nova::feed {

using kit::Result;
using kit::Transaction;

struct JobInHand {
    PostState post;
    std::vector<std::string> followers;  // of this chunk, ordered by id
};

namespace {

std::vector<std::string> firstColumn(const pqxx::result& rows) {
    std::vector<std::string> all;
    for (const auto& row : rows) all.push_back(row[0].as<std::string>());
    return all;
}

std::optional<PostState> readPost(Transaction& t, const std::string& id) {
    const auto rows = t.exec("SELECT " NOVA_FEED_POST_COLUMNS
                             " FROM feed_posts p LEFT JOIN feed_likes l ON l.post_id = p.id WHERE p.id = $1",
                             id);
    return rows.empty() ? std::nullopt : std::optional(postOf(rows[0]));
}

void write(Transaction& t, FeedCache& cache, const WritePlan& plan) {
    if (auto written = cache.write(plan); !written) t.refuse(written.error());
}

}  // namespace

Result<bool> FanOutJobs::step() {
    return m_pool.run<bool>(nullptr, [&](Transaction& t) {
        // A place that a crash of the server takes back only repeats a chunk; no step has to wait for the disk.
        const auto jobs = t.exec(
            "SELECT post_id, after_follower, traceparent, set_config('synchronous_commit', 'off', true)"
            " FROM fan_out_jobs ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED");
        if (jobs.empty()) return false;
        const auto id = jobs[0][0].as<std::string>();
        JobInHand job;
        if (auto post = readPost(t, id)) {
            job.post = std::move(*post);
            job.followers = firstColumn(
                t.exec("SELECT e.follower_id FROM follow_edges e JOIN feed_posts p ON p.author_id = e.followee_id "
                       "WHERE p.id = $1"
                       " AND (p.deleted OR (e.active AND e.boundary <= p.created_at)) AND e.follower_id > $2"
                       " ORDER BY e.follower_id LIMIT $3",
                       id, jobs[0][1].as<std::string>(), m_chunk));
        }
        const auto trace = kit::trace::Context::parse(jobs[0][2].as<std::string>());
        const kit::trace::Scope scope(trace.value_or(kit::trace::Context{}));
        const bool last = static_cast<int>(job.followers.size()) < m_chunk;
        spread(t, job, last);
        if (kit::failpoint("mid_fanout_chunk")) t.refuse(kit::transient("failpoint mid_fanout_chunk"));
        if (last)
            t.exec("DELETE FROM fan_out_jobs WHERE post_id = $1", id);
        else
            t.exec("UPDATE fan_out_jobs SET after_follower = $2 WHERE post_id = $1", id, job.followers.back());
        return true;
    });
}

void FanOutJobs::spread(Transaction& t, const JobInHand& job, bool last) {
    WritePlan plan;
    for (const auto& follower : job.followers) {
        if (job.post.deleted)
            plan.remove(follower, job.post.id);
        else
            plan.add(follower, {job.post.id, job.post.score()});
    }
    {
        kit::trace::Span span("feeds", kit::trace::SpanKind::client, "redis");
        if (!job.followers.empty()) write(t, m_cache, plan);
        span.set(contract::attr::more, last ? "false" : "true");
        span.set(contract::attr::effect, job.post.deleted ? "unfeed" : "feed");
        span.set(contract::attr::recipients, static_cast<std::int64_t>(job.followers.size()));
    }
    if (!job.post.deleted && !job.followers.empty()) correct(t, job);
}

// Takes out what became untrue while it was written, and puts it back for followers who returned while it was taken
// out.
void FanOutJobs::correct(Transaction& t, const JobInHand& job) {
    std::set<std::string> out;
    for (;;) {
        const auto now = readPost(t, job.post.id);
        const auto left = now->deleted ? job.followers
                                       : firstColumn(t.exec("SELECT e.follower_id FROM follow_edges e, feed_posts p"
                                                            " WHERE p.id = $1 AND e.followee_id = p.author_id"
                                                            " AND e.follower_id = ANY($2::uuid[])"
                                                            " AND NOT (e.active AND e.boundary <= p.created_at)",
                                                            job.post.id, kit::sqlArray(job.followers)));
        const std::set<std::string> wrong(left.begin(), left.end());
        if (wrong == out) return;
        WritePlan plan;
        for (const auto& follower : wrong)
            if (!out.contains(follower)) plan.remove(follower, job.post.id);
        for (const auto& follower : out)
            if (!wrong.contains(follower)) plan.add(follower, {job.post.id, job.post.score()});
        write(t, m_cache, plan);
        out = wrong;
    }
}

}  // namespace nova::feed
