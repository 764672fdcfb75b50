// nova.rpc.v1.Notifications over the store, the cache and the notifier. Thread: gRPC's.
#pragma once

#include "nova/rpc/v1/notification.grpc.pb.h"

namespace nova::kit {
class TokenVerifier;
}

namespace nova::notification {

class Names;
class Notifier;
class Store;
class UnreadCache;

class NotificationRpc final : public rpc::v1::Notifications::Service {
public:
    NotificationRpc(Store& store, UnreadCache& cache, Notifier& notifier, Names& names, kit::TokenVerifier& tokens,
                    int delayMs)
        : m_store(store), m_cache(cache), m_notifier(notifier), m_names(names), m_tokens(tokens), m_delayMs(delayMs) {}
    grpc::Status ListNotifications(grpc::ServerContext* context, const rpc::v1::ListNotificationsRequest* request,
                                   rpc::v1::ListNotificationsReply* reply) override;
    // From Redis; from SQL, and then set in Redis, where that does not know it.
    grpc::Status CountUnread(grpc::ServerContext* context, const rpc::v1::CountUnreadRequest* request,
                             rpc::v1::CountUnreadReply* reply) override;
    grpc::Status MarkSeen(grpc::ServerContext* context, const rpc::v1::MarkSeenRequest* request,
                          rpc::v1::MarkSeenReply* reply) override;
    // A caller with a token speaks of their own likes and follows alone.
    grpc::Status Notify(grpc::ServerContext* context, const rpc::v1::NotifyRequest* request,
                        rpc::v1::NotifyReply* reply) override;

private:
    Store& m_store;
    UnreadCache& m_cache;
    Notifier& m_notifier;
    Names& m_names;
    kit::TokenVerifier& m_tokens;
    int m_delayMs;
};

}  // namespace nova::notification
