// The console's window as a program: everything between main() and exit.
#pragma once

#include <QString>

namespace nova::shell {

// A display must be reachable. `dataDir` is absolute. Returns the exit code, after the window was closed and its Nova stopped.
int runWindow(int argc, char** argv, const QString& dataDir);

}  // namespace nova::shell
