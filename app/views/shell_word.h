// One word of a POSIX shell: what is copied as a command means the same there. Pure.
#pragma once

#include <QString>

namespace nova::views {

QString shellWord(const QString& text);

}  // namespace nova::views
