#include "app/engine/stack/parts_record.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <thread>
#include <vector>

#include "app/engine/stack/paths.h"

namespace nova::stack {
namespace {

QString bootId() {
    return QString::fromLatin1(readAll(QStringLiteral("/proc/sys/kernel/random/boot_id")).trimmed());
}

QJsonObject toJson(const RecordedProcess& process) {
    const auto& launch = process.launch;
    QJsonArray command{launch.program};
    for (const auto& argument : launch.arguments) command << argument;
    QJsonObject environment;
    for (auto it = launch.environment.begin(); it != launch.environment.end(); ++it)
        environment.insert(it.key(), it.value());
    return {{QStringLiteral("name"), process.name},
            {QStringLiteral("replica"), process.replica},
            {QStringLiteral("pid"), process.id.pid},
            {QStringLiteral("start"), static_cast<qint64>(process.id.start)},
            {QStringLiteral("signal"), launch.deathSignal},
            {QStringLiteral("grace_ms"), launch.deathGraceMs},
            {QStringLiteral("command"), command},
            {QStringLiteral("environment"), environment},
            {QStringLiteral("work_dir"), launch.workDir},
            {QStringLiteral("user_namespace"), launch.runAs.kind == RunAs::Kind::mapped}};
}

}  // namespace

bool PartsRecord::write(const QString& file, QString* fault) const {
    QJsonArray list;
    for (const auto& process : processes) list << toJson(process);
    const QJsonObject json{{QStringLiteral("boot"), bootId()}, {QStringLiteral("processes"), list}};
    return writeWhole(file, QJsonDocument(json).toJson(), 0600, fault);
}

PartsRecord PartsRecord::read(const QString& file) {
    PartsRecord record;
    const auto json = QJsonDocument::fromJson(readAll(file)).object();
    if (json.value(QLatin1String("boot")).toString() != bootId()) return record;
    for (const auto& value : json.value(QLatin1String("processes")).toArray()) {
        const auto o = value.toObject();
        RecordedProcess process;
        process.name = o.value(QLatin1String("name")).toString();
        process.replica = o.value(QLatin1String("replica")).toInt();
        process.id = {o.value(QLatin1String("pid")).toInt(),
                      static_cast<std::uint64_t>(o.value(QLatin1String("start")).toInteger())};
        process.launch.deathSignal = o.value(QLatin1String("signal")).toInt(SIGKILL);
        process.launch.deathGraceMs = o.value(QLatin1String("grace_ms")).toInt();
        const auto environment = o.value(QLatin1String("environment")).toObject();
        const auto mark = QLatin1String(markVariable);
        process.launch.environment.insert(mark, environment.value(mark).toString());
        if (process.id.pid > 1 && process.id.start > 0) record.processes << process;
    }
    return record;
}

QVector<RecordedProcess> PartsRecord::living() const {
    QVector<RecordedProcess> living;
    const auto all = processes.isEmpty() ? std::vector<ProcEntry>() : allProcesses();
    for (const auto& process : processes)
        if (isAlive(process.id) || !carriersOf(process.launch.mark().toStdString(), all).empty()) living << process;
    return living;
}

QStringList PartsRecord::sweep() const {
    QStringList swept;
    std::vector<std::thread> threads;
    for (const auto& process : living()) {
        swept << QStringLiteral("%1/%2 (pid %3)").arg(process.name).arg(process.replica).arg(process.id.pid);
        threads.emplace_back([process] {
            const auto& launch = process.launch;
            endTree(process.id, launch.mark().toStdString(), launch.deathSignal, launch.deathGraceMs);
        });
    }
    for (auto& thread : threads) thread.join();
    return swept;
}

}  // namespace nova::stack
