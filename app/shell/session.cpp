#include "app/shell/session.h"

#include <QFile>
#include <algorithm>

#include "app/engine/cluster/session.h"
#include "app/engine/stack/catalogue.h"

namespace nova::shell {

using namespace Qt::StringLiterals;

namespace {

// Alice and Bob are of the data folder: another folder, other people. Only this user may read it.
QString peopleFile(const QString& dataDir) {
    return dataDir + u"/people.ini"_s;
}

views::Credentials readPerson(const QSettings& file, const QString& name) {
    return {file.value(name + u"/handle"_s).toString(), file.value(name + u"/password"_s).toString()};
}

}  // namespace

Session::Session(const QString& dataDir, StackAccess access, QObject* parent)
    : QObject(parent), m_access(std::move(access)), m_spans(m_actions), m_keys(m_actions) {
    m_options.dataDir = dataDir;
    m_traffic.setSink([this](const engine::Event& event) { m_actions.feedEvent(event); });
    connect(&m_traffic, &engine::TrafficObserver::batch, this,
            [this](const engine::TrafficBatch& batch) { m_batch = batch; });
    connect(&m_traffic, &engine::TrafficObserver::disconnected, this, [this](const QString& why) {
        m_brokerAway = true;
        m_actions.setSources({{u"spans"_s, u"unreachable"_s, why}, {u"events"_s, u"unreachable"_s, why}});
        Q_EMIT disconnected(why);
    });
    connect(&m_traffic, &engine::TrafficObserver::connected, this, [this] {
        m_actions.setSources({{u"spans"_s, u"ok"_s, {}}, {u"events"_s, u"ok"_s, {}}});
        if (std::exchange(m_brokerAway, false)) Q_EMIT connected();
    });
    connect(&m_people, &views::People::credentialsChanged, this, &Session::keepPeople);
}

Session::~Session() = default;

void Session::begin() {
    checkAgain();
    m_stack = m_access.open(m_options);
    const QSettings file(peopleFile(dataDir()), QSettings::IniFormat);
    m_people.restore(readPerson(file, u"alice"_s), readPerson(file, u"bob"_s));
    connect(m_stack.get(), &stack::Stack::ready, this, &Session::connectTo);
    connect(m_stack.get(), &stack::Stack::changed, this, &Session::followReplicas);
    connect(m_stack.get(), &stack::Stack::stopped, this, [this] { disconnectFrom(tr("Nova was stopped.")); });
    connect(m_stack.get(), &stack::Stack::failed, this, [this](const QString& reason) { disconnectFrom(reason); });
    Q_EMIT opened();
    if (m_stack->isOwner() && complete()) start();
}

bool Session::complete() const {
    return std::all_of(m_requirements.begin(), m_requirements.end(),
                       [](const auto& r) { return r.found || !r.needed; });
}

void Session::checkAgain() {
    m_requirements = m_access.requirements(m_options);
}

void Session::start() {
    m_stack->start();
}

void Session::end() {
    disconnectFrom(tr("The window is closed."));
    if (!m_stack || !m_stack->isOwner() || m_stack->phase() == stack::Phase::stopped) {
        QMetaObject::invokeMethod(this, &Session::ended, Qt::QueuedConnection);
        return;
    }
    connect(m_stack.get(), &stack::Stack::stopped, this, &Session::ended);
    m_stack->stop();
}

void Session::connectTo(const QString& runFile) {
    const auto run = engine::RunFile::read(runFile);
    if (!run) return Q_EMIT disconnected(QString::fromStdString(run.error().what));
    const auto& nova = run.value();
    if (nova.kafka != m_brokers) {
        m_brokers = nova.kafka;
        m_traffic.start(m_brokers);
        m_spans.start(m_brokers);
        m_keys.start(nova.redis);
    }
    if (nova.graphql != m_graphql || nova.websocket != m_websocket) {
        m_websocket = nova.websocket;
        m_graphql = nova.graphql;
        const auto doors = [&] { return views::openDoors(m_graphql, nova.upload, nova.websocket, m_brokers); };
        m_people.setDoors(doors(), doors());
    }
    Q_EMIT connected();
}

void Session::followReplicas(const QVector<stack::PartStatus>& parts) {
    QVector<engine::MetricsTarget> targets;
    for (const auto& part : parts) {
        const auto* entry = stack::Catalogue::builtIn().part(part.name);
        const int port = part.ports.value(u"http"_s);
        const bool serves = part.state == stack::PartState::ready || part.state == stack::PartState::degraded;
        if (entry && !entry->isStore() && serves && port != 0)
            targets.append({part.name, part.replica, u"http://127.0.0.1:%1"_s.arg(port)});
    }
    m_metrics.setTargets(targets);
}

void Session::disconnectFrom(const QString& why) {
    if (m_brokers.isEmpty()) return;
    m_brokers.clear();
    m_graphql.clear();
    m_websocket.clear();
    m_traffic.stop();
    m_spans.stop();
    m_keys.stop();
    m_metrics.setTargets({});
    m_people.setDoors(views::Doors{}, views::Doors{});
    Q_EMIT disconnected(why);
}

TrafficReading Session::trafficReading() const {
    return {isConnected(), m_batch.perSecond, m_batch.held, m_batch.heldSeconds, m_batch.dropped};
}

void Session::keepPeople() {
    const QString path = peopleFile(dataDir());
    QSettings file(path, QSettings::IniFormat);
    for (const auto& [name, who] : {std::pair{u"alice"_s, views::Who::alice}, std::pair{u"bob"_s, views::Who::bob}}) {
        file.setValue(name + u"/handle"_s, m_people.person(who).credentials.handle);
        file.setValue(name + u"/password"_s, m_people.person(who).credentials.password);
    }
    file.sync();
    QFile::setPermissions(path, QFileDevice::ReadOwner | QFileDevice::WriteOwner);
}

}  // namespace nova::shell
