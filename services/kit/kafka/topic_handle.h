// Owner type of a topic handle: held by producers so that a topic is known before its first record. It goes before its client handle.
#pragma once

#include "kit/kafka/handles.h"

namespace nova::kit::kafka {

using Topic = std::unique_ptr<rd_kafka_topic_t, Deleter<rd_kafka_topic_destroy>>;

}  // namespace nova::kit::kafka
