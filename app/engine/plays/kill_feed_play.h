// kill-feed: Alice posts at a steady pace, feed-service is killed in its midst; every post arrives once it is back.
#pragma once

#include "app/engine/plays/play.h"

namespace nova::engine {

class KillFeedPlay : public Play {
    Q_OBJECT
public:
    using Play::Play;

protected:
    void perform() override;
};

}  // namespace nova::engine
