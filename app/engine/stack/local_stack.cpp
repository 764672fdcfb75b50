#include "app/engine/stack/local_stack.h"

#include <unistd.h>

#include <QCoreApplication>
#include <QFile>
#include <QTimer>
#include <algorithm>

#include "app/engine/stack/group_lag.h"
#include "app/engine/stack/parts_record.h"
#include "app/engine/stack/ports.h"
#include "app/engine/stack/remote_stack.h"
#include "app/engine/stack/run_file.h"
#include "app/engine/stack/service_config.h"

namespace nova::stack {
namespace {

StackOptions completed(StackOptions options) {
    if (options.binDir.isEmpty()) options.binDir = QCoreApplication::applicationDirPath();
    return options;
}

bool isUp(const PartStatus& part) {
    return part.state == PartState::ready;
}

}  // namespace

Stack::~Stack() = default;

bool nothingRuns(const Stack& stack) {
    const auto parts = stack.parts();
    const bool gone = std::none_of(parts.begin(), parts.end(), [](const auto& part) { return part.pid > 0; });
    return stack.phase() == Phase::stopped || (stack.phase() == Phase::failed && gone);
}

std::unique_ptr<Stack> Stack::open(const StackOptions& options) {
    const DataPaths paths(options.dataDir);
    auto lock = std::make_unique<DataLock>(paths.lock());
    const bool fit = paths.makeFolders(nullptr);
    if (!fit || (!lock->take() && lock->fault().isEmpty())) {
        if (auto attached = attach(options)) return attached;
        if (fit) lock->take();  // the owner went away in between
    }
    return std::make_unique<LocalStack>(completed(options), std::move(lock));
}

std::unique_ptr<Stack> Stack::attach(const StackOptions& options) {
    const auto owner = DataLock::owner(DataPaths(options.dataDir).lock());
    if (owner == 0) return nullptr;
    return std::make_unique<RemoteStack>(completed(options), owner);
}

LocalStack::LocalStack(StackOptions options, std::unique_ptr<DataLock> lock)
    : Stack(std::move(options)),
      m_catalogue(Catalogue::builtIn()),
      m_paths(m_options.dataDir),
      m_lock(std::move(lock)) {
    connect(&m_alertWatch, &AlertWatch::changed, this, &Stack::alertsChanged);
    if (m_lock->held()) openDoor();
}

void LocalStack::openDoor() {
    m_control = std::make_unique<ControlServer>(*this);
    QString fault;
    if (!m_control->listen(m_paths.control(), &fault)) qWarning("%s", qPrintable(fault));
}

LocalStack::~LocalStack() {
    if (m_supervisor) m_supervisor->disconnect(this);
    m_supervisor.reset();
    if (!m_lock->held()) return;
    QFile::remove(m_paths.runFile());
    QFile::remove(m_paths.partsRecord());
}

qint64 LocalStack::ownerPid() const {
    return getpid();
}

void LocalStack::enter(Phase phase) {
    m_phase = phase;
    Q_EMIT changed(parts());
}

QVector<PartStatus> LocalStack::parts() const {
    if (m_supervisor && !m_supervisor->parts().empty()) return m_supervisor->statuses();
    QVector<PartStatus> stopped;
    for (const auto& part : m_catalogue.parts()) {
        PartStatus status;
        status.name = part.name;
        stopped << status;
    }
    return stopped;
}

QVector<LogLine> LocalStack::log(const QString& part, int newest) const {
    return m_supervisor ? m_supervisor->log().lines(part, newest) : QVector<LogLine>();
}

// The folder and its lock; the fault, or "".
QString LocalStack::own() {
    if (m_lock->held()) return {};
    QString fault;
    if (!m_paths.makeFolders(&fault)) return fault;
    if (m_lock->take()) return {};
    if (!m_lock->fault().isEmpty()) return m_lock->fault();
    return tr("%1 belongs to process %2").arg(dataDir()).arg(DataLock::owner(m_paths.lock()));
}

void LocalStack::start() {
    if (m_phase != Phase::stopped && m_phase != Phase::failed) return;
    if (m_supervisor && !m_supervisor->allGone()) return;
    m_everReady = false;
    m_started = QDateTime::currentDateTimeUtc();
    enter(Phase::starting);
    // Told from the event loop, as every other failure is.
    const auto failLater = [this](const QString& reason) {
        QTimer::singleShot(0, this, [this, reason] { fail(reason); });
    };
    if (const auto fault = own(); !fault.isEmpty()) return failLater(fault);
    if (!m_control) openDoor();
    const auto record = PartsRecord::read(m_paths.partsRecord());
    m_background.run([record] { return record.sweep(); },
                     [this, started = m_started](const QStringList& swept) {
                         // Of a start that was stopped meanwhile the next one's sweep takes over.
                         if (m_phase != Phase::starting || m_started != started) return;
                         if (!swept.isEmpty())
                             qInfo("ended what an earlier console left: %s",
                                   qPrintable(swept.join(QLatin1String(", "))));
                         QString fault;
                         if (!begin(&fault)) fail(fault);
                     });
}

bool LocalStack::begin(QString* fault) {
    for (const auto& requirement : requirements(m_options)) {
        if (requirement.needed && !requirement.found) {
            *fault = tr("%1: %2. Install it with: %3").arg(requirement.name, requirement.detail, requirement.install);
            return false;
        }
    }
    QFile::remove(m_paths.runFile());
    const auto nova = describe(fault);
    if (!nova) return false;
    m_nova = nova;
    if (!m_supervisor) buildSupervisor();
    addParts();
    m_endpoints.clear();
    m_runFile.clear();
    if (!writeEndpoints(fault)) return false;
    if (!m_supervisor->start(fault)) return false;
    m_supervisor->watchdog().removeFileAtEnd(m_paths.runFile());
    m_supervisor->watchdog().removeFileAtEnd(m_paths.control());
    m_supervisor->watchdog().removeFileAtEnd(m_paths.partsRecord());
    return true;
}

std::shared_ptr<LocalNova> LocalStack::describe(QString* fault) const {
    auto nova = std::make_shared<LocalNova>(dataDir());
    nova->binDir = m_options.binDir;
    nova->set = m_options.set;
    auto secrets = Secrets::load(m_paths, m_catalogue.schemas(), fault);
    if (!secrets) return nullptr;
    nova->secrets = *secrets;
    QMap<QString, int> replicas;
    for (const auto& part : m_catalogue.parts()) replicas.insert(part.name, replicasAtStart(part));
    return choosePorts(*nova, replicas, fault) ? nova : nullptr;
}

int LocalStack::replicasAtStart(const CataloguePart& part) const {
    return part.isStore() ? 1 : qBound(1, m_options.replicas.value(part.name, 1), mostReplicas);
}

// Those of `nova` are kept, what is missing for so many replicas is chosen.
bool LocalStack::choosePorts(LocalNova& nova, const QMap<QString, int>& replicas, QString* fault) const {
    Ports ports(m_paths.ports());
    for (const auto& part : m_catalogue.parts()) {
        for (const auto& key : portKeys(part, replicas.value(part.name))) {
            if (nova.ports.contains(key)) continue;
            const int port = ports.take(key);
            if (port == 0) {
                *fault = tr("no loopback port is free for %1").arg(part.name);
                return false;
            }
            nova.ports.insert(key, port);
        }
    }
    return ports.save(fault);
}

void LocalStack::buildSupervisor() {
    m_supervisor = std::make_unique<Supervisor>(m_paths.partsRecord(), m_paths.log(),
                                                m_options.binDir + QLatin1String("/nova-watchdog"));
    connect(m_supervisor.get(), &Supervisor::changed, this, &LocalStack::partsChanged);
    connect(m_supervisor.get(), &Supervisor::launched, this, &Stack::launched);
    connect(m_supervisor.get(), &Supervisor::ready, this, &LocalStack::allReady);
    connect(m_supervisor.get(), &Supervisor::gaveUp, this, [this](const QString& part, const QString& reason) {
        if (m_phase == Phase::starting) fail(QStringLiteral("%1: %2").arg(part, reason));
    });
    connect(m_supervisor.get(), &Supervisor::stopped, this, [this] {
        QFile::remove(m_paths.partsRecord());
        m_alertWatch.watch({});
        enter(m_phase == Phase::failed ? Phase::failed : Phase::stopped);
        Q_EMIT stopped();
    });
    connect(&m_supervisor->log(), &LogBook::logged, this, &Stack::logged);
}

void LocalStack::addParts() {
    m_supervisor->clear();
    for (const auto& part : m_catalogue.parts())
        for (int replica = 0; replica < replicasAtStart(part); ++replica) addPart(part, replica);
}

void LocalStack::addPart(const CataloguePart& part, int replica) {
    PartSpec spec;
    spec.name = part.name;
    spec.replica = replica;
    spec.recipe = recipeFor(m_nova, m_catalogue, part, replica);
    spec.needs = part.needs;
    spec.stopAfter = m_catalogue.stoppedBefore(part.name);
    for (const auto& need : part.needs)
        if (const auto* store = m_catalogue.part(need); store && store->waitFor) spec.startAfter << need;
    for (const auto& port : part.ports) spec.ports.insert(port, m_nova->port(part.name, replica, qPrintable(port)));
    if (spec.recipe) m_supervisor->add(std::move(spec));  // a test holds the catalogue to the recipes there are
}

// Callers find a replica from its first readiness on, until it is stopped on purpose or scaled away. At the start of
// all, and where none would be left, all are named.
bool LocalStack::writeEndpoints(QString* fault) {
    const auto text = endpoints(m_supervisor->statuses(), [this](const PartStatus& status) {
        const auto* known = part(status.name, status.replica);
        return known && !known->stoppedOnPurpose() && !m_supervisor->leaving(status.name, status.replica) &&
               (!m_everReady || known->everReady());
    });
    if (text == m_endpoints) return true;
    m_endpoints = text;
    return writeWhole(m_paths.endpoints(), text, 0600, fault);
}

bool LocalStack::writeRunFile(QString* fault) {
    const auto text = runFileText(*m_nova, m_supervisor->statuses(), m_started);
    if (text == m_runFile) return true;
    m_runFile = text;
    return writeWhole(m_paths.runFile(), text, 0600, fault);
}

void LocalStack::watchAlerts() {
    QVector<AlertWatch::Target> targets;
    for (const auto& status : m_supervisor->statuses())
        if (const auto* known = part(status.name, status.replica); known && known->wanted() && known->everReady())
            if (const int port = status.ports.value(QStringLiteral("http"))) targets.append({status.name, port});
    m_alertWatch.watch(targets);
    if (targets.isEmpty() || m_alertWatch.hasGroups()) return;
    QMap<QString, QStringList> topics;
    for (const auto& known : m_catalogue.parts())
        if (!known.consumes.isEmpty()) topics.insert(known.name, known.consumes);
    const auto broker = "127.0.0.1:" + std::to_string(m_nova->port(QStringLiteral("kafka"), 0, "broker"));
    m_alertWatch.setGroups(topics.keys(), [lag = std::make_shared<GroupLag>(broker, topics)](
                                              const QStringList& silent) { return lag->read(silent); });
}

void LocalStack::partsChanged() {
    if (m_everReady && (m_phase == Phase::ready || m_phase == Phase::degraded)) {
        watchAlerts();
        QString fault;
        if (!writeEndpoints(&fault) || !writeRunFile(&fault)) qWarning("%s", qPrintable(fault));
    }
    if (m_everReady && (m_phase == Phase::ready || m_phase == Phase::degraded)) {
        const auto all = m_supervisor->statuses();
        m_phase = std::all_of(all.begin(), all.end(), isUp) ? Phase::ready : Phase::degraded;
    }
    Q_EMIT changed(parts());
}

void LocalStack::allReady() {
    QString fault;
    m_everReady = true;
    if (!writeEndpoints(&fault) || !writeRunFile(&fault)) return fail(fault);
    enter(m_supervisor->allReady() ? Phase::ready : Phase::degraded);
    Q_EMIT ready(runFile());
}

void LocalStack::fail(const QString& reason) {
    enter(Phase::failed);
    Q_EMIT failed(reason);
    if (m_supervisor)
        m_supervisor->stop();
    else
        Q_EMIT stopped();
}

void LocalStack::stop() {
    if (m_phase == Phase::stopped || m_phase == Phase::stopping) return;
    QFile::remove(m_paths.runFile());
    if (m_phase != Phase::failed) enter(Phase::stopping);
    if (m_supervisor) return m_supervisor->stop();
    enter(Phase::stopped);
    Q_EMIT stopped();
}

Part* LocalStack::part(const QString& name, int replica) const {
    return m_supervisor ? m_supervisor->part(name, replica) : nullptr;
}

void LocalStack::startPart(const QString& name, int replica) {
    if (m_phase == Phase::stopped || m_phase == Phase::failed) return start();
    if (auto* known = part(name, replica)) known->start();
}

void LocalStack::stopPart(const QString& name, int replica) {
    if (auto* known = part(name, replica)) known->stop(false);
}

void LocalStack::restartPart(const QString& name, int replica) {
    if (auto* known = part(name, replica)) known->restart();
}

void LocalStack::killPart(const QString& name, int replica) {
    if (auto* known = part(name, replica)) known->kill();
}

void LocalStack::pausePart(const QString& name, int replica) {
    if (auto* known = part(name, replica)) known->pause();
}

void LocalStack::resumePart(const QString& name, int replica) {
    if (auto* known = part(name, replica)) known->resume();
}

void LocalStack::scalePart(const QString& name, int replicas) {
    const auto* known = m_catalogue.part(name);
    if (!known || known->isStore() || replicas < 1 || replicas > mostReplicas || !m_nova) return;
    if (m_phase != Phase::starting && m_phase != Phase::ready && m_phase != Phase::degraded) return;
    QString fault;
    if (!grow(*known, replicas, &fault)) return qWarning("%s", qPrintable(fault));
    for (const auto& status : m_supervisor->statuses())
        if (status.name == name && status.replica >= replicas) m_supervisor->remove(name, status.replica);
    // Nobody is to call who is about to go.
    if (!writeEndpoints(&fault)) qWarning("%s", qPrintable(fault));
    Q_EMIT changed(parts());
}

bool LocalStack::grow(const CataloguePart& part, int replicas, QString* fault) {
    auto wider = std::make_shared<LocalNova>(*m_nova);
    if (!choosePorts(*wider, {{part.name, replicas}}, fault)) return false;
    m_nova = wider;
    for (int replica = 0; replica < replicas; ++replica) {
        m_supervisor->keep(part.name, replica);
        auto* known = m_supervisor->part(part.name, replica);
        if (known && !known->gone()) {
            if (!known->wanted()) known->start();
            continue;
        }
        if (known) continue;  // stopped on purpose: it stays so
        addPart(part, replica);
        m_supervisor->part(part.name, replica)->start();
    }
    return true;
}

}  // namespace nova::stack
