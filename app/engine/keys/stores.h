// What the stores hold of an event's subject: its versions wherever they are kept, and the effects that its event is to
// have. Fills a report. Thread: one; blocks.
#pragma once

#include "app/engine/actions/trace_parts.h"
#include "app/engine/keys/facts.h"
#include "app/engine/keys/key_report.h"
#include "app/engine/keys/redis_answers.h"
#include "app/engine/keys/sql_answers.h"

namespace nova::engine {

// Followers asked for an entry in their feed; so many of them are told one by one.
inline constexpr int mostFeeds = 1'000, feedsTold = 5;

void addVersions(KeyReport& report, const Facts& facts, const Subscriptions& subscriptions, SqlAnswers& sql,
                 RedisAnswers& redis);
void addEffects(KeyReport& report, const Facts& facts, SqlAnswers& sql, RedisAnswers& redis);

}  // namespace nova::engine
