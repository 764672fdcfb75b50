// nova.rpc.v1.Content over the store. Thread: gRPC's.
#pragma once

#include <functional>

#include "content/store.h"
#include "kit/runtime/config.h"
#include "nova/rpc/v1/content.grpc.pb.h"

namespace nova::kit {
class TokenVerifier;
}

namespace nova::content {

class Chain;
class MediaAttacher;
struct Attachment;

class ContentRpc final : public rpc::v1::Content::Service {
public:
    ContentRpc(Store& store, MediaAttacher& attacher, Chain& chain, kit::TokenVerifier& tokens,
               const kit::ServiceConfig& config)
        : m_store(store), m_attacher(attacher), m_chain(chain), m_tokens(tokens), m_config(config) {}
    grpc::Status CreatePost(grpc::ServerContext* context, const rpc::v1::CreatePostRequest* request,
                            rpc::v1::Post* reply) override;
    grpc::Status UpdatePost(grpc::ServerContext* context, const rpc::v1::UpdatePostRequest* request,
                            rpc::v1::Post* reply) override;
    grpc::Status DeletePost(grpc::ServerContext* context, const rpc::v1::DeletePostRequest* request,
                            rpc::v1::DeletePostReply* reply) override;
    // An edit by the post's owner; repeats change nothing.
    grpc::Status AttachMedia(grpc::ServerContext* context, const rpc::v1::AttachMediaRequest* request,
                             rpc::v1::Post* reply) override;
    // Posts are the same for every reader: services ask without a user.
    grpc::Status GetPosts(grpc::ServerContext* context, const rpc::v1::GetPostsRequest* request,
                          rpc::v1::GetPostsReply* reply) override;
    grpc::Status ListPosts(grpc::ServerContext* context, const rpc::v1::ListPostsRequest* request,
                           rpc::v1::ListPostsReply* reply) override;

private:
    kit::Result<Post> attach(const Attachment& wanted, Undo* undo);
    kit::Result<Post> finished(const grpc::ServerContext& context,
                               const std::function<kit::Result<Post>(Undo*)>& change);

    Store& m_store;
    MediaAttacher& m_attacher;
    Chain& m_chain;
    kit::TokenVerifier& m_tokens;
    const kit::ServiceConfig& m_config;
};

}  // namespace nova::content
