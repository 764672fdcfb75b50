#include "app/engine/actions/key_probe.h"

#include "app/engine/cluster/key_reader.h"

namespace nova::engine {

KeyProbe::KeyProbe(ActionStore& store, QObject* parent) : QObject(parent), m_store(store) {
    m_timer.setInterval(everyMs);
    connect(&m_timer, &QTimer::timeout, this, &KeyProbe::ask);
}

KeyProbe::~KeyProbe() {
    stop();
}

void KeyProbe::start(const QString& redisUri, std::shared_ptr<ReadBudget> budget) {
    stop();
    m_stopping = false;
    m_thread = std::thread([this, redisUri, budget = std::move(budget)] { run(redisUri, budget); });
    m_timer.start();
}

void KeyProbe::stop() {
    m_timer.stop();
    if (!m_thread.joinable()) return;
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
    }
    m_wake.notify_one();
    m_thread.join();
}

void KeyProbe::ask() {
    auto open = m_store.openOutcomes();
    if (open.isEmpty()) return;
    {
        const std::lock_guard lock(m_mutex);
        m_asked = std::move(open);
    }
    m_wake.notify_one();
}

void KeyProbe::run(const QString& redisUri, const std::shared_ptr<ReadBudget>& budget) {
    auto reader = KeyReader::make(redisUri, budget);
    while (reader) {
        QVector<OpenOutcome> open;
        {
            std::unique_lock lock(m_mutex);
            m_wake.wait(lock, [this] { return m_stopping || m_asked; });
            if (m_stopping) return;
            open = std::move(*m_asked);
            m_asked.reset();
        }
        QVector<std::pair<QString, QString>> keys;
        for (const auto& one : open) keys.append({one.eventId, one.group});
        const auto states = reader.value().states(keys);
        if (!states) continue;  // asked again in a moment
        for (int i = 0; i < open.size(); ++i) m_store.feedKeyState(open[i], states.value()[i]);
    }
}

}  // namespace nova::engine
