#include "gateway/http/door.h"
#include "gateway/http/upload_door.h"
#include "kit/rpc/client.h"
#include "kit/runtime/service.h"

int main(int argc, char** argv) {
    return nova::kit::runService(argc, argv, [](nova::kit::Service& service) {
        auto door = std::make_shared<nova::gateway::Door>(service.clients(), service.tokens(), service.metrics());
        service.http().route("/graphql",
                             [door](const nova::kit::HttpRequest& request) { return door->handle(request); });
        auto uploads = std::make_shared<nova::gateway::UploadDoor>(service.clients(), door->admission(),
                                                                   service.metrics(), service.config().uploadLimit);
        service.http().stream(
            "/upload",
            [door, uploads](const nova::kit::HttpRequest& request, nova::kit::HttpBody& body) {
                return uploads->handle(request, body);
            },
            uploads->limits());
        for (const std::string owner : {"identity-service", "content-service", "social-service", "feed-service",
                                        "media-service", "messaging-service", "notification-service"}) {
            service.degradedWhen(
                [&service, owner] { return service.clients().reachable(owner) ? std::string() : owner; });
        }
    });
}
