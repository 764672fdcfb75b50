#include "app/engine/keys/key_lookup.h"

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace nova::engine {

KeyReport lookUp(const Target&, const KeyQuery& query, const std::atomic<bool>&) {
    KeyReport report;
    report.asked = query.id;
    report.event = query.event;
    return report;
}

KeyReport lookUp(const Target& target, const QString& id, const std::atomic<bool>& stop) {
    return lookUp(target, KeyQuery{id, std::nullopt, {}}, stop);
}

// One thread that does the latest of what it was given; a newer task stops the one that runs.
class KeyLookup::Worker {
public:
    using Task = std::function<void(const std::atomic<bool>& stop)>;
    Worker() : m_thread([this] { run(); }) {}
    ~Worker() {
        {
            const std::lock_guard lock(m_mutex);
            m_ending = true;
            m_next = nullptr;
            m_stop = true;
        }
        m_wake.notify_one();
        m_thread.join();
    }
    void give(Task task) {
        {
            const std::lock_guard lock(m_mutex);
            m_next = std::move(task);
            m_stop = true;
        }
        m_wake.notify_one();
    }
    void stop() {
        const std::lock_guard lock(m_mutex);
        m_next = nullptr;
        m_stop = true;
    }

private:
    void run() {
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
    std::mutex m_mutex;
    std::condition_variable m_wake;
    Task m_next;            // guarded by m_mutex
    bool m_ending = false;  // guarded by m_mutex
    std::atomic<bool> m_stop{false};
    std::thread m_thread;  // last: begins when all else is ready
};

KeyLookup::KeyLookup(Target target, QObject* parent)
    : QObject(parent), m_target(std::move(target)), m_lookups(std::make_unique<Worker>()), m_scans(std::make_unique<Worker>()) {
    qRegisterMetaType<KeyReport>();
    qRegisterMetaType<KeyScan>();
}

KeyLookup::~KeyLookup() = default;

void KeyLookup::setTarget(Target target) {
    m_lookups->stop();
    m_scans->stop();
    m_target = std::move(target);
    ++m_last;
}

quint64 KeyLookup::request(const QString& id) {
    return start({id, std::nullopt, {}});
}

quint64 KeyLookup::request(const Event& event) {
    return start({QString::fromStdString(event.eventId), event, {}});
}

quint64 KeyLookup::start(KeyQuery query) {
    const auto number = ++m_last;
    m_lookups->give([this, number, target = m_target, query = std::move(query)](const std::atomic<bool>& stop) {
        auto report = lookUp(target, query, stop);
        if (stop) return;
        QMetaObject::invokeMethod(this, [this, number, report = std::move(report)] {
            if (number == m_last) Q_EMIT found(report, number);
        });
    });
    return number;
}

void KeyLookup::scan(const QString& pattern) {
    m_scans->give([this, target = m_target, pattern](const std::atomic<bool>& stop) {
        const auto tell = [this](const KeyScan& scan) {
            QMetaObject::invokeMethod(this, [this, scan] { Q_EMIT scanned(scan); });
        };
        tell(scanKeys(target, {pattern}, tell, stop));
    });
}

void KeyLookup::stopScan() {
    m_scans->stop();
}

}  // namespace nova::engine
