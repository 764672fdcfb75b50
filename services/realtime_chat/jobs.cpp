#include "realtime_chat/jobs.h"

namespace nova::realtime_chat {
namespace {

constexpr std::size_t mostWaiting = 20'000;

}  // namespace

Jobs::Jobs(int threads) {
    for (int i = 0; i < threads; ++i) m_threads.emplace_back([this] { work(); });
}

Jobs::~Jobs() {
    stop();
}

bool Jobs::run(Job job, std::chrono::milliseconds in) {
    {
        const std::lock_guard lock(m_mutex);
        if (m_over || m_waiting.size() >= mostWaiting) return false;
        m_waiting.emplace(Clock::now() + in, std::move(job));
    }
    m_wake.notify_one();
    return true;
}

void Jobs::stop() {
    {
        const std::lock_guard lock(m_mutex);
        m_over = true;
        m_waiting.clear();
    }
    m_wake.notify_all();
    for (auto& thread : m_threads)
        if (thread.joinable()) thread.join();
}

void Jobs::work() {
    std::unique_lock lock(m_mutex);
    while (!m_over) {
        if (m_waiting.empty()) {
            m_wake.wait(lock);
            continue;
        }
        const auto due = m_waiting.begin()->first;
        if (due > Clock::now()) {
            m_wake.wait_until(lock, due);
            continue;
        }
        auto job = std::move(m_waiting.extract(m_waiting.begin()).mapped());
        lock.unlock();
        job();
        job = nullptr;
        lock.lock();
    }
}

}  // namespace nova::realtime_chat
