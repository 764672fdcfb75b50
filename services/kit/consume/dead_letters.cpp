#include "kit/consume/dead_letters.h"

#include <fmt/format.h>

#include "contract/topics.h"

namespace nova::kit::consume {

kafka::OutRecord deadLetter(const Record& record, const std::string& group, const std::string& error, WallTime now) {
    namespace header = contract::header;
    kafka::OutRecord letter{record.topic + std::string(contract::topic::deadLetterSuffix), record.key, record.value,
                            record.headers, -1};
    const auto add = [&](std::string_view name, std::string value) {
        letter.headers.emplace_back(std::string(name), std::move(value));
    };
    add(header::dlqTopic, record.topic);
    add(header::dlqPartition, std::to_string(record.partition));
    add(header::dlqOffset, std::to_string(record.offset));
    add(header::dlqGroup, group);
    add(header::dlqError, error);
    add(header::dlqTime, rfc3339(now));
    return letter;
}

DeadLetters::DeadLetters(std::string bootstrap, std::string clientId)
    : m_bootstrap(std::move(bootstrap)), m_clientId(std::move(clientId)) {}

std::vector<kafka::Delivery> DeadLetters::send(const std::vector<kafka::OutRecord>& records,
                                               const std::function<bool()>& abandon) {
    if (!m_producer) {
        // A record as large as its topic took it, and the headers of a dead letter; what is too large, the broker says.
        auto made = kafka::Producer::make(m_bootstrap, m_clientId, {{"message.max.bytes", "16777216"}});
        if (!made) {
            std::vector<kafka::Delivery> refused(records.size());
            for (auto& delivery : refused) delivery.error = made.error().what;
            return refused;
        }
        m_producer.emplace(std::move(made.value()));
    }
    auto deliveries = m_producer->sendAll(records, abandon);
    sendWithoutValues(records, deliveries, abandon);
    if (!deliveries.empty() && deliveries.front().fatal) m_producer.reset();
    return deliveries;
}

void DeadLetters::sendWithoutValues(const std::vector<kafka::OutRecord>& records,
                                    std::vector<kafka::Delivery>& deliveries, const std::function<bool()>& abandon) {
    for (std::size_t i = 0; i < records.size(); ++i) {
        if (!deliveries[i].tooLarge) continue;
        kafka::OutRecord bare = records[i];
        for (auto& [name, value] : bare.headers)
            if (name == contract::header::dlqError)
                value += fmt::format("; its value of {} bytes is too large for the dead letters", bare.value.size());
        bare.value.clear();
        deliveries[i] = m_producer->sendAll({std::move(bare)}, abandon).front();
    }
}

}  // namespace nova::kit::consume
