// From a measured action to what the timeline draws. Plain functions, no window, no engine calls.
//
// Lanes stand in the designed order; those without a hop are left out: the acting user, gateway, writers, PostgreSQL,
// Kafka, consumers, Redis, the rest. A calling side of gRPC or HTTP is no bar: it is the waiting part of its caller's
// bar and the pair of arrows between the two lanes. A statement is a bar of its store with an arrow there and back; its
// times are the caller's.
#pragma once

#include "app/engine/actions/action.h"
#include "widgets/models/action_list_model.h"
#include "widgets/timeline/data.h"

namespace nova::views {

timeline::Data timelineOf(const engine::Action& action);
models::ActionRow rowOf(const engine::Action& action);

// The lane of a hop: "people", "postgres", "kafka", "redis", "s3", or the name of the service.
QString laneOf(const engine::Hop& hop);
// What a hop does, for a person: "in queue for feed-service", "outbox wait", else its name.
QString titleOf(const engine::Hop& hop);

}  // namespace nova::views
