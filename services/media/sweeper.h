// Clears up after uploads that came to nothing: at start and then each minute. Thread: its own.
#pragma once

#include "kit/runtime/periodic.h"

namespace nova::kit {
class ObjectStore;
}

namespace nova::media {

class Store;

class Sweeper {
public:
    Sweeper(Store& store, kit::ObjectStore& objects) : m_store(store), m_objects(objects) {}
    void start() { m_rounds.start(); }
    void stop() { m_rounds.stop(); }  // after the object in hand

private:
    void sweep();

    Store& m_store;
    kit::ObjectStore& m_objects;
    kit::Periodic m_rounds{std::chrono::minutes{1}, [this] { sweep(); }};  // last: uses the others
};

}  // namespace nova::media
