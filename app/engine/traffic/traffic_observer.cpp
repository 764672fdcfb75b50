#include "app/engine/traffic/traffic_observer.h"

#include <QDateTime>
#include <QElapsedTimer>
#include <QTimer>
#include <array>
#include <deque>
#include <map>
#include <mutex>

namespace nova::engine {
namespace {

constexpr int tickMs = 34;  // ≤ 30 Hz
constexpr qint64 rateWindowMs = 1'000, quietTickMs = 1'000;
constexpr double behindFromSeconds = 1.0;

// Counts of the last second, in steps of a tick.
class RateMeter {
public:
    void add(qint64 nowMs, quint64 count) {
        m_total += count;
        m_steps.emplace_back(nowMs, count);
        m_inWindow += count;
        trim(nowMs);
    }
    double perSecond(qint64 nowMs) {
        trim(nowMs);
        return static_cast<double>(m_inWindow) * 1'000.0 / static_cast<double>(rateWindowMs);
    }
    quint64 total() const { return m_total; }

private:
    void trim(qint64 nowMs) {
        while (!m_steps.empty() && m_steps.front().first <= nowMs - rateWindowMs) {
            m_inWindow -= m_steps.front().second;
            m_steps.pop_front();
        }
    }
    std::deque<std::pair<qint64, quint64>> m_steps;
    quint64 m_inWindow = 0, m_total = 0;
};

}  // namespace

struct TrafficObserver::Impl {
    EventRing ring;
    std::function<void(const Event&)> sink;
    std::unique_ptr<TopicTail> tail;
    QTimer tick;
    QStringList topics;
    std::vector<Event> pending;  // of the worker
    std::mutex mutex;
    std::map<std::uint16_t, quint64> arrived;  // guarded by mutex: per topic since the last tick
    std::map<std::uint16_t, RateMeter> meters;
    quint64 last = 0;
    QElapsedTimer clock;  // of rates and ticks: a wall clock that is set back must not stop them
    qint64 lastSignalMs = -quietTickMs;

    void handOver() {
        if (pending.empty()) return;
        {
            const std::lock_guard lock(mutex);
            for (const auto& event : pending) ++arrived[event.topic];
        }
        ring.append(std::move(pending));
        pending.clear();
    }

    TrafficBatch makeBatch(const EventRing::Snapshot& snapshot, qint64 now) {
        const qint64 wallMs = QDateTime::currentMSecsSinceEpoch();
        std::map<std::uint16_t, quint64> counts;
        {
            const std::lock_guard lock(mutex);
            counts.swap(arrived);
        }
        for (const auto& [topic, count] : counts) meters[topic].add(now, count);
        TrafficBatch batch;
        batch.first = last;
        batch.last = snapshot.last();
        batch.held = snapshot.rows();
        batch.waiting = tail && tail->isWaiting();
        batch.dropped = snapshot.dropped();
        batch.ringBytes = static_cast<qint64>(snapshot.bytes());
        for (auto& [topic, meter] : meters) {
            const auto name = QString::fromStdString(Names::topicName(topic));
            batch.topicPerSecond[name] = meter.perSecond(now);
            batch.topicTotal[name] = meter.total();
            batch.perSecond += meter.perSecond(now);
        }
        if (const auto* newest = snapshot.rows() > 0 ? snapshot.at(snapshot.last() - 1) : nullptr) {
            // Doubles: producers may have written any number as a time.
            const auto newestMs = static_cast<double>(newest->timestampMs);
            batch.heldSeconds = (newestMs - static_cast<double>(snapshot.at(snapshot.first())->timestampMs)) / 1'000.0;
            const double age = (static_cast<double>(wallMs) - newestMs) / 1'000.0;
            if (batch.last > batch.first && age > behindFromSeconds) batch.behindSeconds = age;
        }
        return batch;
    }
};

TrafficObserver::TrafficObserver(QObject* parent) : QObject(parent), m_impl(std::make_unique<Impl>()) {
    qRegisterMetaType<TrafficBatch>();
    m_impl->clock.start();
    connect(&m_impl->tick, &QTimer::timeout, this, [this] {
        const auto snapshot = m_impl->ring.snapshot();
        const qint64 now = m_impl->clock.elapsed();
        if (snapshot.last() == m_impl->last && now - m_impl->lastSignalMs < quietTickMs) return;
        const auto next = m_impl->makeBatch(snapshot, now);
        m_impl->last = snapshot.last();
        m_impl->lastSignalMs = now;
        Q_EMIT batch(next);
    });
}

TrafficObserver::~TrafficObserver() {
    stop();
}

void TrafficObserver::setSink(std::function<void(const Event&)> sink) {
    m_impl->sink = std::move(sink);
}

void TrafficObserver::start(const QString& bootstrap) {
    TailChoice all;
    all.all = true;
    start(ReadSession(bootstrap.toStdString()), all);
}

void TrafficObserver::start(const ReadSession& session, const TailChoice& choice) {
    stop();
    TailCalls calls;
    calls.record = [this](const rd_kafka_message_t& message) {
        m_impl->pending.push_back(eventFrom(&message));
        if (m_impl->sink) m_impl->sink(m_impl->pending.back());
        cutValue(m_impl->pending.back());
    };
    calls.idle = [this] { m_impl->handOver(); };
    const auto listOf = [](const std::vector<std::string>& names) {
        QStringList list;
        for (const auto& name : names) list << QString::fromStdString(name);
        return list;
    };
    calls.topics = [this, listOf](const std::vector<std::string>& names) {
        QMetaObject::invokeMethod(this, [this, list = listOf(names)] {
            m_impl->topics = list;
            Q_EMIT topicsChanged(list);
        });
    };
    calls.troubles = [this, listOf](const std::vector<std::string>& partitions) {
        QMetaObject::invokeMethod(this, [this, list = listOf(partitions)] { Q_EMIT troubles(list); });
    };
    calls.connection = [this](bool up, const std::string& why) {
        QMetaObject::invokeMethod(this, [this, up, why = QString::fromStdString(why)] {
            if (up)
                Q_EMIT connected();
            else
                Q_EMIT disconnected(why);
        });
    };
    m_impl->tail = std::make_unique<TopicTail>(session, choice, std::move(calls));
    m_impl->tick.start(tickMs);
}

void TrafficObserver::choose(const TailChoice& choice) {
    if (m_impl->tail) m_impl->tail->choose(choice);
}

void TrafficObserver::clear() {
    if (m_impl->tail) return;
    m_impl->pending.clear();
    m_impl->ring.clear();
}

void TrafficObserver::stop() {
    m_impl->tick.stop();
    m_impl->tail.reset();
}

bool TrafficObserver::isRunning() const {
    return m_impl->tail != nullptr;
}
const EventRing& TrafficObserver::ring() const {
    return m_impl->ring;
}
QStringList TrafficObserver::topics() const {
    return m_impl->topics;
}

}  // namespace nova::engine
