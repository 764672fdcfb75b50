// Tells the pushes that are still pending 2 s after their rows: at start, what a dead process left; later, what failed.
// Each second, on a thread of its own; replicas share the rows. Thread: any.
#pragma once

#include "kit/runtime/periodic.h"

namespace nova::notification {

class Pusher;
class Store;

class PushSweeper {
public:
    PushSweeper(Store& store, Pusher& pusher) : m_store(store), m_pusher(pusher) {}
    void start() { m_rounds.start(); }
    void stop() { m_rounds.stop(); }  // after the pushes in hand

private:
    void sweep();

    Store& m_store;
    Pusher& m_pusher;
    kit::Periodic m_rounds{std::chrono::seconds{1}, [this] { sweep(); }};  // last: uses the others
};

}  // namespace nova::notification
