// Content and social events as changes of the feed's projections.
#pragma once

#include <variant>

#include "feed/states.h"
#include "kit/consume/handler.h"

namespace nova::feed {

using Change = std::variant<PostState, EdgeChange, LikesChange>;

bool knowsSchema(const std::string& dataSchema);
// badly formed ids, versions below 1, or bytes that are no such event: permanent.
kit::Result<Change> decode(const kit::Record& record);

}  // namespace nova::feed
