// The console's window as a program: everything between main() and exit.
#pragma once

#include <QString>

namespace nova::shell {

struct WindowOptions {
    QString dataDir;  // absolute
    QString profile;  // name or file; empty: the local Nova of `dataDir`
    QString link;     // nova://…, the record to open at; empty: none
};

// Returns the exit code, after the window was closed and its Nova stopped. Without a display that can be reached the
// process says so in one line; on a local Nova it becomes `nova-console up` on the same folder, on a profile it
// exits 3.
int runWindow(int argc, char** argv, const WindowOptions& options);

}  // namespace nova::shell
