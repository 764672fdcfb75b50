// Consumer of content and social events: fan-out on write; and the same for one change whose owner waits for it
// (mode=sync). Thread: any, several at once; what they write converges.
#pragma once

#include <functional>

#include "feed/batch.h"
#include "feed/projections.h"
#include "feed/reload.h"
#include "kit/consume/handler.h"

namespace nova::feed {

class FeedCache;
class WritePlan;

struct ConsumerLimits {
    int inlineFollowers = 1'000;  // a post with more of them becomes a fan-out job
    int rounds = 20;  // of writing again because another consumer was faster; then the batch is tried again later
};

class FeedConsumer final : public kit::RecordHandler {
public:
    // `jobsAdded` wakes whoever runs the fan-out jobs.
    FeedConsumer(Projections& projections, FeedCache& cache, Reload reload, std::function<void()> jobsAdded,
                 ConsumerLimits limits = {})
        : m_projections(projections),
          m_cache(cache),
          m_reload(std::move(reload)),
          m_jobsAdded(std::move(jobsAdded)),
          m_limits(limits) {}
    bool knows(const kit::Record& record) const override;
    std::vector<kit::Handled> handle(const std::vector<kit::Record*>& records) override;
    bool goesFirst(const kit::Record& record) const override;  // a premium author's
    // Does what the event of this change would do. The feeds written by it; 0 for one that is not newer than what is
    // known.
    kit::Result<std::int64_t> apply(Change change);

private:
    struct Round {
        bool settled = false;
        std::int64_t feeds = 0;
    };
    kit::Result<std::int64_t> apply(Batch& batch);
    kit::Result<void> note(Batch& batch);
    kit::Result<void> closeGaps(Batch& batch);
    // Reads what is true, writes it and looks again.
    kit::Result<Round> round(Batch& batch, bool first);
    kit::Result<Effects> read(const Batch& batch);
    kit::Result<void> planEnded(const Effects& effects, WritePlan& plan);
    kit::Result<void> write(const Batch& batch, const Effects& effects, const WritePlan& plan, bool first);
    kit::Result<Settled> settle(const Batch& batch, const Written& written);
    kit::Result<void> takeOut(const Batch& batch, const Effects& effects, const Settled& settled);

    Projections& m_projections;
    FeedCache& m_cache;
    Reload m_reload;
    std::function<void()> m_jobsAdded;
    ConsumerLimits m_limits;
};

}  // namespace nova::feed
