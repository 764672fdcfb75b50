// Random bits for ids and spans; not for secrets. Thread: any, each has a generator of its own.
#pragma once

#include <cstdint>

namespace nova::kit {

std::uint64_t randomBits();

}  // namespace nova::kit
