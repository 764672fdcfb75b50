// Whatever observes one target, started and stopped together; a fresh set for each target, so that nothing seen of one
// cluster is shown as another's. Of a profile's cluster it reads metadata, offsets and groups; records only once
// somebody asks for them. GUI thread; all work is done on threads of the parts.
#pragma once

#include <functional>
#include <memory>

#include "app/engine/actions/action_store.h"
#include "app/engine/actions/key_probe.h"
#include "app/engine/actions/span_observer.h"
#include "app/engine/cluster/cluster_watch.h"
#include "app/engine/cluster/metrics_reader.h"
#include "app/engine/cluster/target.h"
#include "app/engine/lag/diagnosis_desk.h"
#include "app/engine/lag/lag_board.h"
#include "app/engine/traffic/traffic_observer.h"

namespace nova::shell {

struct Observers {
    Observers();
    ~Observers();              // what waits for an answer of a cluster ends in the background, in some seconds
    static void awaitEnded();  // after the last of them is gone, before the program ends
    Observers(const Observers&) = delete;
    Observers& operator=(const Observers&) = delete;

    // The one place where a target is handed on. `lagHistory`: the file in which lag is kept over restarts.
    void start(const engine::Target& target, const QString& lagHistory);
    void stop();  // the lag board is another one then
    // What the supervisor tells of a local Nova's parts; before start().
    void setParts(std::function<QVector<engine::PartFacts>()> parts) { m_parts = std::move(parts); }
    void follow(const engine::Target& target, const engine::TailChoice& topics);  // these, and no others
    // Of a profile's cluster: spans are read from now on, within the read budget.
    void followSpans(const engine::Target& target);

    engine::ActionStore actions;
    engine::TrafficObserver traffic;
    engine::SpanObserver spans{actions};
    engine::MetricsReader metrics;
    engine::KeyProbe keys{actions};                 // tells outcomes whose spans were lost
    std::unique_ptr<engine::LagBoard> lag;          // never null
    engine::DiagnosisDesk desk;                     // why a partition lags
    std::unique_ptr<engine::ClusterWatch> cluster;  // null on a local Nova, whose supervisor knows more
    engine::TrafficBatch batch;                     // the latest
    bool followsSpans = false;

private:
    void connectDesk();
    void tellSources(const QString& state, const QString& why);
    bool m_observesLag = false;
    std::function<QVector<engine::PartFacts>()> m_parts;
};

}  // namespace nova::shell
