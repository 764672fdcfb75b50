#include "app/engine/actions/action_store.h"

#include <QDateTime>
#include <QSet>
#include <QTimer>
#include <algorithm>
#include <deque>
#include <mutex>
#include <unordered_map>

#include "app/engine/actions/assemble.h"

namespace nova::engine {
namespace {

constexpr std::size_t maxTraces = 5'000, maxSpans = 2'000;
constexpr int tickMs = 34;

struct EventPart {
    std::string traceId, eventId;
    KnownEvent event;
};

}  // namespace

struct ActionStore::Impl {
    std::mutex mutex;
    std::vector<SpanRecord> newSpans;               // guarded by mutex
    std::vector<EventPart> newEvents;               // guarded by mutex
    QTimer tick;
    std::unordered_map<std::string, TraceParts> traces;
    std::deque<std::string> order;                  // by first arrival
    quint64 forgotten = 0;
    Subscriptions subscriptions = catalogueSubscriptions();
    QVector<Source> sources;

    TraceParts& parts(const std::string& traceId) {
        const auto [entry, isNew] = traces.try_emplace(traceId);
        if (isNew) {
            order.push_back(traceId);
            if (order.size() > maxTraces) {
                traces.erase(order.front());
                order.pop_front();
                ++forgotten;
            }
        }
        return entry->second;
    }

    // Takes over what came since; returns the traces that changed.
    QSet<QString> take(qint64 now) {
        std::vector<SpanRecord> spans;
        std::vector<EventPart> events;
        {
            const std::lock_guard lock(mutex);
            spans.swap(newSpans);
            events.swap(newEvents);
        }
        QSet<QString> changed;
        for (auto& span : spans) {
            changed << QString::fromStdString(span.traceId);
            auto& trace = parts(span.traceId);
            trace.lastArrivalMs = now;
            if (trace.spans.size() >= maxSpans && !trace.spans.contains(span.spanId)) ++trace.overflow;
            else trace.spans.insert_or_assign(span.spanId, std::move(span));
        }
        for (auto& part : events) {
            changed << QString::fromStdString(part.traceId);
            auto& trace = parts(part.traceId);
            trace.lastArrivalMs = now;
            trace.events.insert_or_assign(part.eventId, std::move(part.event));
        }
        return changed;
    }

    Action build(const std::string& traceId, const TraceParts& trace) const {
        Action action = assemble(QString::fromStdString(traceId), trace, subscriptions, QDateTime::currentMSecsSinceEpoch());
        action.sources = sources;
        return action;
    }
};

ActionStore::ActionStore(QObject* parent) : QObject(parent), m_impl(std::make_unique<Impl>()) {
    connect(&m_impl->tick, &QTimer::timeout, this, &ActionStore::flush);
    m_impl->tick.start(tickMs);
}

ActionStore::~ActionStore() = default;

void ActionStore::feedSpans(std::vector<SpanRecord>&& spans) {
    const std::lock_guard lock(m_impl->mutex);
    m_impl->newSpans.insert(m_impl->newSpans.end(), std::make_move_iterator(spans.begin()), std::make_move_iterator(spans.end()));
}

void ActionStore::feedEvent(const Event& event) {
    if (event.traceId.empty() || event.eventId.empty()) return;
    KnownEvent known{Names::topicName(event.topic), Names::typeName(event.type), event.partition, event.offset, event.ceTimeUs, event.timestampMs};
    if (known.topic.ends_with(".dlq")) return;   // a dead letter repeats an event, it is none of its own
    const std::lock_guard lock(m_impl->mutex);
    m_impl->newEvents.push_back({event.traceId, event.eventId, std::move(known)});
}

void ActionStore::flush() {
    const auto ids = m_impl->take(QDateTime::currentMSecsSinceEpoch());
    if (!ids.isEmpty()) Q_EMIT changed(QStringList(ids.begin(), ids.end()));
}

std::optional<Action> ActionStore::action(const QString& traceId) const {
    const auto found = m_impl->traces.find(traceId.toStdString());
    if (found == m_impl->traces.end()) return std::nullopt;
    return m_impl->build(found->first, found->second);
}

QVector<Action> ActionStore::latest(int count) const {
    // Assembled are a few more than asked for, since the order of arrival is not quite the order of starting.
    QVector<Action> actions;
    for (auto id = m_impl->order.rbegin(); id != m_impl->order.rend(); ++id) {
        const auto& trace = m_impl->traces.at(*id);
        if (!isUserAction(trace)) continue;
        actions.append(m_impl->build(*id, trace));
        if (count > 0 && actions.size() >= count + 20) break;
    }
    std::stable_sort(actions.begin(), actions.end(), [](const Action& a, const Action& b) { return a.startedUs > b.startedUs; });
    if (count > 0 && actions.size() > count) actions.resize(count);
    return actions;
}

QStringList ActionStore::traceIds() const {
    QStringList ids;
    for (auto id = m_impl->order.rbegin(); id != m_impl->order.rend(); ++id) {
        if (isUserAction(m_impl->traces.at(*id))) ids << QString::fromStdString(*id);
    }
    return ids;
}

quint64 ActionStore::forgotten() const { return m_impl->forgotten; }
void ActionStore::setSources(const QVector<Source>& sources) { m_impl->sources = sources; }

}  // namespace nova::engine
