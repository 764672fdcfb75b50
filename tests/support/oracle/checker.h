// The invariants of a settled Nova (reliability §5.2): an accusation for each that the history and the world together
// contradict. Pure: no store, no clock. Thread: any.
//   1 an acknowledged write is in PostgreSQL, a refused one is not, an unclear one at most once
//   2 the committed versions are exactly those in Kafka        3 first occurrences of a key in order 1, 2, 3 …
//   4 each live post stands once in the feed of each stable follower, in no stable stranger's
//   5 a deleted post is shown nowhere                          6 counts, copies and caches equal the rows
//   7 messages: seq gapless, sent once                         8 one idempotency key, one id
//   11 an upload that was completed stays so, and stands once in its post
// (9, 10, 12 compare two worlds or watch a run: their tests use stateText() and the history.)
#pragma once

#include <string>
#include <vector>

#include "tests/support/oracle/history.h"
#include "tests/support/oracle/world.h"

namespace nova::test {

struct Violation {
    int invariant = 0;
    std::string what;              // one sentence
    std::vector<std::string> ids;  // the offenders
};

std::vector<Violation> check(const std::vector<Op>& ops, const World& world);
// One line each, at most 40; empty when there is none.
std::string text(const std::vector<Violation>& violations);

}  // namespace nova::test
