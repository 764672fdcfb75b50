// The icons and images compiled into this library.
#pragma once

namespace nova::theme {

// The library is static: without this call the linker drops them. Cheap to repeat.
void loadResources();

}  // namespace nova::theme
