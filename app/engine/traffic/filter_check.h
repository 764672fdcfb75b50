// Whether each comparison makes sense: operators and values by the field's type. Thread: any.
#pragma once

#include <optional>

#include "app/engine/traffic/filter.h"
#include "app/engine/traffic/filter_tree.h"

namespace nova::engine::filter {

// The first fault in the order of the text.
std::optional<FilterError> check(const Node& node, const FilterContext& context);

}  // namespace nova::engine::filter
