// notification-service: who is told of likes and follows.
#include <memory>

#include "contract/topics.h"
#include "kit/postgres/pool.h"
#include "kit/redis/client.h"
#include "kit/rpc/client.h"
#include "kit/runtime/service.h"
#include "notification/names.h"
#include "notification/notification_rpc.h"
#include "notification/notifier.h"
#include "notification/push_sweeper.h"
#include "notification/pusher.h"
#include "notification/social_handler.h"
#include "notification/store.h"
#include "notification/unread_cache.h"
#include "nova/schema/notification.h"

namespace {

struct Notifications {
    nova::notification::Store store;
    nova::notification::UnreadCache cache;
    nova::notification::Names names;
    nova::notification::Pusher pusher;
    nova::notification::PushSweeper sweeper;
    nova::notification::Notifier notifier;
    nova::notification::NotificationRpc rpc;
    nova::notification::SocialHandler social;

    explicit Notifications(nova::kit::Service& s)
        : store(s.postgres(), s.config().pushGrace),
          cache(store, s.redis()),
          names(s.clients()),
          pusher(s.clients(), names, store, s.metrics()),
          sweeper(store, pusher),
          notifier(store, cache, s.redis(), pusher),
          rpc(store, cache, notifier, names, s.tokens(), s.config().rpcDelayMs),
          social(notifier) {}
};

}  // namespace

int main(int argc, char** argv) {
    return nova::kit::runService(argc, argv, [](nova::kit::Service& s) {
        s.migrate(nova::notification::schemaSql);
        const auto all = std::make_shared<Notifications>(s);
        all->cache.start();
        all->pusher.start();
        all->sweeper.start();
        s.onStop([all] {
            all->sweeper.stop();
            all->pusher.stop();
            all->cache.stop();
        });
        s.serve(std::shared_ptr<grpc::Service>(all, &all->rpc));
        s.consume({std::string(nova::contract::topic::social)},
                  std::shared_ptr<nova::kit::RecordHandler>(all, &all->social));
        for (const std::string other : {"identity-service", "realtime-chat-service"}) {
            s.degradedWhen([&s, other] { return s.clients().reachable(other) ? std::string() : other; });
        }
    });
}
