#include <QFile>
#include <QMutex>
#include <QMutexLocker>

#include "app/engine/stack/postgres_door.h"
#include "app/engine/stack/postgres_home.h"
#include "app/engine/stack/recipes.h"

namespace nova::stack {
namespace {

// Small and quick, and as safe as PostgreSQL is: fsync and synchronous_commit stay as they come.
QStringList serverSettings(int port) {
    QStringList arguments;
    const auto set = [&arguments](const char* name, const QString& value) {
        arguments << QStringLiteral("-c") << QLatin1String(name) + QLatin1Char('=') + value;
    };
    set("listen_addresses", QStringLiteral("127.0.0.1"));
    set("port", QString::number(port));
    set("unix_socket_directories", QString());
    set("max_connections", QStringLiteral("100"));
    set("shared_buffers", QStringLiteral("64MB"));
    set("jit", QStringLiteral("off"));
    set("wal_level", QStringLiteral("minimal"));
    set("max_wal_senders", QStringLiteral("0"));
    set("max_wal_size", QStringLiteral("512MB"));
    set("timezone", QStringLiteral("UTC"));
    set("log_timezone", QStringLiteral("UTC"));
    set("log_line_prefix", QStringLiteral("%m [%p] "));
    set("log_checkpoints", QStringLiteral("off"));
    return arguments;
}

class PostgresRecipe : public Recipe {
public:
    PostgresRecipe(NovaPtr nova, const Catalogue& catalogue)
        : m_nova(std::move(nova)),
          m_port(m_nova->port(QStringLiteral("postgres"), 0, "sql")),
          m_schemas(catalogue.schemas()) {}

    Prepared prepare(const Preparation& preparation) override {
        const PostgresHome home;
        if (auto fault = home.ensureTemplate(preparation); !fault.isEmpty()) return {false, true, {}, fault};
        const auto cluster = PostgresHome::clusterFolder(m_nova->paths.root);
        if (!QFile::exists(cluster + QLatin1String("/PG_VERSION"))) {
            if (auto fault = home.copyTemplate(cluster); !fault.isEmpty()) return {false, true, {}, fault};
        }
        const auto made = QString::fromUtf8(readAll(cluster + QLatin1String("/PG_VERSION"))).trimmed();
        if (made != home.version().section(QLatin1Char('.'), 0, 0)) {
            return {false,
                    true,
                    {},
                    QStringLiteral("%1 was made by PostgreSQL %2, here is %3").arg(cluster, made, home.version())};
        }
        QFile::remove(cluster + QLatin1String("/postmaster.pid"));  // ours is swept, and the folder is locked
        setDoor(std::make_shared<PostgresDoor>(
            PostgresAccess{m_port, cluster, home.templatePassword(), m_schemas, m_nova->secrets}));
        return {true, false, launch(home, cluster), {}};
    }
    std::unique_ptr<Probe> probe() override {
        const QMutexLocker lock(&m_mutex);
        return std::make_unique<BlockingProbe>([door = m_door] { return door->ask(); });
    }
    // Fast shutdown, then immediate.
    QVector<StopStep> stopSteps() const override { return {{SIGINT, 6'000}, {SIGQUIT, 2'000}}; }
    QString binary() const override {
        const auto programs = PostgresHome::findPrograms();
        return programs.isEmpty() ? QString() : programs + QLatin1String("/postgres");
    }

private:
    Launch launch(const PostgresHome& home, const QString& cluster) const {
        Launch launch;
        launch.program = home.postgres();
        launch.arguments = QStringList{QStringLiteral("-D"), cluster} + serverSettings(m_port);
        launch.workDir = cluster;
        launch.environment = {{QStringLiteral("LC_ALL"), QStringLiteral("C.UTF-8")}};
        launch.runAs = PostgresHome::runAs();
        if (launch.runAs.kind == RunAs::Kind::user)
            launch.remark = QStringLiteral("no user namespaces here: another user runs it, in %1").arg(cluster);
        launch.deathSignal = SIGQUIT;  // the one way in which its server processes are told at once
        launch.deathGraceMs = 3'000;
        return launch;
    }
    void setDoor(std::shared_ptr<PostgresDoor> door) {
        const QMutexLocker lock(&m_mutex);
        m_door = std::move(door);
    }

    NovaPtr m_nova;
    int m_port;
    QStringList m_schemas;
    QMutex m_mutex;
    std::shared_ptr<PostgresDoor> m_door;
};

}  // namespace

std::shared_ptr<Recipe> postgresRecipe(NovaPtr nova, const Catalogue& catalogue) {
    return std::make_shared<PostgresRecipe>(std::move(nova), catalogue);
}

}  // namespace nova::stack
