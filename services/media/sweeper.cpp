#include "media/sweeper.h"

#include <chrono>

#include "kit/objects/object_store.h"
#include "kit/runtime/log.h"
#include "media/store.h"

namespace nova::media {
namespace {
constexpr std::chrono::seconds sweepEvery{60};
}

void Sweeper::start() {
    m_thread = std::thread([this] { run(); });
}

void Sweeper::stop() {
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_all();
    if (m_thread.joinable()) m_thread.join();
}

void Sweeper::run() {
    std::unique_lock lock(m_mutex);
    while (!m_stopping) {
        lock.unlock();
        sweep();
        lock.lock();
        m_wake.wait_for(lock, sweepEvery, [this] { return m_stopping; });
    }
}

void Sweeper::sweep() {
    const auto done = m_store.sweep([this](const std::string& key) { return m_objects.remove(key); });
    if (!done) kit::logWarn("media", "failed uploads could not be cleared up: {}", done.error().what);
    if (done && done.value() > 0) kit::logInfo("media", "cleared up {} failed uploads", done.value());
}

}  // namespace nova::media
