#include <QFile>
#include <QMutex>
#include <QMutexLocker>

#include "app/engine/stack/postgres_door.h"
#include "app/engine/stack/postgres_home.h"
#include "app/engine/stack/recipes.h"

namespace nova::stack {
namespace {

class PostgresRecipe : public Recipe {
public:
    PostgresRecipe(NovaPtr nova, const Catalogue& catalogue)
        : m_nova(std::move(nova)),
          m_port(m_nova->port(QStringLiteral("postgres"), 0, "sql")),
          m_schemas(catalogue.schemas()) {}

    Prepared prepare(const Preparation& preparation) override {
        const PostgresHome home(m_schemas);
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
        return {true, false, home.server(cluster, m_port), {}};
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
