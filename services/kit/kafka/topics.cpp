#include "kit/kafka/topics.h"

#include "contract/topics.h"

namespace nova::kit::kafka {

std::vector<TopicSpec> eventTopic(const std::string& name) {
    const Settings settings{
        {"message.timestamp.type", "LogAppendTime"}, {"retention.ms", "604800000"}, {"retention.bytes", "1073741824"}};
    return {{name, contract::topic::partitions, settings},
            {name + std::string(contract::topic::deadLetterSuffix), contract::topic::partitions, settings}};
}

std::vector<TopicSpec> eventTopics() {
    std::vector<TopicSpec> all;
    for (const std::string_view name : contract::topic::events) {
        for (TopicSpec& spec : eventTopic(std::string(name))) all.push_back(std::move(spec));
    }
    return all;
}

}  // namespace nova::kit::kafka
