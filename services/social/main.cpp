// social-service: the follow graph and likes.
#include <memory>

#include "contract/topics.h"
#include "kit/outbox/outbox.h"
#include "kit/postgres/pool.h"
#include "kit/redis/client.h"
#include "kit/rpc/client.h"
#include "kit/rpc/idempotency_keys.h"
#include "kit/runtime/service.h"
#include "nova/schema/social.h"
#include "social/chain.h"
#include "social/content_handler.h"
#include "social/follows.h"
#include "social/like_cache.h"
#include "social/likes.h"
#include "social/post_authors.h"
#include "social/social_rpc.h"

namespace {

struct Social {
    nova::social::Follows follows;
    nova::social::LikeStore store;
    nova::social::PostAuthors authors;
    nova::social::LikeCache cache;
    nova::social::Likes likes;
    nova::social::Chain chain;
    nova::social::SocialRpc rpc;
    nova::social::ContentHandler content;

    explicit Social(nova::kit::Service& s)
        : follows(s.postgres(), s.outbox()),
          store(s.postgres(), s.outbox()),
          authors(s.postgres(), s.clients()),
          cache(store, s.redis()),
          likes(store, authors, cache),
          chain(follows, likes, s.clients()),
          rpc(follows, likes, store, chain, s.tokens(), s.config()),
          content(authors) {}
};

}  // namespace

int main(int argc, char** argv) {
    return nova::kit::runService(argc, argv, [](nova::kit::Service& s) {
        s.migrate(nova::social::schemaSql);
        const auto social = std::make_shared<Social>(s);
        social->cache.start();
        s.onStop([social] { social->cache.stop(); });
        s.serve(std::shared_ptr<grpc::Service>(social, &social->rpc));
        s.serve(nova::kit::idempotencyKeys(s.postgres(), s.tokens(), s.config().rpcDelayMs));
        s.consume({std::string(nova::contract::topic::content)},
                  std::shared_ptr<nova::kit::RecordHandler>(social, &social->content));
    });
}
