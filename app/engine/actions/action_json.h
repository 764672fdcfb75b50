// An action as the contract prints it (§7): one JSON object, times in ms rounded to µs, absent values null. Additions
// of ours: of hops `replica`, `client`, `budget_from_ms`, `effect`, `recipients`, `statements`, `tries`, `error`,
// `missing`; of the action `failed`. Thread: any.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "app/engine/actions/action.h"

namespace nova::engine {

nlohmann::ordered_json toJson(const Action& action);

}  // namespace nova::engine
