// A replica of identity-service in a process of its own, which a test can stop: answers with its name. Prints its port,
// ends when standard input does.
#include <cstdio>
#include <iostream>

#include "kit/rpc/listener.h"
#include "nova/rpc/v1/identity.grpc.pb.h"

namespace rpc = nova::rpc::v1;

namespace {

class Named final : public rpc::Identity::Service {
public:
    explicit Named(std::string name) : m_name(std::move(name)) {}
    grpc::Status GetUsers(grpc::ServerContext* context, const rpc::GetUsersRequest*,
                          rpc::GetUsersReply* reply) override {
        auto* user = reply->add_users();
        user->set_handle(m_name);
        user->set_display_name(context->peer());
        return grpc::Status::OK;
    }

private:
    const std::string m_name;
};

}  // namespace

int main(int argc, char** argv) {
    auto listener = nova::kit::RpcListener::open("127.0.0.1:0", {std::make_shared<Named>(argc > 1 ? argv[1] : "")});
    if (!listener) return 1;
    std::cout << listener.value()->port() << std::endl;
    std::cin.get();
    return 0;
}
