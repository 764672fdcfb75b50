#include "kit/rpc/idempotency_keys.h"

#include "kit/postgres/idempotency.h"
#include "kit/rpc/server.h"
#include "nova/rpc/v1/idempotency.grpc.pb.h"

namespace nova::kit {
namespace {

class KeysRpc final : public rpc::v1::IdempotencyKeys::Service {
public:
    KeysRpc(PostgresPool& pool, TokenVerifier& tokens, int delayMs)
        : m_pool(pool), m_tokens(tokens), m_delayMs(delayMs) {}

    grpc::Status Find(grpc::ServerContext* context, const rpc::v1::FindKeyRequest* request,
                      rpc::v1::FindKeyReply* reply) override {
        return serveCall(*context, {"IdempotencyKeys/Find", &m_tokens, NeedsUser::yes, m_delayMs},
                         [&](const Claims& user) -> Result<void> {
                             auto operation = operationOf(m_pool, user.userId, request->key());
                             if (!operation) return operation.error();
                             reply->set_operation(std::move(operation.value()));
                             return outcome::success();
                         });
    }

private:
    PostgresPool& m_pool;
    TokenVerifier& m_tokens;
    const int m_delayMs;
};

}  // namespace

std::shared_ptr<grpc::Service> idempotencyKeys(PostgresPool& pool, TokenVerifier& tokens, int delayMs) {
    return std::make_shared<KeysRpc>(pool, tokens, delayMs);
}

}  // namespace nova::kit
