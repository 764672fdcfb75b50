#include "kit/runtime/periodic.h"

namespace nova::kit {

void Periodic::start() {
    m_thread = std::thread([this] { run(); });
}

void Periodic::stop() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_changed.notify_all();
    if (m_thread.joinable()) m_thread.join();
}

void Periodic::wake() {
    {
        const std::lock_guard lock(m_mutex);
        m_woken = true;
    }
    m_changed.notify_all();
}

bool Periodic::stopping() {
    const std::lock_guard lock(m_mutex);
    return m_stopping;
}

void Periodic::run() {
    std::unique_lock lock(m_mutex);
    while (!m_stopping) {
        m_woken = false;
        lock.unlock();
        m_round();
        lock.lock();
        m_changed.wait_for(lock, m_every, [this] { return m_woken || m_stopping; });
    }
}

}  // namespace nova::kit
