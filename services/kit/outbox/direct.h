// publish = direct (contract §3): the design's literal form, kept for comparison. The event is sent after the commit
// and awaited for at most 5 s; a crash in between loses it. Thread: any.
#pragma once

#include <memory>
#include <string>

#include "kit/kafka/producer.h"

namespace nova::kit::outbox {

class DirectPublisher {
public:
    DirectPublisher(std::string bootstrap, std::string clientId);
    ~DirectPublisher();
    kafka::Delivery send(const kafka::OutRecord& record);

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::kit::outbox
