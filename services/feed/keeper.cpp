#include "feed/keeper.h"

#include <chrono>

#include "feed/fan_out_jobs.h"
#include "feed/rebuilder.h"
#include "kit/runtime/log.h"

namespace nova::feed {

void Keeper::start() {
    m_thread = std::thread([this] { run(); });
}

void Keeper::stop() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_woken.notify_all();
    if (m_thread.joinable()) m_thread.join();
}

void Keeper::wake() {
    {
        const std::lock_guard lock(m_mutex);
        m_wake = true;
    }
    m_woken.notify_all();
}

bool Keeper::stopping() {
    const std::lock_guard lock(m_mutex);
    return m_stopping;
}

std::string Keeper::work() {
    auto tended = m_rebuilder.tend([this] { return stopping(); });
    if (!tended) return tended.error().what;
    while (!stopping()) {
        auto stepped = m_jobs.step();
        if (!stepped) return stepped.error().what;
        if (!stepped.value()) break;
    }
    return {};
}

void Keeper::run() {
    std::string last;
    for (;;) {
        const auto failed = work();
        if (!failed.empty() && failed != last) kit::logWarn("feed", "fan-out jobs and rebuilding wait: {}", failed);
        last = failed;
        std::unique_lock lock(m_mutex);
        m_woken.wait_for(lock, std::chrono::seconds{1}, [this] { return m_wake || m_stopping; });
        m_wake = false;
        if (m_stopping) return;
    }
}

}  // namespace nova::feed
