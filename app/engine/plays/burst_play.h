// burst: createPost in an open loop. Backlog = what content-service's outbox and feed-service's lag hold; when the
// burst ends, backlog ÷ the rate at which feed-service worked just before foretells how long the rest will take. At the
// end every answered post is looked for in a follower's feed.
#pragma once

#include <QElapsedTimer>

#include "app/engine/plays/load.h"
#include "app/engine/plays/play.h"

namespace nova::engine {

class BurstPlay : public Play {
    Q_OBJECT
public:
    using Play::Play;

protected:
    void perform() override;

private:
    struct Pair {
        Person author, follower;
    };
    struct Sample {
        double atS = 0, backlog = 0, handled = 0;
    };
    bool invite(int pairs);
    std::optional<Sample> sample() const;
    void watch(Load& load);
    void catchUp();
    void countLost(const LoadReport& report);

    QVector<Pair> m_pairs;
    QVector<Sample> m_samples;
    QElapsedTimer m_clock;
};

}  // namespace nova::engine
