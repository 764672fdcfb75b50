// --filter EXPR and --help-filter, the same for every command that reads events. Thread: main.
#pragma once

#include <memory>
#include <variant>

#include "app/commands/command.h"
#include "app/engine/cluster/target.h"
#include "app/engine/traffic/filter.h"
#include "app/engine/traffic/filter_handles.h"
#include "app/engine/traffic/filter_outcomes.h"

namespace nova::commands {

// A fault under its text: the line (or the part of it that fits), and carets below the characters that are wrong.
QStringList underlined(const QString& text, const engine::FilterError& error, int width);

// The compiled filter; or 2, and the fault was said on stderr.
std::variant<engine::Filter, int> filterOption(const Arguments& arguments, const std::string& text,
                                               engine::FilterContext context);

// Handles as the Nova's PostgreSQL has them, where the filter asks for any; what is missing is said on stderr.
void learnHandles(engine::FilterHandles& handles, const engine::Filter& filter, const engine::Target& target);

// Stale outcomes as the spans tell them, where the filter asks for any; what is missing is said on stderr.
void learnOutcomes(engine::FilterOutcomes& outcomes, const engine::Filter& filter, const engine::ReadSession& session,
                   const engine::Place& from, bool follow, const std::atomic<bool>& stop);

// The page about the language, to stdout; returns 0.
int printFilterHelp();

}  // namespace nova::commands
