// What a request may ask for. Everything is counted while the work is done or before it begins, and all of the counting
// takes time in proportion to the document, never to what its fragments expand to.
#pragma once

#include <chrono>
#include <cstddef>

namespace nova::graphql {

struct Limits {
    int tokens = 2'000;           // of a document, counted while lexing
    int nesting = 32;             // open { [ ( at once, in documents and in JSON variables
    int depth = 15;               // fields below one another
    int fields = 1'000;           // fields of the operation with all fragments expanded
    int aliases = 15;             // of the operation with all fragments expanded; not counted inside introspection
    int directives = 10;          // at one place
    int errors = 20;              // in one response
    int cost = 1'000;             // objects that the operation may ask for: see analyse()
    int page = 100;               // the most that an argument `first` counts for
    std::size_t nodes = 100'000;  // values in one response
    std::chrono::milliseconds deadline{5'000};
};

}  // namespace nova::graphql
