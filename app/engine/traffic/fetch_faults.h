// Which faults of a fetch last. Thread: any.
#pragma once

#include <librdkafka/rdkafka.h>

namespace nova::engine {

// What will not heal by itself while one waits a moment; all else the client tries again, and gets.
bool isLasting(rd_kafka_resp_err_t error);

}  // namespace nova::engine
