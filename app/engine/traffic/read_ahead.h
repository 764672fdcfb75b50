// How far a client of ours fetches ahead. Two settings decide a bulk read: with
// librdkafka's default queue the next fetch is postponed while the processor idles. With a budget little is fetched
// ahead: what is in flight when it says wait is not to be taken back.
#pragma once

#include "app/engine/cluster/session.h"

namespace nova::engine {

enum class Ahead {
    little,    // a few records
    much,      // one client
    muchOfTwo  // one of two clients
};

kit::kafka::Settings readAhead(const ReadSession& session, Ahead ahead);
bool hasBudget(const ReadSession& session);  // and a limit in it

}  // namespace nova::engine
