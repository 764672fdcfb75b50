// nova.rpc.v1.Media over Uploads. Thread: gRPC's. Bound: 16 uploads at a time, each on disk up to the limit.
#pragma once

#include <atomic>

#include "nova/rpc/v1/media.grpc.pb.h"

namespace nova::kit {
class TokenVerifier;
struct ServiceConfig;
}  // namespace nova::kit

namespace nova::media {

class Store;
class Uploads;

class MediaRpc final : public rpc::v1::Media::Service {
public:
    MediaRpc(Store& store, Uploads& uploads, kit::TokenVerifier& tokens, const kit::ServiceConfig& config)
        : m_store(store), m_uploads(uploads), m_tokens(tokens), m_config(config) {}
    // Refuses as soon as the kind can be told from the first bytes, or the limit is passed.
    grpc::Status UploadMedia(grpc::ServerContext* context, grpc::ServerReader<rpc::v1::UploadMediaRequest>* reader,
                             rpc::v1::UploadMediaReply* reply) override;
    // Media are the same for every reader: services ask without a user.
    grpc::Status GetMedia(grpc::ServerContext* context, const rpc::v1::GetMediaRequest* request,
                          rpc::v1::GetMediaReply* reply) override;

private:
    Store& m_store;
    Uploads& m_uploads;
    kit::TokenVerifier& m_tokens;
    const kit::ServiceConfig& m_config;
    std::atomic<int> m_underWay{0};
};

}  // namespace nova::media
