// nova.rpc.v1.Identity over Accounts. Thread: gRPC's.
#pragma once

#include "nova/rpc/v1/identity.grpc.pb.h"

namespace nova::kit {
class TokenVerifier;
}

namespace nova::identity {

class Accounts;

class IdentityRpc final : public rpc::v1::Identity::Service {
public:
    IdentityRpc(Accounts& accounts, kit::TokenVerifier& tokens, int delayMs)
        : m_accounts(accounts), m_tokens(tokens), m_delayMs(delayMs) {}
    grpc::Status CreateUser(grpc::ServerContext* context, const rpc::v1::CreateUserRequest* request,
                            rpc::v1::SessionReply* reply) override;
    grpc::Status Authenticate(grpc::ServerContext* context, const rpc::v1::AuthenticateRequest* request,
                              rpc::v1::SessionReply* reply) override;
    grpc::Status GetUsers(grpc::ServerContext* context, const rpc::v1::GetUsersRequest* request,
                          rpc::v1::GetUsersReply* reply) override;

private:
    Accounts& m_accounts;
    kit::TokenVerifier& m_tokens;
    int m_delayMs;
};

}  // namespace nova::identity
