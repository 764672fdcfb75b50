// messaging-service: conversations of two, messages, read state.
#include <memory>

#include "kit/outbox/outbox.h"
#include "kit/postgres/pool.h"
#include "kit/rpc/auth.h"
#include "kit/rpc/client.h"
#include "kit/rpc/idempotency_keys.h"
#include "kit/runtime/service.h"
#include "messaging/deliveries.h"
#include "messaging/messages.h"
#include "messaging/messaging_rpc.h"
#include "messaging/receivers.h"
#include "messaging/store.h"
#include "nova/schema/messaging.h"

namespace {

struct Messaging {
    nova::messaging::Store store;
    nova::messaging::Receivers receivers;
    nova::messaging::Deliveries deliveries;
    nova::messaging::Messages messages;
    nova::messaging::MessagingRpc rpc;

    explicit Messaging(nova::kit::Service& s)
        : store(s.postgres(), s.outbox()),
          receivers(s.clients()),
          deliveries(s.clients()),
          messages(store, receivers, deliveries),
          rpc(messages, store, s.tokens(), s.config()) {}
};

}  // namespace

int main(int argc, char** argv) {
    return nova::kit::runService(argc, argv, [](nova::kit::Service& s) {
        s.migrate(nova::messaging::schemaSql);
        const auto messaging = std::make_shared<Messaging>(s);
        s.serve(std::shared_ptr<grpc::Service>(messaging, &messaging->rpc));
        s.serve(nova::kit::idempotencyKeys(s.postgres(), s.tokens(), s.config().rpcDelayMs));
    });
}
