// How many times slower a sanitizer makes a test: limits of time grow with it. 1 without one.
#pragma once

#include <QtGlobal>
#include <algorithm>

namespace nova::test {

inline int slowness() {
    return std::max(1, qEnvironmentVariableIntValue("NOVA_TEST_SLOWNESS"));
}

}  // namespace nova::test
