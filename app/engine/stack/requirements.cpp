#include <sys/statvfs.h>
#include <unistd.h>

#include <QCoreApplication>
#include <QDir>
#include <QFileInfo>

#include "app/engine/stack/java_tools.h"
#include "app/engine/stack/kafka_home.h"
#include "app/engine/stack/postgres_home.h"
#include "app/engine/stack/recipes.h"
#include "app/engine/stack/s3_home.h"
#include "app/engine/stack/stack.h"

namespace nova::stack {
namespace {

constexpr qint64 gib = qint64{1} << 30;
constexpr qint64 leastDisk = gib / 2, leastMemory = gib;

QString tr(const char* text) {
    return QCoreApplication::translate("nova::stack::Stack", text);
}
QString apt(const char* packages) {
    return QLatin1String(geteuid() == 0 ? "" : "sudo ") + QLatin1String("apt-get install -y ") +
           QLatin1String(packages);
}
QString inGib(qint64 bytes) {
    return QString::number(static_cast<double>(bytes) / static_cast<double>(gib), 'f', bytes < 10 * gib ? 1 : 0);
}

Requirement program(const char* name, const QString& found, const QString& detail, const char* packages) {
    const bool there = !found.isEmpty();
    return {QLatin1String(name), there, true, there ? detail : tr("not on this computer"),
            there ? QString() : apt(packages)};
}

Requirement javaProgram(const JarFolder& jars) {
    Requirement line{jars.label() + QLatin1Char(' ') + jars.version(), true, true, tr("jars in the cache"), {}};
    if (jars.isComplete()) return line;
    line.found = !findMaven().isEmpty();
    line.detail = line.found ? tr("is fetched at the first start, about %1 MB").arg(jars.megabytes())
                             : tr("Maven, which fetches it, was not found");
    if (!line.found) line.install = apt("maven");
    return line;
}

bool isBuilt(const CataloguePart& part, const QString& binDir) {
    return QFileInfo(binDir + QLatin1Char('/') + part.binary).isExecutable();
}

Requirement services(const QString& binDir) {
    QStringList missing;
    int count = 0;
    for (const auto& part : Catalogue::builtIn().parts()) {
        if (part.isStore()) continue;
        ++count;
        if (!isBuilt(part, binDir)) missing << part.name;
    }
    const bool there = missing.isEmpty();
    return {tr("%1 services").arg(count), there, true,
            there ? tr("built") : tr("not built: %1").arg(missing.join(QLatin1String(", "))),
            there ? QString() : QStringLiteral("app/run")};
}

// The nearest folder that is there already.
QString existing(QString folder) {
    while (!QFileInfo::exists(folder) && folder != QLatin1String("/")) folder = QFileInfo(folder).path();
    return folder;
}

Requirement room(const QString& dataDir) {
    struct statvfs disk {};
    statvfs(QFile::encodeName(existing(dataDir)).constData(), &disk);
    const auto freeDisk = static_cast<qint64>(disk.f_bavail) * static_cast<qint64>(disk.f_frsize);
    const auto text = readAll(QStringLiteral("/proc/meminfo"));
    const auto at = text.indexOf("MemAvailable:");
    const auto memory =
        at < 0 ? leastMemory : text.mid(at + 13, text.indexOf('k', at) - at - 13).trimmed().toLongLong() * 1024;
    const bool enough = freeDisk >= leastDisk && memory >= leastMemory;
    return {tr("Disk and memory"), enough, false, tr("%1 GiB and %2 GiB free").arg(inGib(freeDisk), inGib(memory)), {}};
}

}  // namespace

QVector<Requirement> Stack::requirements(const StackOptions& options) {
    Catalogue::builtIn();
    const auto java = findJava();
    const auto postgres = PostgresHome::findPrograms();
    const auto redis = findRedis();
    const auto binDir = options.binDir.isEmpty() ? QCoreApplication::applicationDirPath() : options.binDir;
    return {program("Java", java, javaVersion(java), "default-jre-headless"),
            javaProgram(KafkaHome::jars()),
            javaProgram(S3Home::jars()),
            program("PostgreSQL", postgres, postgres, "postgresql"),
            program("Redis", redis, redis, "redis-server"),
            services(binDir),
            room(options.dataDir)};
}

}  // namespace nova::stack
