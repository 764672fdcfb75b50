// What the tail reads of a payload at once: who acted, and whether it decodes at all. Parsed by wire format, without
// building a message.
#pragma once

#include <string_view>

#include "app/engine/traffic/event.h"

namespace nova::engine {

// Sets event.user and event.undecodable from event.value, which `dataSchema` (ce_dataschema) describes.
void readPayload(Event& event, std::string_view dataSchema);

}  // namespace nova::engine
