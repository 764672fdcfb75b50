#include "app/engine/stack/local_stack.h"

#include <unistd.h>

#include <QCoreApplication>
#include <QFile>
#include <QTimer>
#include <algorithm>

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

std::unique_ptr<Stack> Stack::open(const StackOptions& options) {
    const DataPaths paths(options.dataDir);
    QString fault;
    paths.makeFolders(&fault);
    auto lock = std::make_unique<DataLock>(paths.lock());
    if (!lock->take() && lock->fault().isEmpty()) {
        if (auto attached = attach(options)) return attached;
        lock->take();  // the owner went away in between
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
    if (!m_lock->held() && !m_lock->take()) {
        const auto owner = DataLock::owner(m_paths.lock());
        return failLater(m_lock->fault().isEmpty() ? tr("%1 belongs to process %2").arg(dataDir()).arg(owner)
                                                   : m_lock->fault());
    }
    if (!m_control) openDoor();
    const auto record = PartsRecord::read(m_paths.partsRecord());
    m_background.run([record] { return record.sweep(); },
                     [this](const QStringList& swept) {
                         if (m_phase != Phase::starting) return;
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
    if (!writeWhole(m_paths.endpoints(), endpoints(*m_nova, m_catalogue.parts()), 0600, fault)) return false;
    if (!m_supervisor) buildSupervisor();
    addParts();
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
    return choosePorts(*nova, fault) ? nova : nullptr;
}

bool LocalStack::choosePorts(LocalNova& nova, QString* fault) const {
    Ports ports(m_paths.ports());
    for (const auto& part : m_catalogue.parts()) {
        for (const auto& name : part.ports) {
            const auto key = QStringLiteral("%1/0.%2").arg(part.name, name);
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
    connect(m_supervisor.get(), &Supervisor::ready, this, &LocalStack::allReady);
    connect(m_supervisor.get(), &Supervisor::gaveUp, this, [this](const QString& part, const QString& reason) {
        if (m_phase == Phase::starting) fail(QStringLiteral("%1: %2").arg(part, reason));
    });
    connect(m_supervisor.get(), &Supervisor::stopped, this, [this] {
        QFile::remove(m_paths.partsRecord());
        enter(m_phase == Phase::failed ? Phase::failed : Phase::stopped);
        Q_EMIT stopped();
    });
    connect(&m_supervisor->log(), &LogBook::logged, this, &Stack::logged);
}

void LocalStack::addParts() {
    m_supervisor->clear();
    QStringList awaited;
    for (const auto& part : m_catalogue.parts())
        if (part.waitFor) awaited << part.name;
    for (const auto& part : m_catalogue.parts()) {
        PartSpec spec;
        spec.name = part.name;
        spec.recipe = recipeFor(m_nova, m_catalogue, part, 0);
        spec.needs = part.needs;
        spec.stopAfter = m_catalogue.stoppedBefore(part.name);
        for (const auto& need : part.needs)
            if (awaited.contains(need)) spec.startAfter << need;
        for (const auto& port : part.ports)
            spec.ports.insert(port, m_nova->ports.value(QStringLiteral("%1/0.%2").arg(part.name, port)));
        if (spec.recipe) m_supervisor->add(std::move(spec));  // a test holds the catalogue to the recipes there are
    }
}

void LocalStack::partsChanged() {
    if (m_everReady && (m_phase == Phase::ready || m_phase == Phase::degraded)) {
        const auto all = m_supervisor->statuses();
        m_phase = std::all_of(all.begin(), all.end(), isUp) ? Phase::ready : Phase::degraded;
    }
    Q_EMIT changed(parts());
}

void LocalStack::allReady() {
    QString fault;
    if (!writeWhole(m_paths.runFile(), runFileText(*m_nova, m_supervisor->statuses(), m_started), 0600, &fault))
        return fail(fault);
    m_everReady = true;
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

}  // namespace nova::stack
