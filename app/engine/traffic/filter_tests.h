// The comparisons of the filter language, one class a kind of field. Thread: any; what changes lies in the Run.
#pragma once

#include <memory>

#include "app/engine/traffic/filter_program.h"

namespace nova::engine::filter {

// Of a term that check() has passed.
std::unique_ptr<const Test> makeTest(const Term& term, const FilterContext& context, Program& program);

}  // namespace nova::engine::filter
