#include "app/engine/actions/action_store.h"

#include <QDateTime>
#include <QElapsedTimer>
#include <QTimer>
#include <algorithm>
#include <mutex>
#include <set>
#include <unordered_map>

#include "app/engine/actions/assembly.h"

namespace nova::engine {
namespace {

constexpr int tickMs = 34;      // ≤ 30 Hz
constexpr int watchMs = 1'000;  // how often silence is looked at
constexpr int maxOpen = 1'000;

struct Trace {
    TraceParts parts;
    Action action;
    Quiet quiet = Quiet::no;
    bool listed = false;
};

struct Inbox {
    struct Key {
        std::string traceId, eventId, group, state;
    };
    std::vector<std::pair<SpanRecord, qint64>> spans;
    std::vector<std::pair<std::string, EventFact>> events;  // trace id
    std::vector<Key> keys;
    std::size_t size() const { return spans.size() + events.size() + keys.size(); }
};

}  // namespace

struct ActionStore::Impl {
    using Order = std::pair<qint64, std::string>;  // started, trace id

    Impl(ActionStore* owner, Subscriptions groups, int most, Clocks by)
        : self(owner), subscriptions(std::move(groups)), bound(most), clocks(std::move(by)) {}

    // Under the mutex; then once a tick at most the main thread is woken.
    template <typename Put>
    void feed(quint64 count, Put&& put) {
        {
            const std::lock_guard lock(mutex);
            if (inbox.size() >= maxInbox) {
                dropped += count;
                return;
            }
            put(inbox);
            if (woken) return;
            woken = true;
        }
        QMetaObject::invokeMethod(
            self, [this] { tick.start(tickMs); }, Qt::QueuedConnection);
    }

    std::set<Order>& orderOf(const Trace& trace) { return trace.listed ? order : unlisted; }

    // The action, its place in the order, and whether it is still watched for silence.
    void renew(const std::string& id, Trace& trace, qint64 now) {
        orderOf(trace).erase({trace.action.startedUs, id});
        trace.quiet = quietOf(now - trace.parts.lastArrivalMs);
        trace.action = assemble(id, trace.parts, subscriptions, trace.quiet);
        trace.listed = isUserAction(trace.action);
        orderOf(trace).emplace(trace.action.startedUs, id);
        if (trace.action.complete || trace.quiet == Quiet::givenUp)
            watched.erase(id);
        else
            watched.insert(id);
    }

    // Traces that are no user action leave first; of the others the oldest.
    void makeRoom(QSet<QString>& touched) {
        while (traces.size() > static_cast<std::size_t>(bound)) {
            auto& from = unlisted.empty() ? order : unlisted;
            const std::string id = from.begin()->second;
            from.erase(from.begin());
            watched.erase(id);
            touched.remove(QString::fromStdString(id));
            traces.erase(id);
            ++forgotten;
        }
    }

    std::set<std::string> takeOver(qint64 now, qint64 wall) {
        // On the steady clock: from here on it does not matter where the wall's is set.
        const auto steady = [&](qint64 arrived) {
            return now - (arrived > 0 ? std::max<qint64>(0, wall - arrived) : 0);
        };
        Inbox taken;
        {
            const std::lock_guard lock(mutex);
            std::swap(taken, inbox);
            woken = false;
        }
        std::set<std::string> touched;
        for (auto& [span, arrived] : taken.spans) {
            const std::string id = span.traceId;
            if (traces[id].parts.add(std::move(span), steady(arrived))) touched.insert(id);
        }
        for (auto& [id, fact] : taken.events) {
            const qint64 arrived = steady(fact.timestampMs);
            if (traces[id].parts.add(std::move(fact), arrived)) touched.insert(id);
        }
        for (auto& key : taken.keys) {
            const auto found = traces.find(key.traceId);
            if (found == traces.end()) continue;
            auto& held = found->second.parts.keyStates[{key.eventId, key.group}];
            if (held != key.state) touched.insert(key.traceId);
            held = key.state;
        }
        return touched;
    }

    void flush(qint64 now, qint64 wall) {
        auto dirty = takeOver(now, wall);
        for (const auto& id : watched) {
            const auto& trace = traces.at(id);
            if (quietOf(now - trace.parts.lastArrivalMs) != trace.quiet) dirty.insert(id);
        }
        QSet<QString> touched;
        for (const auto& id : dirty) {
            auto& trace = traces.at(id);
            renew(id, trace, now);
            if (trace.listed) touched.insert(QString::fromStdString(id));
        }
        makeRoom(touched);
        if (watched.empty())
            watch.stop();
        else if (!watch.isActive())
            watch.start(watchMs);
        if (!touched.isEmpty()) Q_EMIT self->changed(QStringList(touched.begin(), touched.end()));
    }

    Action shown(const Trace& trace) const {
        Action action = trace.action;
        action.sources = sources;
        return action;
    }

    ActionStore* const self;
    const Subscriptions subscriptions;
    const int bound;
    const Clocks clocks;
    QTimer tick, watch;
    mutable std::mutex mutex;
    Inbox inbox;  // guarded by mutex, as the next two
    bool woken = false;
    quint64 dropped = 0;
    std::unordered_map<std::string, Trace> traces;  // of the main thread, as all below
    std::set<Order> order;                          // listed ones
    std::set<Order> unlisted;                       // the others
    std::set<std::string> watched;                  // not complete and not given up
    quint64 forgotten = 0;
    QVector<Source> sources;
};

ActionStore::Clocks ActionStore::Clocks::ofTheComputer() {
    QElapsedTimer since;
    since.start();
    return {[] { return QDateTime::currentMSecsSinceEpoch(); },
            [since, start = QDateTime::currentMSecsSinceEpoch()] { return start + since.elapsed(); }};
}

ActionStore::ActionStore(QObject* parent) : ActionStore(catalogueSubscriptions(), maxActions, parent) {}

ActionStore::ActionStore(Subscriptions subscriptions, int bound, QObject* parent, Clocks clocks)
    : QObject(parent), m_impl(std::make_unique<Impl>(this, std::move(subscriptions), bound, std::move(clocks))) {
    m_impl->tick.setSingleShot(true);
    connect(&m_impl->tick, &QTimer::timeout, this, [this] { flush(); });
    connect(&m_impl->watch, &QTimer::timeout, this, [this] { flush(); });
}

ActionStore::~ActionStore() = default;

void ActionStore::feedSpans(std::vector<SpanRecord>&& spans, qint64 arrivedMs) {
    m_impl->feed(spans.size(), [&](Inbox& inbox) {
        for (auto& span : spans) inbox.spans.emplace_back(std::move(span), arrivedMs);
    });
}

void ActionStore::feedEvent(const Event& event) {
    if (!event.sampled || event.eventId.empty()) return;
    auto fact = factOf(event);
    m_impl->feed(1, [&](Inbox& inbox) { inbox.events.emplace_back(event.traceId, std::move(fact)); });
}

void ActionStore::feedKeyState(const OpenOutcome& of, const QString& state) {
    m_impl->feed(1, [&](Inbox& inbox) {
        inbox.keys.push_back(
            {of.traceId.toStdString(), of.eventId.toStdString(), of.group.toStdString(), state.toStdString()});
    });
}

void ActionStore::flush(qint64 nowMs) {
    if (nowMs > 0) return m_impl->flush(nowMs, nowMs);
    m_impl->flush(m_impl->clocks.steadyMs(), m_impl->clocks.wallMs());
}

std::optional<Action> ActionStore::action(const QString& traceId) const {
    const auto found = m_impl->traces.find(traceId.toStdString());
    if (found == m_impl->traces.end()) return std::nullopt;
    return m_impl->shown(found->second);
}

QVector<Action> ActionStore::latest(int count) const {
    QVector<Action> newest;
    for (auto it = m_impl->order.rbegin(); it != m_impl->order.rend() && (count == 0 || newest.size() < count); ++it) {
        newest.append(m_impl->shown(m_impl->traces.at(it->second)));
    }
    return newest;
}

QStringList ActionStore::traceIds() const {
    QStringList ids;
    for (auto it = m_impl->order.rbegin(); it != m_impl->order.rend(); ++it) ids << QString::fromStdString(it->second);
    return ids;
}

QVector<OpenOutcome> ActionStore::openOutcomes() const {
    QVector<OpenOutcome> open;
    for (auto it = m_impl->order.rbegin(); it != m_impl->order.rend() && open.size() < maxOpen; ++it) {
        const auto& trace = m_impl->traces.at(it->second);
        if (trace.action.complete || trace.quiet == Quiet::no) continue;
        for (const auto& hop : trace.action.hops) {
            if (!hop.pending || hop.kind != QLatin1String("consume")) continue;
            if (hop.outcome == QLatin1String("pending") || hop.outcome == QLatin1String("unknown")) {
                open.append({trace.action.traceId, hop.eventId, hop.group});
            }
        }
    }
    return open;
}

quint64 ActionStore::forgotten() const {
    return m_impl->forgotten;
}

quint64 ActionStore::dropped() const {
    const std::lock_guard lock(m_impl->mutex);
    return m_impl->dropped;
}

QVector<Source> ActionStore::sources() const {
    return m_impl->sources;
}

void ActionStore::setSources(const QVector<Source>& sources) {
    m_impl->sources = sources;
}

}  // namespace nova::engine
