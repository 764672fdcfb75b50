#include "media/sweeper.h"

#include "kit/objects/object_store.h"
#include "kit/runtime/log.h"
#include "media/store.h"

namespace nova::media {

void Sweeper::sweep() {
    const auto done = m_store.sweep([this](const std::string& key) -> kit::Result<void> {
        if (m_rounds.stopping()) return kit::transient("the service stops");
        return m_objects.remove(key);
    });
    if (!done) kit::logWarn("media", "failed uploads could not be cleared up: {}", done.error().what);
    if (done && done.value() > 0) kit::logInfo("media", "cleared up {} failed uploads", done.value());
}

}  // namespace nova::media
