#include "app/shell/observers.h"

#include <QList>
#include <QPointer>
#include <QThread>

namespace nova::shell {

using namespace Qt::StringLiterals;

namespace {

constexpr int ownSpansSeconds = 300;   // how far back the spans of a local Nova are read
constexpr int otherSpansSeconds = 60;  // of a cluster that is not ours

QList<QPointer<QThread>>& ending() {
    static QList<QPointer<QThread>> threads;
    return threads;
}

// Ends `part` on a thread of its own: its worker may wait some seconds for a cluster that does not answer.
template <typename Part>
void endApart(std::unique_ptr<Part> part) {
    if (!part) return;
    part->disconnect();
    Part* raw = part.release();
    auto* thread = QThread::create([raw] { delete raw; });
    raw->moveToThread(thread);
    QObject::connect(thread, &QThread::finished, thread, &QObject::deleteLater);
    ending().removeAll(nullptr);
    ending().append(thread);
    thread->start();
}

}  // namespace

Observers::Observers() : lag(std::make_unique<engine::LagBoard>()) {
    traffic.setSink([this](const engine::Event& event) { actions.feedEvent(event); });
    QObject::connect(&traffic, &engine::TrafficObserver::batch, &traffic,
                     [this](const engine::TrafficBatch& latest) { batch = latest; });
    QObject::connect(&traffic, &engine::TrafficObserver::disconnected, &traffic,
                     [this](const QString& why) { tellSources(u"unreachable"_s, why); });
    QObject::connect(&traffic, &engine::TrafficObserver::connected, &traffic, [this] { tellSources(u"ok"_s, {}); });
}

Observers::~Observers() {
    endApart(std::move(lag));
    stop();
}

void Observers::awaitEnded() {
    for (const auto& thread : std::exchange(ending(), {})) {
        if (thread) thread->wait();
    }
}

void Observers::tellSources(const QString& state, const QString& why) {
    actions.setSources({{u"spans"_s, followsSpans ? state : u"not-configured"_s, why}, {u"events"_s, state, why}});
}

void Observers::start(const engine::Target& target, const QString& lagHistory) {
    if (!target.redis.isEmpty()) keys.start(target.redis, target.kafka.budget());
    lag->start(target, lagHistory);
    m_observesLag = true;
    connectDesk();
    desk.start(target);
    if (target.local) {
        engine::TailChoice all;
        all.all = true;
        follow(target, all);
        return followSpans(target);
    }
    cluster = std::make_unique<engine::ClusterWatch>(target.kafka);
    QVector<engine::MetricsTarget> doors;
    for (const auto& process : target.processes) {
        if (!process.http.isEmpty()) doors.append({process.name, process.replica, process.http});
    }
    metrics.setTargets(doors, target.kafka.budget());
}

void Observers::stop() {
    traffic.stop();
    spans.stop();
    keys.stop();
    metrics.setTargets({});
    followsSpans = false;
    endApart(std::move(cluster));
    desk.stop();
    if (!lag || !m_observesLag) return;
    m_observesLag = false;
    endApart(std::exchange(lag, std::make_unique<engine::LagBoard>()));
    connectDesk();  // an answer under way asks for history, too
}

void Observers::connectDesk() {
    engine::DiagnosisDesk::Sources sources;
    if (followsSpans) sources.actions = &actions;
    sources.parts = m_parts;
    desk.setSources(std::move(sources));
    QObject::disconnect(lag.get(), nullptr, &desk, nullptr);
    desk.connectTo(*lag);
}

void Observers::follow(const engine::Target& target, const engine::TailChoice& topics) {
    traffic.isRunning() ? traffic.choose(topics) : traffic.start(target.kafka, topics);
}

void Observers::followSpans(const engine::Target& target) {
    followsSpans = true;
    connectDesk();
    spans.start(target.kafka, target.local ? ownSpansSeconds : otherSpansSeconds);
}

}  // namespace nova::shell
