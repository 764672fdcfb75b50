// broker-outage: Kafka is stopped in its tracks (SIGSTOP) while Alice posts; the outbox grows, and drains after.
#pragma once

#include "app/engine/plays/play.h"

namespace nova::engine {

class BrokerOutagePlay : public Play {
    Q_OBJECT
public:
    using Play::Play;

protected:
    void perform() override;
};

}  // namespace nova::engine
