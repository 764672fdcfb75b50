#include "app/engine/stack/supervisor.h"

#include <unistd.h>

#include <algorithm>

#include "app/engine/stack/parts_record.h"

namespace nova::stack {
namespace {

constexpr int batchMs = 100, measureMs = 1'000;
constexpr int patienceMs = 3'000;  // how long a start waits for "serving, without …" to become ready

qint64 sharedPages(pid_t pid) {
    long size = 0, resident = 0, shared = 0;
    char path[64];
    std::snprintf(path, sizeof path, "/proc/%d/statm", static_cast<int>(pid));
    if (std::FILE* file = std::fopen(path, "re")) {
        if (std::fscanf(file, "%ld %ld %ld", &size, &resident, &shared) != 3) shared = 0;
        std::fclose(file);
    }
    return shared;
}

}  // namespace

Supervisor::Supervisor(QString recordFile, QString logFolder, QString watchdogProgram)
    : m_recordFile(std::move(recordFile)), m_log(std::move(logFolder)), m_watchdog(std::move(watchdogProgram)) {
    for (auto* timer : {&m_batch, &m_consider, &m_stopLimit, &m_patience}) timer->setSingleShot(true);
    m_batch.setInterval(batchMs);
    m_measure.setInterval(measureMs);
    connect(&m_batch, &QTimer::timeout, this, &Supervisor::changed);
    connect(&m_consider, &QTimer::timeout, this, &Supervisor::consider);
    m_patience.setInterval(patienceMs);
    connect(&m_patience, &QTimer::timeout, this, [this] {
        m_patienceOver = true;
        consider();
    });
    connect(&m_measure, &QTimer::timeout, this, &Supervisor::measure);
    connect(&m_stopLimit, &QTimer::timeout, this, [this] {
        for (const auto& part : m_parts) part->abandon();
    });
}

Supervisor::~Supervisor() {
    for (const auto& part : m_parts) part->disconnect(this);
}

void Supervisor::add(PartSpec spec) {
    auto part = std::make_unique<Part>(std::move(spec), *this, m_watchdog, m_log);
    connect(part.get(), &Part::changed, this, &Supervisor::partChanged);
    connect(part.get(), &Part::launchedProcess, this, &Supervisor::launched);
    connect(part.get(), &Part::processChanged, this, [this] {
        m_saidReady = false;
        record();
    });
    connect(part.get(), &Part::gaveUp, this,
            [this, id = part->status().id()](const QString& reason) { Q_EMIT gaveUp(id, reason); });
    const auto after = std::find_if(m_parts.rbegin(), m_parts.rend(), [&](const auto& other) {
        return other->spec().name == part->spec().name && other->spec().replica < part->spec().replica;
    });
    m_parts.insert(after == m_parts.rend() ? m_parts.end() : after.base(), std::move(part));
}

void Supervisor::remove(const QString& name, int replica) {
    auto* going = part(name, replica);
    if (!going || leaving(name, replica)) return;
    m_leaving.push_back(going);
    going->stop(false);
    partChanged();
}

bool Supervisor::leaving(const QString& name, int replica) const {
    return std::any_of(m_leaving.begin(), m_leaving.end(),
                       [&](const Part* part) { return part->spec().name == name && part->spec().replica == replica; });
}

void Supervisor::keep(const QString& name, int replica) {
    std::erase(m_leaving, part(name, replica));
}

void Supervisor::forgetGone() {
    for (auto* part : std::vector<Part*>(m_leaving)) {
        if (!part->gone()) continue;
        const auto name = part->spec().name;
        const int replica = part->spec().replica;
        std::erase(m_leaving, part);
        std::erase_if(m_parts, [part](const auto& one) { return one.get() == part; });
        Q_EMIT removed(name, replica);
        partChanged();
    }
}

void Supervisor::clear() {
    m_leaving.clear();
    m_parts.clear();
}

bool Supervisor::start(QString* fault) {
    if (!m_watchdogRuns && !m_watchdog.start(fault)) return false;
    m_watchdogRuns = true;
    m_stopping = m_saidReady = m_patienceOver = false;
    m_stopLimit.stop();
    m_patience.stop();
    m_before.clear();
    m_sinceMeasure.start();
    m_measure.start();
    probeOften(true);
    for (const auto& part : m_parts) part->start();
    return true;
}

void Supervisor::stop() {
    m_stopping = true;
    m_stopLimit.start(stopLimitMs);
    for (const auto& part : m_parts) part->stop(true);
    partChanged();
}

Part* Supervisor::part(const QString& name, int replica) {
    for (const auto& part : m_parts)
        if (part->spec().name == name && part->spec().replica == replica) return part.get();
    return nullptr;
}

QVector<PartStatus> Supervisor::statuses() const {
    QVector<PartStatus> statuses;
    for (const auto& part : m_parts) statuses << part->status();
    return statuses;
}

bool Supervisor::allGone() const {
    return std::all_of(m_parts.begin(), m_parts.end(), [](const auto& part) { return part->gone(); });
}

bool Supervisor::allReady() const {
    return std::all_of(m_parts.begin(), m_parts.end(), [](const auto& part) {
        return part->status().state == PartState::ready || part->stoppedOnPurpose() || part->paused();
    });
}

void Supervisor::probeOften(bool often) {
    for (const auto& part : m_parts) part->probeOften(often);
}

QStringList Supervisor::notServing(const QStringList& names) const {
    QStringList blockers;
    for (const auto& part : m_parts)
        if (names.contains(part->spec().name) && !part->serving() && !blockers.contains(part->spec().name))
            blockers << part->spec().name;
    return blockers;
}

QStringList Supervisor::notGone(const QStringList& names) const {
    QStringList blockers;
    for (const auto& part : m_parts)
        if (names.contains(part->spec().name) && !part->gone() && !blockers.contains(part->spec().name))
            blockers << part->spec().name;
    return blockers;
}

void Supervisor::partChanged() {
    if (!m_batch.isActive()) m_batch.start();
    if (!m_consider.isActive()) m_consider.start(0);
}

void Supervisor::consider() {
    for (const auto& part : m_parts) part->reconsider();
    forgetGone();
    if (m_stopping) {
        if (!allGone()) return;
        m_stopping = false;
        m_stopLimit.stop();
        m_measure.stop();
        Q_EMIT changed();
        Q_EMIT stopped();
        return;
    }
    const bool serving = std::all_of(m_parts.begin(), m_parts.end(), [](const auto& part) {
        return part->serving() || part->stoppedOnPurpose() || part->paused();
    });
    if (m_saidReady || !serving || m_parts.empty()) return m_patience.stop();
    if (!allReady() && !m_patienceOver) {
        if (!m_patience.isActive()) m_patience.start();
        return;
    }
    m_patience.stop();
    m_patienceOver = false;
    m_saidReady = true;
    probeOften(false);
    Q_EMIT changed();
    Q_EMIT ready();
}

void Supervisor::measure() {
    std::vector<pid_t> leaders;
    for (const auto& part : m_parts)
        if (part->process().pid > 0) leaders.push_back(part->process().pid);
    m_background.run(
        [leaders] {
            Usages usages;
            const auto all = allProcesses();
            const auto page = sysconf(_SC_PAGESIZE);
            for (const auto leader : leaders) {
                Usage usage;
                qint64 mostShared = 0;
                for (const auto& member : membersOf(leader, all)) {
                    const auto shared = sharedPages(member.pid);
                    usage.cpuTicks += member.cpuTicks;
                    usage.rssBytes += (member.rssPages - shared) * page;
                    mostShared = std::max(mostShared, shared * page);
                }
                usage.rssBytes += mostShared;
                usages[leader] = usage;
            }
            return usages;
        },
        [this](const Usages& usages) { apply(usages, m_sinceMeasure.restart()); });
}

void Supervisor::apply(const Usages& usages, qint64 elapsedMs) {
    const auto ticksPerSecond = static_cast<double>(sysconf(_SC_CLK_TCK));
    for (const auto& part : m_parts) {
        const auto now = usages.find(part->process().pid);
        if (now == usages.end()) continue;
        const auto before = m_before.find(now->first);
        double percent = 0;
        if (before != m_before.end() && elapsedMs > 0 && now->second.cpuTicks > before->second.cpuTicks) {
            const auto ticks = static_cast<double>(now->second.cpuTicks - before->second.cpuTicks);
            percent = 100.0 * ticks / ticksPerSecond * 1000.0 / static_cast<double>(elapsedMs);
        }
        part->measured(percent, now->second.rssBytes);
    }
    m_before = usages;
}

void Supervisor::record() const {
    PartsRecord record;
    for (const auto& part : m_parts) {
        const auto process = part->process();
        if (process.pid > 0)
            record.processes.append({part->spec().name, part->spec().replica, process, part->launched()});
    }
    QString fault;
    if (!record.write(m_recordFile, &fault)) qWarning("%s", qPrintable(fault));
}

}  // namespace nova::stack
