// nova.rpc.v1.Content over the store. Thread: gRPC's.
#pragma once

#include "nova/rpc/v1/content.grpc.pb.h"

namespace nova::kit {
class TokenVerifier;
}

namespace nova::content {

class Store;

class ContentRpc final : public rpc::v1::Content::Service {
public:
    ContentRpc(Store& store, kit::TokenVerifier& tokens, int delayMs)
        : m_store(store), m_tokens(tokens), m_delayMs(delayMs) {}
    grpc::Status CreatePost(grpc::ServerContext* context, const rpc::v1::CreatePostRequest* request,
                            rpc::v1::Post* reply) override;
    grpc::Status UpdatePost(grpc::ServerContext* context, const rpc::v1::UpdatePostRequest* request,
                            rpc::v1::Post* reply) override;
    grpc::Status DeletePost(grpc::ServerContext* context, const rpc::v1::DeletePostRequest* request,
                            rpc::v1::DeletePostReply* reply) override;
    // Posts are the same for every reader: services ask without a user.
    grpc::Status GetPosts(grpc::ServerContext* context, const rpc::v1::GetPostsRequest* request,
                          rpc::v1::GetPostsReply* reply) override;
    grpc::Status ListPosts(grpc::ServerContext* context, const rpc::v1::ListPostsRequest* request,
                           rpc::v1::ListPostsReply* reply) override;

private:
    Store& m_store;
    kit::TokenVerifier& m_tokens;
    int m_delayMs;
};

}  // namespace nova::content
