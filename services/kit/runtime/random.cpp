#include "kit/runtime/random.h"

#include <random>

namespace nova::kit {

std::uint64_t randomBits() {
    thread_local std::mt19937_64 engine = [] {
        std::random_device device;
        std::seed_seq seed{device(), device(), device(), device(), device(), device(), device(), device()};
        return std::mt19937_64(seed);
    }();
    return engine();
}

}  // namespace nova::kit
