// The grammar of contract §7, from text to tree. Spaces around an operator and a comma are allowed. What a field means
// is not looked at but for its name. Bounds: 4,096 bytes of UTF-8, 64 terms, depth 32. Thread: any.
#pragma once

#include <variant>

#include "app/engine/traffic/filter.h"
#include "app/engine/traffic/filter_tree.h"

namespace nova::engine::filter {

inline constexpr int mostBytes = 4'096, mostTerms = 64, mostDepth = 32;

// Empty text: an `all` without children.
std::variant<Node, FilterError> parse(const QString& text);

// Whether a character ends a word: a space ( ) , "
bool endsWord(QChar c);
bool startsOperator(QChar c);  // : > < ~

}  // namespace nova::engine::filter
