// What is selected, as a line for a terminal: the same thing by nova-console.
#pragma once

#include <QString>

#include "app/views/view.h"

namespace nova::shell {

// `page`: the view's name as in the settings; `where`: which Nova, "--profile staging" or "--data DIR". Empty: nothing
// is selected that a command could show.
QString asCommand(const QString& page, const views::Subject& subject, const QString& where);

}  // namespace nova::shell
