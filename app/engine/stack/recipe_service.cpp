#include <QFileInfo>

#include "app/engine/stack/postgres_door.h"
#include "app/engine/stack/recipes.h"
#include "app/engine/stack/service_config.h"

namespace nova::stack {
namespace {

class ServiceRecipe : public Recipe {
public:
    ServiceRecipe(NovaPtr nova, CataloguePart part, int replica)
        : m_nova(std::move(nova)), m_part(std::move(part)), m_replica(replica) {}

    Prepared prepare(const Preparation&) override {
        const auto program = binary();
        if (program.isEmpty()) return {false, true, {}, QStringLiteral("%1 is not built").arg(m_part.binary)};
        const auto file = QStringLiteral("%1/%2-%3.toml").arg(m_nova->paths.run(), m_part.name).arg(m_replica);
        QString fault;
        if (!writeWhole(file, serviceConfig(*m_nova, m_part, m_replica), 0600, &fault)) return {false, true, {}, fault};
        Launch launch;
        launch.program = program;
        launch.arguments = {QStringLiteral("--config"), file};
        launch.workDir = m_nova->paths.run();
        return {true, false, launch, {}};
    }
    std::unique_ptr<Probe> probe() override { return readyzProbe(m_nova->port(m_part.name, m_replica, "http")); }
    QVector<StopStep> stopSteps() const override { return {{SIGTERM, 8'000}}; }
    QString binary() const override {
        const QFileInfo file(m_nova->binDir + QLatin1Char('/') + m_part.binary);
        return file.isExecutable() ? file.absoluteFilePath() : QString();
    }

private:
    NovaPtr m_nova;
    CataloguePart m_part;
    int m_replica;
};

}  // namespace

std::shared_ptr<Recipe> serviceRecipe(NovaPtr nova, const CataloguePart& part, int replica) {
    return std::make_shared<ServiceRecipe>(std::move(nova), part, replica);
}

std::shared_ptr<Recipe> recipeFor(const NovaPtr& nova, const Catalogue& catalogue, const CataloguePart& part,
                                  int replica) {
    if (!part.isStore()) return serviceRecipe(nova, part, replica);
    if (part.name == QLatin1String("kafka")) return kafkaRecipe(nova, catalogue);
    if (part.name == QLatin1String("postgres")) return postgresRecipe(nova, catalogue);
    if (part.name == QLatin1String("redis")) return redisRecipe(nova);
    if (part.name == QLatin1String("s3")) return s3Recipe(nova);
    return nullptr;
}

}  // namespace nova::stack
