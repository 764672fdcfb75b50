// content-service: posts.
#include <memory>

#include "content/content_rpc.h"
#include "content/store.h"
#include "kit/outbox/outbox.h"
#include "kit/postgres/pool.h"
#include "kit/rpc/auth.h"
#include "kit/runtime/service.h"
#include "nova/schema/content.h"

namespace {

struct Content {
    nova::content::Store store;
    nova::content::ContentRpc rpc;

    explicit Content(nova::kit::Service& s)
        : store(s.postgres(), s.outbox()), rpc(store, s.tokens(), s.config().rpcDelayMs) {}
};

}  // namespace

int main(int argc, char** argv) {
    return nova::kit::runService(argc, argv, [](nova::kit::Service& s) {
        s.migrate(nova::content::schemaSql);
        const auto content = std::make_shared<Content>(s);
        s.serve(std::shared_ptr<grpc::Service>(content, &content->rpc));
    });
}
