#include "app/engine/keys/key_scan.h"

namespace nova::engine {

KeyScan scanKeys(const Target&, const KeyScanRequest& request, const std::function<void(const KeyScan&)>&,
                 const std::atomic<bool>&) {
    KeyScan scan;
    scan.pattern = request.pattern;
    scan.ended = true;
    return scan;
}

}  // namespace nova::engine
