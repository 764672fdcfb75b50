// Failpoints: named places where a test makes the process die, stop, fail or dawdle. Armed by the environment variable
// NOVA_FAILPOINT=name:nth:kill|stop|err|delay (nth counts from 1; it fires once) or by armFailpoint(). Thread: any.
#pragma once

#include <string_view>

namespace nova::kit {

// True: the caller must behave as if the step after this point had failed (action `err`). `delay` sleeps 2 s.
bool failpoint(std::string_view name);
// Replaces what is armed; "" disarms. False: the text is not of the form above.
bool armFailpoint(std::string_view spec);

}  // namespace nova::kit
