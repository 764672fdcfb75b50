// The services that messaging-service calls, played: identity-service and realtime-chat-service behind one door.
#pragma once

#include <QTemporaryDir>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <set>

#include "kit/rpc/client.h"
#include "nova/rpc/v1/identity.grpc.pb.h"
#include "nova/rpc/v1/realtime.grpc.pb.h"
#include "tests/services/service_fixture.h"

namespace nova::test {

class FakeIdentity final : public rpc::v1::Identity::Service {
public:
    std::set<std::string> users;
    std::atomic<int> asked{0};
    grpc::Status GetUsers(grpc::ServerContext*, const rpc::v1::GetUsersRequest* request,
                          rpc::v1::GetUsersReply* reply) override {
        ++asked;
        for (const auto& id : request->ids())
            if (users.contains(id)) reply->add_users()->set_id(id);
        return grpc::Status::OK;
    }
};

class FakeRealtime final : public rpc::v1::Realtime::Service {
public:
    std::atomic<bool> away{false};
    std::mutex mutex;
    std::vector<rpc::v1::PushRequest> pushes;  // guarded by mutex
    grpc::Status Push(grpc::ServerContext*, const rpc::v1::PushRequest* request, rpc::v1::PushReply*) override {
        if (away) return {grpc::StatusCode::UNAVAILABLE, "away"};
        const std::lock_guard lock(mutex);
        pushes.push_back(*request);
        return grpc::Status::OK;
    }
};

struct Neighbours {
    FakeIdentity identity;
    FakeRealtime realtime;
    QTemporaryDir folder;
    std::string file = folder.filePath(QStringLiteral("endpoints.json")).toStdString();
    std::unique_ptr<kit::RpcListener> listener =
        kit::RpcListener::open("127.0.0.1:0", {borrowed(identity), borrowed(realtime)}).value();
    std::unique_ptr<kit::RpcClients> clients = [this] {
        list(true);
        return std::make_unique<kit::RpcClients>(file);
    }();

    static std::shared_ptr<grpc::Service> borrowed(grpc::Service& service) {
        return {std::shared_ptr<void>(), &service};
    }
    void list(bool identityRuns) {
        const auto address = "[\"127.0.0.1:" + std::to_string(listener->port()) + "\"]";
        std::ofstream(file + ".new") << "{\"realtime-chat-service\": " << address
                                     << (identityRuns ? ", \"identity-service\": " + address : "") << "}";
        std::filesystem::rename(file + ".new", file);
    }
};

}  // namespace nova::test
