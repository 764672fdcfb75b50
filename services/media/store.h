// Rows of `media`. A state never goes back: each change asks for a lower rank. Thread: any.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "kit/runtime/error.h"
#include "kit/runtime/ids.h"

namespace nova::kit {
class Outbox;
class PostgresPool;
}  // namespace nova::kit

namespace nova::media {

struct Media {
    std::string id, uploadId, ownerId;
    std::string postId;  // empty: of no post
    std::string fileName, contentType;
    std::int64_t sizeBytes = 0;
    std::string sha256;  // hex
    kit::WallTime createdAt;
};

// Two uploads of the same bytes share one object.
std::string objectKey(const std::string& sha256);

class Store {
public:
    // `instance`: "media-service/0", noted in the rows that it makes.
    Store(kit::PostgresPool& pool, kit::Outbox& outbox, std::string instance)
        : m_pool(pool), m_outbox(outbox), m_instance(std::move(instance)) {}

    // A pending row: from here on no sweep takes the object away.
    kit::Result<void> begin(const Media& media);
    // Pending to ready; with `announce`, the event `media.upload.completed` in the same transaction. transient: it is
    // not pending any more (it took so long that it was given up).
    enum class Announce { yes, no };
    kit::Result<void> complete(const Media& media, const std::string& url, Announce announce);
    // Pending or ready to failed: the object is left to the sweep.
    kit::Result<void> fail(const std::string& id);
    // The ready ones among the ids (at most 1,000), in no order.
    kit::Result<std::vector<Media>> get(const std::vector<std::string>& ids);

    // What this instance left pending when it died becomes failed. Only before it takes uploads. Returns how many.
    kit::Result<int> abandonOwn();
    // One round of sweeping, at most 100 rows: pending ones older than 10 minutes become failed; `remove` is called
    // with the object key of failed ones that share it with nobody; while it runs nobody begins with the same object.
    // Returns how many rows were done. An object that is refused for good holds up no other; its error is returned.
    using Remove = std::function<kit::Result<void>(const std::string& objectKey)>;
    kit::Result<int> sweep(const Remove& remove);

private:
    kit::Result<void> sweepOne(const std::string& id, const std::string& sha256, const Remove& remove);

    kit::PostgresPool& m_pool;
    kit::Outbox& m_outbox;
    std::string m_instance;
};

}  // namespace nova::media
