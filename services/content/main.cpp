// content-service: posts.
#include <memory>

#include "content/chain.h"
#include "content/content_rpc.h"
#include "content/media_attacher.h"
#include "content/media_handler.h"
#include "content/store.h"
#include "contract/topics.h"
#include "kit/outbox/outbox.h"
#include "kit/postgres/pool.h"
#include "kit/rpc/auth.h"
#include "kit/rpc/idempotency_keys.h"
#include "kit/runtime/service.h"
#include "nova/schema/content.h"

namespace {

struct Content {
    nova::content::Store store;
    nova::content::MediaAttacher attacher;
    nova::content::Chain chain;
    nova::content::ContentRpc rpc;
    nova::content::MediaHandler media;

    explicit Content(nova::kit::Service& s)
        : store(s.postgres(), s.outbox()),
          attacher(s.postgres(), s.outbox()),
          chain(store, s.clients()),
          rpc(store, attacher, chain, s.tokens(), s.config()),
          media(attacher) {}
};

}  // namespace

int main(int argc, char** argv) {
    return nova::kit::runService(argc, argv, [](nova::kit::Service& s) {
        s.migrate(nova::content::schemaSql);
        const auto content = std::make_shared<Content>(s);
        s.serve(std::shared_ptr<grpc::Service>(content, &content->rpc));
        s.serve(nova::kit::idempotencyKeys(s.postgres(), s.tokens(), s.config().rpcDelayMs));
        s.consume({std::string(nova::contract::topic::media)},
                  std::shared_ptr<nova::kit::RecordHandler>(content, &content->media));
    });
}
