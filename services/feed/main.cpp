// feed-service: fan-out on write, and feeds.
#include <memory>

#include "contract/topics.h"
#include "feed/cache.h"
#include "feed/consumer.h"
#include "feed/fan_out_jobs.h"
#include "feed/feed_rpc.h"
#include "feed/keeper.h"
#include "feed/projections.h"
#include "feed/reader.h"
#include "feed/rebuilder.h"
#include "kit/postgres/pool.h"
#include "kit/redis/client.h"
#include "kit/rpc/client.h"
#include "kit/runtime/service.h"
#include "nova/schema/feed.h"

namespace {

struct Feed {
    nova::feed::Projections projections;
    nova::feed::FeedCache cache;
    nova::feed::Rebuilder rebuilder;
    nova::feed::FanOutJobs jobs;
    nova::feed::Keeper keeper;
    nova::feed::FeedConsumer consumer;
    nova::feed::Reader reader;
    nova::feed::FeedRpc rpc;

    explicit Feed(nova::kit::Service& s)
        : projections(s.postgres()),
          cache(s.redis()),
          rebuilder(s.postgres(), cache),
          jobs(s.postgres(), cache),
          keeper(jobs, rebuilder),
          consumer(projections, cache, nova::feed::ownerReload(s.clients()), [this] { keeper.wake(); }),
          reader(cache, projections, rebuilder),
          rpc(reader, projections, consumer, s.tokens(), s.config().rpcDelayMs) {}
};

}  // namespace

int main(int argc, char** argv) {
    return nova::kit::runService(argc, argv, [](nova::kit::Service& s) {
        s.migrate(nova::feed::schemaSql);
        const auto feed = std::make_shared<Feed>(s);
        feed->keeper.start();
        s.onStop([feed] { feed->keeper.stop(); });
        s.serve(std::shared_ptr<grpc::Service>(feed, &feed->rpc));
        s.consume({std::string(nova::contract::topic::content), std::string(nova::contract::topic::social)},
                  std::shared_ptr<nova::kit::RecordHandler>(feed, &feed->consumer));
    });
}
