// Words of an error or a reason as they stand in a line of their own. Pure.
#pragma once

#include <QString>

namespace nova::views {

// With a capital, unless it begins with a name that has its own spelling ("staging.toml, line 7"), and with an end.
QString asSentence(QString text);

}  // namespace nova::views
