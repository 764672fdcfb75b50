// alice-bob: the design's end-to-end story, each of its moments taken from this run's spans and laid on one clock that
// begins with Alice's click. Bob refreshes when his feed was written, and likes at once: nobody waits by the clock.
#pragma once

#include "app/engine/plays/play.h"

namespace nova::engine {

class AliceBobPlay : public Play {
    Q_OBJECT
public:
    using Play::Play;

protected:
    void perform() override;

private:
    void compare(const QMap<QString, double>& moments);
};

}  // namespace nova::engine
