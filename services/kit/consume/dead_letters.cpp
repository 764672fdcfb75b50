#include "kit/consume/dead_letters.h"

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
        auto made = kafka::Producer::make(m_bootstrap, m_clientId);
        if (!made) {
            std::vector<kafka::Delivery> refused(records.size());
            for (auto& delivery : refused) delivery.error = made.error().what;
            return refused;
        }
        m_producer.emplace(std::move(made.value()));
    }
    auto deliveries = m_producer->sendAll(records, abandon);
    if (!deliveries.empty() && deliveries.front().fatal) m_producer.reset();
    return deliveries;
}

}  // namespace nova::kit::consume
