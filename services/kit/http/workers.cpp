#include "kit/http/workers.h"

#include <utility>

namespace nova::kit {

Workers::Workers(int most, std::size_t queueLimit, std::chrono::seconds queueTime)
    : m_most(static_cast<std::size_t>(most < 1 ? 1 : most)), m_queueLimit(queueLimit), m_queueTime(queueTime) {}

Workers::~Workers() {
    stop();
}

bool Workers::submit(Job job) {
    {
        const std::lock_guard lock(m_mutex);
        if (m_over || m_queue.size() >= m_queueLimit) return false;
        m_queue.push_back({std::move(job), std::chrono::steady_clock::now()});
        if (m_queue.size() > m_idle && m_threads.size() < m_most) m_threads.emplace_back([this] { run(); });
    }
    m_wake.notify_one();
    return true;
}

void Workers::run() {
    std::unique_lock lock(m_mutex);
    for (;;) {
        ++m_idle;
        m_wake.wait(lock, [this] { return m_over || !m_queue.empty(); });
        --m_idle;
        if (m_over) return;
        Waiting next = std::move(m_queue.front());
        m_queue.pop_front();
        lock.unlock();
        next.job(std::chrono::steady_clock::now() - next.since > m_queueTime);
        next.job = nullptr;
        lock.lock();
    }
}

void Workers::stop() {
    std::vector<std::thread> threads;
    std::deque<Waiting> dropped;
    {
        const std::lock_guard lock(m_mutex);
        m_over = true;
        threads.swap(m_threads);
        dropped.swap(m_queue);
    }
    m_wake.notify_all();
    for (std::thread& thread : threads) thread.join();
}

}  // namespace nova::kit
