// A like or a follow that somebody is to be told of, from an event or from a call.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "kit/consume/handler.h"
#include "kit/runtime/error.h"
#include "nova/rpc/v1/notification.pb.h"

namespace nova::notification {

struct Fact {
    std::string type;  // like, follow
    std::string actorId, recipientId;
    std::string postId;                                                  // empty with a follow
    std::int64_t version = 0;                                            // of the count, in the event
    std::int64_t atMicros = 0;                                           // when it happened
    std::int64_t loggedMicros = 0;                                       // when the log took it; 0: in a replay
    kit::trace::Context trace{};                                         // of the user action; may be invalid
    [[nodiscard]] bool isOwn() const { return actorId == recipientId; }  // nobody is told of what they did themselves
};

// True for likes and follows. Taking one back tells nobody, and what was told stays.
bool knowsSchema(const std::string& dataSchema);
// badInput: the bytes are no such event, or ids or version are missing.
kit::Result<Fact> factOf(const kit::Record& record);
// Nothing for an unlike or unfollow. badInput: another kind, or wrong ids.
kit::Result<std::optional<Fact>> factOf(const rpc::v1::NotifyRequest& request);

}  // namespace nova::notification
