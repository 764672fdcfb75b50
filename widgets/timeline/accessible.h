// The timeline to a screen reader (design §9): a table whose rows are the lanes and whose cells are the steps of a lane
// in time: "PostgreSQL, INSERT likes and outbox, 312.3 to 339.6 milliseconds, 7.3 over budget, critical".
#pragma once

#include <QString>
#include <vector>

#include "widgets/timeline/data.h"

namespace nova::timeline {

// Indices into Data::bars of a lane's steps, in time.
std::vector<int> stepsOf(const Data& data, int lane);
QString spokenStep(const Data& data, int bar);

void installAccessible();  // once a process; further calls do nothing

}  // namespace nova::timeline
