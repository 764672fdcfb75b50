// Whether a window can be opened here, asked before Qt is, since Qt aborts the program when it cannot. Thread: main.
#pragma once

namespace nova::commands {

// An X server that lets us in, a Wayland compositor that Qt has the plugin for, or a platform named by QT_QPA_PLATFORM
// that needs neither.
bool displayIsReachable();

}  // namespace nova::commands
