// The topics of Nova with their settings (contract §2), for whoever has to create a missing one.
#pragma once

#include <string>
#include <vector>

#include "kit/kafka/handles.h"

namespace nova::kit::kafka {

// An event topic and its dead letters.
std::vector<TopicSpec> eventTopic(const std::string& name);
// All event topics with their dead letters.
std::vector<TopicSpec> eventTopics();

}  // namespace nova::kit::kafka
