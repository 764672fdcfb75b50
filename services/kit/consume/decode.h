// A Kafka message as the Record that handlers get, and what its envelope lacks.
#pragma once

#include <string>

#include "kit/consume/handler.h"
#include "kit/kafka/handles.h"

namespace nova::kit::consume {

Record decode(const rd_kafka_message_t* message);
// "" or what makes the record undecodable: a missing ce_id, ce_type or ce_dataschema.
std::string envelopeProblem(const Record& record);
// True when the record is a replay meant for another group.
bool meantForAnother(const Record& record, const std::string& group);

}  // namespace nova::kit::consume
