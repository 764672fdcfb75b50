// What differs between two records: their place, key, headers (by name and occurrence) and decoded fields, in the order
// of the left one. Fields of a payload that cannot be decoded are its bytes. Values; thread: any.
#pragma once

#include <vector>

#include "app/engine/traffic/event.h"
#include "widgets/models/diff_model.h"

namespace nova::views {

std::vector<models::DiffRow> diffOf(const engine::Event& left, const engine::Event& right);

}  // namespace nova::views
