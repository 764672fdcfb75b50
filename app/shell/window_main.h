// The console's window as a program: everything between main() and exit.
#pragma once

#include <QString>

namespace nova::shell {

// `dataDir` is absolute. Returns the exit code, after the window was closed and its Nova stopped. Without a display
// that can be reached the process says so in one line and becomes `nova-console up` on the same folder.
int runWindow(int argc, char** argv, const QString& dataDir);

}  // namespace nova::shell
