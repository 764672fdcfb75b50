#include "app/engine/stack/postgres_home.h"

#include <pwd.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QProcess>
#include <QStandardPaths>
#include <algorithm>

#include "app/engine/stack/cache_lock.h"
#include "app/engine/stack/folders.h"
#include "app/engine/stack/paths.h"
#include "app/engine/stack/ports.h"
#include "app/engine/stack/postgres_door.h"
#include "app/engine/stack/secrets.h"
#include "app/engine/stack/temporary_server.h"

namespace nova::stack {
namespace {

bool hasPrograms(const QString& folder) {
    return QFileInfo(folder + QLatin1String("/postgres")).isExecutable() &&
           QFileInfo(folder + QLatin1String("/initdb")).isExecutable();
}

// Debian keeps each version in a folder of its own, off the PATH.
QString newestDebian() {
    const QDir all(QStringLiteral("/usr/lib/postgresql"));
    auto versions = all.entryList(QDir::Dirs | QDir::NoDotAndDotDot);
    std::sort(versions.begin(), versions.end(),
              [](const QString& a, const QString& b) { return a.toDouble() > b.toDouble(); });
    for (const auto& version : versions)
        if (const QString folder = all.filePath(version + QLatin1String("/bin")); hasPrograms(folder)) return folder;
    return {};
}

QString fromPgConfig() {
    const auto program = QStandardPaths::findExecutable(QStringLiteral("pg_config"));
    if (program.isEmpty()) return {};
    QProcess process;
    process.start(program, {QStringLiteral("--bindir")});
    if (!process.waitForFinished(2'000)) return {};
    const auto folder = QString::fromUtf8(process.readAllStandardOutput()).trimmed();
    return hasPrograms(folder) ? folder : QString();
}

// "…/postgresql/15/bin" says it; elsewhere the program is asked.
QString versionOf(const QString& programs) {
    const auto named = QDir(programs).absolutePath().section(QLatin1Char('/'), -2, -2);
    if (named.toDouble() > 0) return named;
    Launch launch;
    launch.program = programs + QLatin1String("/postgres");
    launch.arguments = {QStringLiteral("--version")};
    return runTool(
               launch, [] { return false; }, 5'000)
        .output.section(QLatin1Char(' '), 2, 2);
}

QStringList initdbFlags() {
    return {QStringLiteral("-U"),
            QLatin1String(adminRole),
            QStringLiteral("-A"),
            QStringLiteral("scram-sha-256"),
            QStringLiteral("-E"),
            QStringLiteral("UTF8"),
            QStringLiteral("--locale=C.UTF-8"),
            QStringLiteral("--wal-segsize=4"),
            QStringLiteral("--no-sync"),
            QStringLiteral("--no-instructions")};
}

bool othersMayEnter(QString folder) {
    for (; folder != QLatin1String("/"); folder = QFileInfo(folder).path()) {
        struct stat about {};
        if (stat(QFile::encodeName(folder).constData(), &about) == 0 && !(about.st_mode & S_IXOTH)) return false;
    }
    return true;
}

}  // namespace

PostgresHome::PostgresHome(QStringList schemas)
    : m_programs(findPrograms()),
      m_version(m_programs.isEmpty() ? QString() : versionOf(m_programs)),
      m_schemas(std::move(schemas)) {}

QString PostgresHome::findPrograms() {
    if (const auto debian = newestDebian(); !debian.isEmpty()) return debian;
    const auto onPath = QFileInfo(QStandardPaths::findExecutable(QStringLiteral("postgres"))).path();
    return hasPrograms(onPath) ? onPath : fromPgConfig();
}

QString PostgresHome::postgres() const {
    return m_programs.isEmpty() ? QString() : m_programs + QLatin1String("/postgres");
}

RunAs PostgresHome::runAs() {
    if (geteuid() != 0) return {};
    if (userNamespaceWorks()) return {RunAs::Kind::mapped, 0, 0};
    for (const char* name : {"postgres", "nobody"})
        if (const auto* user = getpwnam(name)) return {RunAs::Kind::user, user->pw_uid, user->pw_gid};
    return {};
}

QString PostgresHome::clusterFolder(const QString& dataDir) {
    const auto inside = DataPaths(dataDir).store(QStringLiteral("postgres"));
    if (runAs().kind != RunAs::Kind::user || othersMayEnter(dataDir)) return inside;
    const auto hash = QCryptographicHash::hash(dataDir.toUtf8(), QCryptographicHash::Sha256).toHex().left(16);
    return QStringLiteral("/var/lib/nova-console/%1/postgres").arg(QString::fromLatin1(hash));
}

QString PostgresHome::templateFolder() const {
    const auto who = runAs();
    const bool another = who.kind == RunAs::Kind::user;
    const QString what =
        (initdbFlags() + m_schemas).join(QLatin1Char(' ')) + (another ? QString::number(who.uid) : QString());
    const auto hash = QCryptographicHash::hash(what.toUtf8(), QCryptographicHash::Sha256).toHex().left(12);
    const auto base = another ? QStringLiteral("/var/lib/nova-console") : cacheDir();
    return QStringLiteral("%1/postgres-%2-%3").arg(base, m_version, QString::fromLatin1(hash));
}

QString PostgresHome::templatePassword() const {
    return QString::fromUtf8(readAll(templateFolder() + QLatin1String("/admin.password"))).trimmed();
}

QString PostgresHome::ensureTemplate(const Preparation& preparation) const {
    if (m_programs.isEmpty()) return QStringLiteral("PostgreSQL is missing");
    if (QFile::exists(templateFolder())) return {};
    CacheLock lock(QStringLiteral("postgres"));
    if (const auto fault = lock.take(preparation); !fault.isEmpty()) return fault;
    if (QFile::exists(templateFolder())) return {};
    preparation.say(QStringLiteral("preparing a PostgreSQL %1 cluster, once, about 3 s").arg(m_version));
    const Making making(templateFolder());
    const QString cluster = making.folder() + QLatin1String("/cluster"),
                  passwordFile = making.folder() + QLatin1String("/admin.password");
    const auto password = Secrets::newPassword();
    QString fault;
    if (!writeWhole(passwordFile, password.toUtf8(), 0600, &fault)) return fault;
    fault = makeCluster(cluster, passwordFile, preparation);
    if (fault.isEmpty()) fault = furnish(cluster, password, preparation);
    return fault.isEmpty() ? making.finish() : fault;
}

QString PostgresHome::makeCluster(const QString& cluster, const QString& passwordFile,
                                  const Preparation& preparation) const {
    Launch launch;
    launch.program = m_programs + QLatin1String("/initdb");
    launch.runAs = runAs();
    if (launch.runAs.kind == RunAs::Kind::user) {
        for (const auto& path : {QFileInfo(passwordFile).path(), passwordFile})
            if (chown(QFile::encodeName(path).constData(), launch.runAs.uid, launch.runAs.gid) != 0)
                return QStringLiteral("cannot hand %1 over").arg(path);
    }
    launch.arguments =
        initdbFlags() + QStringList{QStringLiteral("--pwfile"), passwordFile, QStringLiteral("-D"), cluster};
    const auto made = runTool(launch, preparation.cancelled);
    return made.ok ? QString() : QStringLiteral("initdb: %1").arg(made.output.right(600));
}

// Database, roles and schemas, all without passwords yet.
QString PostgresHome::furnish(const QString& cluster, const QString& password, const Preparation& preparation) const {
    Ports ports((QString()));
    const int port = ports.take(QStringLiteral("sql"));
    QString fault;
    if (!writeWhole(PostgresDoor::freshMark(cluster), {}, 0600, &fault)) return fault;
    PostgresDoor door({port, cluster, password, m_schemas, {}});
    TemporaryServer temporary(QStringLiteral("PostgreSQL"), server(cluster, port));
    fault = temporary.waitUntil([&door] { return door.ask(); }, preparation);
    if (fault.isEmpty()) fault = door.dropSpareDatabases();
    return fault.isEmpty() ? temporary.stop(SIGINT) : fault;
}

// Small and quick, and as safe as PostgreSQL is: fsync and synchronous_commit stay as they come.
Launch PostgresHome::server(const QString& cluster, int port) const {
    Launch launch;
    const auto set = [&launch](const char* name, const QString& value) {
        launch.arguments << QStringLiteral("-c") << QLatin1String(name) + QLatin1Char('=') + value;
    };
    launch.program = postgres();
    launch.arguments << QStringLiteral("-D") << cluster;
    set("listen_addresses", QStringLiteral("127.0.0.1"));
    set("port", QString::number(port));
    set("unix_socket_directories", QString());
    set("max_connections", QStringLiteral("400"));
    set("shared_buffers", QStringLiteral("64MB"));
    set("jit", QStringLiteral("off"));
    set("wal_level", QStringLiteral("minimal"));
    set("max_wal_senders", QStringLiteral("0"));
    set("max_wal_size", QStringLiteral("512MB"));
    set("timezone", QStringLiteral("UTC"));
    set("log_timezone", QStringLiteral("UTC"));
    set("log_line_prefix", QStringLiteral("%m [%p] "));
    set("log_checkpoints", QStringLiteral("off"));
    launch.workDir = cluster;
    launch.environment = {{QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8")}};
    launch.runAs = runAs();
    if (launch.runAs.kind == RunAs::Kind::user)
        launch.remark = QStringLiteral("no user namespaces here: another user runs it, in %1").arg(cluster);
    launch.deathSignal = SIGQUIT;  // the one way in which its server processes are told at once
    launch.deathGraceMs = 3'000;
    return launch;
}

QString PostgresHome::copyTemplate(const QString& cluster) const {
    const Making making(cluster);
    QDir().rmdir(making.folder());
    if (const auto fault = copyFolder(templateFolder() + QLatin1String("/cluster"), making.folder()); !fault.isEmpty())
        return fault;
    QString fault;
    if (!writeWhole(PostgresDoor::freshMark(making.folder()), {}, 0600, &fault)) return fault;
    return making.finish();
}

}  // namespace nova::stack
