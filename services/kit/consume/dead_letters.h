// Records that cannot be handled, sent to `<topic>.dlq` and confirmed (contract §4): key, value and headers kept,
// coordinates, group and error added. Thread: the loop's.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "kit/consume/handler.h"
#include "kit/kafka/producer.h"

namespace nova::kit::consume {

kafka::OutRecord deadLetter(const Record& record, const std::string& group, const std::string& error, WallTime now);

class DeadLetters {
public:
    DeadLetters(std::string bootstrap, std::string clientId);
    // One answer a record; not ok when the broker did not confirm, or `abandon` (called each 50 ms) said so. A record
    // too large for the dead letters goes there without its value, and its error says so: it must not hold up its
    // partition.
    std::vector<kafka::Delivery> send(const std::vector<kafka::OutRecord>& records,
                                      const std::function<bool()>& abandon);

private:
    void sendWithoutValues(const std::vector<kafka::OutRecord>& records, std::vector<kafka::Delivery>& deliveries,
                           const std::function<bool()>& abandon);
    std::string m_bootstrap, m_clientId;
    std::optional<kafka::Producer> m_producer;  // made with the first dead letter
};

}  // namespace nova::kit::consume
