// The two spans of a published event: `outbox wait` and `publish <topic>`. Thread: any.
#pragma once

#include <string>

#include "kit/kafka/producer.h"
#include "kit/runtime/ids.h"
#include "kit/trace/span.h"

namespace nova::kit::outbox {

// `parent`: the context the row keeps. Returns the span's context; invalid when `parent` is.
trace::Context recordWait(const trace::Context& parent, const std::string& topic, const std::string& eventId,
                          WallTime created, WallTime read);
// `own` was made by parent.child() before the record was sent, since the record carries it.
void recordPublish(const trace::Context& own, const trace::Context& parent, const kafka::OutRecord& record,
                   const std::string& eventId, const kafka::Delivery& delivery);

}  // namespace nova::kit::outbox
