// GET /media/<id>: the bytes of ready media, streamed from the object storage, one range at most. No token is asked
// for: media are as public as the posts that show them, and the id cannot be guessed. Thread: the HTTP server's
// workers.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "kit/http/server.h"

namespace nova::kit {
class ObjectStore;
}

namespace nova::media {

class Store;
struct Media;

class MediaDoor {
public:
    static constexpr const char* path = "/media/";

    MediaDoor(Store& store, kit::ObjectStore& objects) : m_store(store), m_objects(objects) {}
    // 200 or 206 with the bytes, 304, 404, 405, 416, 503.
    kit::HttpResponse handle(const kit::HttpRequest& request);

private:
    kit::HttpResponse bytesOf(const Media& media, const kit::HttpRequest& request);

    Store& m_store;
    kit::ObjectStore& m_objects;
};

// What `Range: bytes=…` asks of `size` bytes. Nothing: no range, or a form that may be passed over (several, other
// units). An empty range: cannot be satisfied.
struct ByteRange {
    std::int64_t from = 0, length = 0;
};
std::optional<ByteRange> rangeOf(std::string_view header, std::int64_t size);

}  // namespace nova::media
