// lose-redis: FLUSHALL; Bob's feed comes back from feed-service's projections.
#pragma once

#include "app/engine/plays/play.h"

namespace nova::engine {

class LoseRedisPlay : public Play {
    Q_OBJECT
public:
    using Play::Play;

protected:
    void perform() override;
};

}  // namespace nova::engine
