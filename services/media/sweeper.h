// Clears up after uploads that came to nothing: at start and then each minute. Thread: its own.
#pragma once

#include <condition_variable>
#include <mutex>
#include <thread>

namespace nova::kit {
class ObjectStore;
}

namespace nova::media {

class Store;

class Sweeper {
public:
    Sweeper(Store& store, kit::ObjectStore& objects) : m_store(store), m_objects(objects) {}
    ~Sweeper() { stop(); }
    void start();
    void stop();  // after the round in hand

private:
    void run();
    void sweep();

    Store& m_store;
    kit::ObjectStore& m_objects;
    std::mutex m_mutex;
    std::condition_variable m_wake;
    bool m_stopping = false;
    std::thread m_thread;
};

}  // namespace nova::media
