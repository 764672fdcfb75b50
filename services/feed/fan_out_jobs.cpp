#include "feed/fan_out_jobs.h"

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
    std::vector<std::string> followers;   // of this chunk, ordered by id
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
        const auto jobs = t.exec("SELECT post_id, after_follower, traceparent FROM fan_out_jobs"
                                 " ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED");
        if (jobs.empty()) return false;
        const auto id = jobs[0][0].as<std::string>();
        JobInHand job;
        if (auto post = readPost(t, id)) {
            job.post = std::move(*post);
            job.followers = firstColumn(t.exec(
                "SELECT e.follower_id FROM follow_edges e JOIN feed_posts p ON p.author_id = e.followee_id"
                " WHERE p.id = $1 AND e.active AND e.boundary <= p.created_at AND e.follower_id > $2"
                " ORDER BY e.follower_id LIMIT $3",
                id, jobs[0][1].as<std::string>(), m_chunk));
        }
        const auto trace = kit::trace::Context::parse(jobs[0][2].as<std::string>());
        const kit::trace::Scope scope(trace.value_or(kit::trace::Context{}));
        if (!job.followers.empty()) spread(t, job);
        kit::failpoint("mid_fanout_chunk");
        if (static_cast<int>(job.followers.size()) < m_chunk) t.exec("DELETE FROM fan_out_jobs WHERE post_id = $1", id);
        else t.exec("UPDATE fan_out_jobs SET after_follower = $2 WHERE post_id = $1", id, job.followers.back());
        return true;
    });
}

void FanOutJobs::spread(Transaction& t, const JobInHand& job) {
    const PostRef ref{job.post.id, job.post.score()};
    WritePlan plan;
    for (const auto& follower : job.followers) {
        if (job.post.deleted) plan.remove(follower, ref.id);
        else plan.add(follower, ref);
    }
    {
        kit::trace::Span span("feeds", kit::trace::SpanKind::client, "redis");
        write(t, m_cache, plan);
        span.set(contract::attr::effect, job.post.deleted ? "unfeed" : "feed");
        span.set(contract::attr::recipients, static_cast<std::int64_t>(job.followers.size()));
    }
    if (job.post.deleted) return;
    // What became untrue while it was written: the post was deleted, or a follower left.
    const auto now = readPost(t, ref.id);
    const auto left = now->deleted ? job.followers
                                   : firstColumn(t.exec("SELECT follower_id FROM follow_edges WHERE NOT active"
                                                        " AND followee_id = $1 AND follower_id = ANY($2::uuid[])",
                                                        job.post.authorId, kit::sqlArray(job.followers)));
    WritePlan out;
    for (const auto& follower : left) out.remove(follower, ref.id);
    write(t, m_cache, out);
}

}  // namespace nova::feed
