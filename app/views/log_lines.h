// Lines of a part's log for the log view.
#pragma once

#include "app/engine/stack/stack_types.h"
#include "widgets/models/log_model.h"

namespace nova::views {

// A line as the part wrote it, taken apart where its form is known (Nova's own, Kafka's, PostgreSQL's, Redis').
models::LogLine logLineOf(const stack::LogLine& line);

}  // namespace nova::views
