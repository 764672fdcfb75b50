#include "app/shell/session.h"

#include <QDateTime>
#include <QFile>
#include <QRegularExpression>
#include <algorithm>

#include "app/engine/cluster/profile_edit.h"
#include "app/engine/cluster/session.h"
#include "app/engine/stack/catalogue.h"
#include "app/engine/stack/paths.h"
#include "app/engine/traffic/decode.h"

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

engine::Profile localProfile() {
    engine::Profile profile;
    profile.name = u"nova-local"_s;
    profile.readOnly = false;
    return profile;
}

}  // namespace

Session::Session(const QString& dataDir, Access access, QObject* parent)
    : QObject(parent), m_access(std::move(access)), m_profile(localProfile()) {
    m_options.dataDir = dataDir;
    renew();
    connect(&m_people, &views::People::credentialsChanged, this, &Session::keepPeople);
}

Session::~Session() = default;

void Session::renew() {
    m_target.reset();
    m_observers = std::make_unique<Observers>();
    m_trouble.clear();
    auto* traffic = &m_observers->traffic;
    connect(traffic, &engine::TrafficObserver::disconnected, this, [this](const QString& why) { reached(false, why); });
    connect(traffic, &engine::TrafficObserver::connected, this, [this] { reached(true, {}); });
}

// Of what is observed already: it went away, or is back.
void Session::reached(bool reachable, const QString& why) {
    const bool was = m_trouble.isEmpty();
    m_trouble = reachable ? QString() : why;
    if (!reachable) return Q_EMIT disconnected(why);
    if (!was) Q_EMIT connected();
}

void Session::lookAt(const QString& profile) {
    Q_EMIT leaving();
    m_people.setDoors(views::Doors{}, views::Doors{});
    renew();
    m_asked = profile;
    m_fault = {};
    profile.isEmpty() ? openLocal() : openProfile();
}

void Session::openProfile() {
    auto loaded = m_access.profile(m_asked);
    if (!loaded) {
        m_fault = loaded.error();
        return Q_EMIT refused();
    }
    if (const auto types = engine::useDescriptors(loaded.value().descriptors); !types) {
        m_fault = types.error();
        return Q_EMIT refused();
    }
    m_profile = std::move(loaded.value());
    m_target = engine::Target::of(m_profile);
    observe();
    Q_EMIT opened();
    Q_EMIT targeted();
    Q_EMIT connected();
}

void Session::openLocal() {
    static_cast<void>(engine::useDescriptors({}));  // those of a profile are its own
    m_profile = localProfile();
    const bool first = !m_stack;
    if (first) openStack();
    Q_EMIT opened();
    if (first && m_stack->isOwner() && complete()) return start();
    const auto phase = m_stack->phase();
    if (phase == stack::Phase::ready || phase == stack::Phase::degraded) connectTo(m_stack->runFile());
}

void Session::openStack() {
    checkAgain();
    m_stack = m_access.open(m_options);
    const QSettings file(peopleFile(dataDir()), QSettings::IniFormat);
    m_people.restore(readPerson(file, u"alice"_s), readPerson(file, u"bob"_s));
    connect(m_stack.get(), &stack::Stack::ready, this, &Session::connectTo);
    connect(m_stack.get(), &stack::Stack::changed, this, &Session::followReplicas);
    // What asks for it is a view, and goes.
    connect(m_stack.get(), &stack::Stack::ownerNeeded, this, &Session::takeOver, Qt::QueuedConnection);
    connect(m_stack.get(), &stack::Stack::stopped, this, [this] { disconnectFrom(tr("Nova was stopped.")); });
    connect(m_stack.get(), &stack::Stack::failed, this, [this](const QString& reason) { disconnectFrom(reason); });
}

void Session::takeOver() {
    if (!isLocal() || m_stack->ownerPid() != 0) return;
    Q_EMIT leaving();
    m_people.setDoors(views::Doors{}, views::Doors{});
    renew();
    m_stack.reset();
    openLocal();
    if (!m_stack->isOwner()) start();  // somebody else was quicker
}

bool Session::isOpen() const {
    return isLocal() ? m_stack != nullptr : m_target.has_value();
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
    m_observers->stop();
    m_people.setDoors(views::Doors{}, views::Doors{});
    if (std::exchange(m_target, std::nullopt)) Q_EMIT disconnected(tr("The window is closed."));
    if (!m_stack || !m_stack->isOwner() || m_stack->phase() == stack::Phase::stopped) {
        QMetaObject::invokeMethod(this, &Session::ended, Qt::QueuedConnection);
        return;
    }
    connect(m_stack.get(), &stack::Stack::stopped, this, &Session::ended);
    m_stack->stop();
}

void Session::connectTo(const QString& runFile) {
    if (!isLocal()) return;  // it goes on in the background
    const auto run = engine::RunFile::read(runFile);
    if (!run) return Q_EMIT disconnected(QString::fromStdString(run.error().what));
    use(engine::Target::of(run.value()));
}

void Session::use(const engine::Target& target) {
    const bool otherCluster = !m_target || m_target->address() != target.address();
    const bool otherDoors = !m_target || m_target->graphql != target.graphql || m_target->websocket != target.websocket;
    const bool otherStores = !m_target || m_target->postgres != target.postgres || m_target->redis != target.redis;
    if (m_target && otherCluster) m_observers->stop();
    m_target = target;
    if (otherCluster) observe();
    if (otherDoors && target.local) {
        const auto doors = [&] {
            return views::openDoors(target.graphql, target.upload, target.websocket, target.address());
        };
        m_people.setDoors(doors(), doors());
    }
    if (otherCluster || otherDoors || otherStores) Q_EMIT targeted();
    Q_EMIT connected();
}

void Session::observe() {
    m_trouble.clear();
    if (m_target->local && m_stack) {
        m_observers->setParts([stack = m_stack.get()] {
            QVector<engine::PartFacts> facts;
            for (const auto& part : stack->parts()) facts.append(engine::partFactsOf(part));
            return facts;
        });
    }
    m_observers->start(*m_target, lagHistory());
    if (auto* cluster = m_observers->cluster.get())
        connect(cluster, &engine::ClusterWatch::reached, this, &Session::reached);
}

void Session::follow(const engine::TailChoice& topics) {
    if (m_target) m_observers->follow(*m_target, topics);
}

void Session::followSpans() {
    if (m_target) m_observers->followSpans(*m_target);
}

kit::Result<void> Session::mute(const QString& group, bool muted) {
    if (isLocal()) {
        m_profile.lag = engine::rulesWithMute(m_profile, group, muted);
    } else {
        BOOST_OUTCOME_TRY(const auto changed, engine::muteInProfile(m_profile.file, group, muted));
        m_profile.lag = changed.lag;
    }
    if (m_target) m_target->profile.lag = m_profile.lag;
    m_observers->lag->setRules(m_profile.lag);
    return kit::outcome::success();
}

QString Session::lagHistory() const {
    if (isLocal()) return dataDir() + u"/lag.sqlite"_s;
    QString folder = m_profile.name;  // a name may hold anything
    folder.replace(QRegularExpression(u"^\\.|[^A-Za-z0-9._-]"_s), u"_"_s);
    return stack::defaultDataDir() + u"/profiles/"_s + folder + u"/lag.sqlite"_s;
}

void Session::followReplicas(const QVector<stack::PartStatus>& parts) {
    if (!isLocal()) return;
    for (const auto& mark : m_marks.take(parts, m_stack->phase(), QDateTime::currentMSecsSinceEpoch()))
        m_observers->lag->addMark(mark);
    QVector<engine::MetricsTarget> targets;
    for (const auto& part : parts) {
        const auto* entry = stack::Catalogue::builtIn().part(part.name);
        const int port = part.ports.value(u"http"_s);
        const bool serves = part.state == stack::PartState::ready || part.state == stack::PartState::degraded;
        if (entry && !entry->isStore() && serves && port != 0)
            targets.append({part.name, part.replica, u"http://127.0.0.1:%1"_s.arg(port)});
    }
    m_observers->metrics.setTargets(targets);
}

void Session::disconnectFrom(const QString& why) {
    if (!isLocal() || !m_target) return;
    m_target.reset();
    m_observers->stop();
    m_people.setDoors(views::Doors{}, views::Doors{});
    Q_EMIT disconnected(why);
}

TrafficReading Session::trafficReading() const {
    const auto& batch = m_observers->batch;
    const bool tailed = isConnected() && m_observers->traffic.isRunning();
    return {tailed, batch.perSecond, batch.held, batch.heldSeconds, batch.dropped};
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
