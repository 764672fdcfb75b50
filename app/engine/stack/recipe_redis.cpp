#include <QDir>
#include <QStandardPaths>

#include "app/engine/stack/recipes.h"

namespace nova::stack {
namespace {

class RedisRecipe : public Recipe {
public:
    explicit RedisRecipe(NovaPtr nova)
        : m_nova(std::move(nova)), m_port(m_nova->port(QStringLiteral("redis"), 0, "redis")) {}

    Prepared prepare(const Preparation&) override {
        const auto program = findRedis();
        if (program.isEmpty()) return {false, true, {}, QStringLiteral("Redis is missing")};
        const auto folder = m_nova->paths.store(QStringLiteral("redis"));
        if (!QDir().mkpath(folder)) return {false, true, {}, QStringLiteral("cannot make %1").arg(folder)};
        Launch launch;
        launch.program = program;
        launch.workDir = folder;
        const auto set = [&launch](const char* name, const QString& value) {
            launch.arguments << QLatin1String(name) << value;
        };
        set("--port", QString::number(m_port));
        set("--bind", QStringLiteral("127.0.0.1"));
        set("--dir", folder);
        set("--daemonize", QStringLiteral("no"));
        set("--appendonly", QStringLiteral("yes"));
        set("--appendfsync", QStringLiteral("everysec"));
        set("--save", QString());
        set("--maxmemory-policy", QStringLiteral("noeviction"));
        set("--zset-max-listpack-entries", QStringLiteral("512"));
        set("--always-show-logo", QStringLiteral("no"));
        return {true, false, launch, {}};
    }
    std::unique_ptr<Probe> probe() override { return redisProbe(m_port); }
    QVector<StopStep> stopSteps() const override { return {{SIGTERM, 6'000}}; }
    QString binary() const override { return findRedis(); }

private:
    NovaPtr m_nova;
    int m_port;
};

}  // namespace

QString findRedis() {
    return QStandardPaths::findExecutable(QStringLiteral("redis-server"));
}

std::shared_ptr<Recipe> redisRecipe(NovaPtr nova) {
    return std::make_shared<RedisRecipe>(std::move(nova));
}

}  // namespace nova::stack
