// A consumer handle whose every request and response is counted in a budget, and that remembers what the broker or the
// connection to it said last. By librdkafka's interceptors and log, which need nobody to poll. Thread: any.
#pragma once

#include <memory>
#include <string>

#include "app/engine/cluster/read_budget.h"
#include "kit/kafka/handles.h"

namespace nova::engine {

// `budget` null: nothing is counted. A refused setting is an error that names it.
kit::Result<kit::kafka::Handle> makeWatched(const kit::kafka::Settings& settings, std::shared_ptr<ReadBudget> budget);

struct HandleFault {
    std::string text;      // "SASL authentication error: Authentication failed …"; empty: none
    bool refused = false;  // the broker does not want us: waiting does not help
};
// Of a handle that makeWatched() made: the last failure of a connection since the last response.
HandleFault faultOf(rd_kafka_t* handle);

}  // namespace nova::engine
