// media-service: pictures and films in the object storage, and what is known of them.
#include <limits.h>
#include <unistd.h>

#include <memory>

#include "kit/http/server.h"
#include "kit/objects/object_store.h"
#include "kit/outbox/outbox.h"
#include "kit/postgres/pool.h"
#include "kit/rpc/client.h"
#include "kit/runtime/log.h"
#include "kit/runtime/service.h"
#include "media/base_url.h"
#include "media/media_door.h"
#include "media/media_rpc.h"
#include "media/store.h"
#include "media/sweeper.h"
#include "media/uploads.h"
#include "nova/schema/media.h"

namespace {

std::string instanceOf(const nova::kit::ServiceConfig& config) {
    return config.service + "/" + std::to_string(config.replica);
}
std::string computer() {
    char name[HOST_NAME_MAX + 1] = {};
    return gethostname(name, HOST_NAME_MAX) == 0 ? name : "localhost";
}

struct Media {
    nova::kit::ObjectStore objects;
    nova::media::Store store;
    nova::media::Uploads uploads;
    nova::media::MediaRpc rpc;
    nova::media::MediaDoor door;
    nova::media::Sweeper sweeper;

    explicit Media(nova::kit::Service& s)
        : objects({s.config().s3Endpoint, s.config().s3Bucket, s.config().s3AccessKey, s.config().s3SecretKey}),
          store(s.postgres(), s.outbox(), instanceOf(s.config())),
          uploads(store, objects, s.clients(),
                  nova::media::baseUrl(s.config().httpListen, s.http().port(), computer())),
          rpc(store, uploads, s.tokens(), s.config()),
          door(store, objects),
          sweeper(store, objects) {}
};

}  // namespace

int main(int argc, char** argv) {
    return nova::kit::runService(argc, argv, [](nova::kit::Service& s) {
        s.migrate(nova::media::schemaSql);
        const auto media = std::make_shared<Media>(s);
        if (auto left = media->store.abandonOwn(); !left)
            nova::kit::logWarn("media", "uploads left behind wait for the sweep: {}", left.error().what);
        media->sweeper.start();
        s.onStop([media] { media->sweeper.stop(); });
        s.readyWhen([media] {
            auto there = media->objects.ensureBucket();
            return there ? std::string() : there.error().what;
        });
        s.http().route(nova::media::MediaDoor::path,
                       [media](const nova::kit::HttpRequest& request) { return media->door.handle(request); });
        s.serve(std::shared_ptr<grpc::Service>(media, &media->rpc));
    });
}
