#include "app/engine/cluster/cluster_watch.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "app/engine/cluster/cluster_reader.h"

namespace nova::engine {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int timeoutMs = 4'000, restFactor = 9;

}  // namespace

class ClusterWatch::Worker {
public:
    Worker(ClusterWatch& watch, ReadSession session)
        : m_watch(watch), m_session(std::move(session)), m_thread([this] { run(); }) {}
    ~Worker() {
        change([this] { m_stopping = true; });
        m_thread.join();
    }
    template <typename Change>
    void change(Change change) {
        {
            const std::lock_guard lock(m_mutex);
            change();
        }
        m_changed.notify_all();
    }
    void begin() {
        change([this] { m_begun = true; });
    }

    void pause(bool paused) {
        change([&] { m_paused = paused; });
    }
    void now() {
        change([&] { m_next = Clock::now(); });
    }
    void want(const QString& topic) {
        change([&] {
            if (!m_wanted.contains(topic)) m_wanted << topic;
        });
    }

private:
    void run() {
        {
            std::unique_lock lock(m_mutex);
            m_changed.wait(lock, [this] { return m_begun || m_stopping; });
        }
        auto reader = ClusterReader::make(m_session);
        if (!reader) return said(false, QString::fromStdString(reader.error().what));
        std::unique_lock lock(m_mutex);
        while (!m_stopping) {
            const auto due = [this] {
                return m_stopping || !m_wanted.isEmpty() || (!m_paused && Clock::now() >= m_next);
            };
            if (!due()) {
                if (m_paused)
                    m_changed.wait(lock);
                else
                    m_changed.wait_until(lock, m_next);
                continue;
            }
            const auto wanted = std::exchange(m_wanted, {});
            const bool look = !m_paused && Clock::now() >= m_next;
            lock.unlock();
            const auto rest = work(reader.value(), wanted, look);
            lock.lock();
            if (look) m_next = Clock::now() + rest;
        }
    }

    Clock::duration work(ClusterReader& reader, const QStringList& wanted, bool look) {
        if (!wanted.isEmpty())
            reader.configs(wanted, timeoutMs, [this](const TopicConfig& config) { Q_EMIT m_watch.config(config); });
        if (!look) return {};
        const auto began = Clock::now();
        const auto seen = reader.look(timeoutMs);
        said(seen.has_value(), seen ? QString() : QString::fromStdString(seen.error().what));
        if (seen) Q_EMIT m_watch.looked(seen.value());
        return std::max<Clock::duration>(std::chrono::milliseconds(everyMs), (Clock::now() - began) * restFactor);
    }

    void said(bool up, const QString& why) {
        if (m_said && m_up == up) return;
        m_said = true;
        m_up = up;
        Q_EMIT m_watch.reached(up, why);
    }

    ClusterWatch& m_watch;
    const ReadSession m_session;
    std::mutex m_mutex;
    std::condition_variable m_changed;
    bool m_begun = false, m_stopping = false, m_paused = false;  // guarded
    Clock::time_point m_next = Clock::now();    // guarded
    QStringList m_wanted;                       // guarded
    bool m_said = false, m_up = false;          // the thread's own
    std::thread m_thread;
};

ClusterWatch::ClusterWatch(const ReadSession& session, QObject* parent)
    : QObject(parent), m_worker(std::make_unique<Worker>(*this, session)) {
    qRegisterMetaType<nova::engine::ClusterLook>();
    qRegisterMetaType<nova::engine::TopicConfig>();
    // From the event loop: whoever made this connects to reached(), which is said once.
    QMetaObject::invokeMethod(
        this, [this] { m_worker->begin(); }, Qt::QueuedConnection);
}

ClusterWatch::~ClusterWatch() {
    m_worker.reset();
}

void ClusterWatch::setPaused(bool paused) {
    m_worker->pause(paused);
}

void ClusterWatch::lookNow() {
    m_worker->now();
}

void ClusterWatch::readConfig(const QString& topic) {
    m_worker->want(topic);
}

}  // namespace nova::engine
