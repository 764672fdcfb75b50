// Actions of the past: reads otlp_spans and the event topics back from now into a store, then asks Redis about outcomes
// that no span tells. Blocks. Thread: the store's.
#pragma once

#include <QString>
#include <QVector>
#include <atomic>

#include "app/engine/actions/action_store.h"
#include "app/engine/cluster/target.h"

namespace nova::engine {

struct ActionScanRequest {
    QString traceId;  // empty: the latest
    int count = 20;   // of the latest; 0: all that is kept
};

// Fills the store; its sources say what was asked and what answered. Error: Kafka does not answer.
kit::Result<void> scanActions(const Target& target, const ActionScanRequest& request, ActionStore& store,
                              const std::atomic<bool>& stop);

}  // namespace nova::engine
