// identity-service: users, tokens, display names, tier.
#include <fstream>
#include <memory>
#include <sstream>
#include <stdexcept>

#include "identity/accounts.h"
#include "identity/identity_rpc.h"
#include "identity/passwords.h"
#include "identity/store.h"
#include "kit/outbox/outbox.h"
#include "kit/postgres/pool.h"
#include "kit/runtime/service.h"
#include "nova/schema/identity.h"

namespace {

std::string readKey(const std::string& file) {
    std::ifstream in(file);
    std::ostringstream text;
    text << in.rdbuf();
    if (!in || text.str().empty()) throw std::runtime_error("token_private_key_file cannot be read: " + file);
    return text.str();
}

struct Identity {
    nova::identity::Store store;
    nova::identity::Passwords passwords;
    nova::identity::Accounts accounts;
    nova::identity::IdentityRpc rpc;

    explicit Identity(nova::kit::Service& s)
        : store(s.postgres(), s.outbox()),
          passwords(s.config().argonMemoryKib, s.config().argonPasses),
          accounts(store, passwords,
                   nova::kit::TokenSigner(readKey(s.config().tokenPrivateKeyFile), s.config().tokenTtl)),
          rpc(accounts, s.tokens(), s.config().rpcDelayMs) {}
};

}  // namespace

int main(int argc, char** argv) {
    return nova::kit::runService(argc, argv, [](nova::kit::Service& s) {
        s.migrate(nova::identity::schemaSql);
        const auto identity = std::make_shared<Identity>(s);
        s.serve(std::shared_ptr<grpc::Service>(identity, &identity->rpc));
    });
}
