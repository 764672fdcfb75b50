// Looks at a cluster again and again, on a thread of its own, so seldom that the cluster does not notice: each 5 s, and
// never more than a tenth of the time. Begins with its owner's event loop. Signals come from that thread, one a look.
// Thread: its owner's.
#pragma once

#include <QObject>
#include <QStringList>
#include <memory>

#include "app/engine/cluster/cluster_look.h"
#include "app/engine/cluster/session.h"

namespace nova::engine {

class ClusterWatch final : public QObject {
    Q_OBJECT
public:
    static constexpr int everyMs = 5'000;
    explicit ClusterWatch(const ReadSession& session, QObject* parent = nullptr);
    ~ClusterWatch() override;  // ends the thread, ≤ 5 s where the cluster does not answer

    void setPaused(bool paused);            // nobody looks: nothing is asked
    void lookNow();                         // the next look is now
    void readConfig(const QString& topic);  // answered once by config()

Q_SIGNALS:
    void looked(const nova::engine::ClusterLook& look);
    // The cluster does not answer (`why` in its own words; empty: it answers again). Changes only.
    void reached(bool reachable, const QString& why);
    void config(const nova::engine::TopicConfig& config);

private:
    class Worker;
    std::unique_ptr<Worker> m_worker;
};

}  // namespace nova::engine
