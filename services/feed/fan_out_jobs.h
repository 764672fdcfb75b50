// Fan-outs too large for a batch, as rows of fan_out_jobs: a chunk of followers at a time, the place kept in the row,
// so that any replica goes on where another died. A job follows the post's present state: a delete turns it into taking
// out. Thread: any; a job is worked on by one at a time.
#pragma once

#include "kit/runtime/error.h"

namespace nova::kit {
class PostgresPool;
class Transaction;
}  // namespace nova::kit

namespace nova::feed {

class FeedCache;
struct JobInHand;

class FanOutJobs {
public:
    FanOutJobs(kit::PostgresPool& pool, FeedCache& cache, int chunk = 250)
        : m_pool(pool), m_cache(cache), m_chunk(chunk) {}
    // One chunk of the oldest job that nobody works on; false: there is none.
    kit::Result<bool> step();

private:
    void spread(kit::Transaction& t, const JobInHand& job, bool last);
    void correct(kit::Transaction& t, const JobInHand& job);

    kit::PostgresPool& m_pool;
    FeedCache& m_cache;
    int m_chunk;
};

}  // namespace nova::feed
