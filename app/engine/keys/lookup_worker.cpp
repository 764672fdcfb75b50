#include "app/engine/keys/lookup_worker.h"

#include <utility>

namespace nova::engine {

LookupWorker::~LookupWorker() {
    {
        const std::lock_guard lock(m_mutex);
        m_ending = true;
        m_next = nullptr;
        m_stop = true;
    }
    m_wake.notify_one();
    m_thread.join();
}

void LookupWorker::give(Task task) {
    {
        const std::lock_guard lock(m_mutex);
        m_next = std::move(task);
        m_stop = true;
    }
    m_wake.notify_one();
}

bool LookupWorker::stop() {
    const std::lock_guard lock(m_mutex);
    m_stop = true;
    return std::exchange(m_next, nullptr) != nullptr;
}

void LookupWorker::run() {
    for (;;) {
        Task task;
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, [this] { return m_ending || m_next; });
            if (m_ending) return;
            task = std::exchange(m_next, nullptr);
            m_stop = false;
        }
        task(m_stop);
    }
}

}  // namespace nova::engine
