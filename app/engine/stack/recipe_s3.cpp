#include <QDir>

#include "app/engine/stack/java_tools.h"
#include "app/engine/stack/recipes.h"
#include "app/engine/stack/s3_door.h"
#include "app/engine/stack/s3_home.h"

namespace nova::stack {
namespace {

class S3Recipe : public Recipe {
public:
    explicit S3Recipe(NovaPtr nova) : m_nova(std::move(nova)), m_door(std::make_shared<S3Door>(m_nova->s3())) {}

    Prepared prepare(const Preparation& preparation) override {
        if (auto fault = m_home.ensure(preparation); !fault.isEmpty()) return {false, true, {}, fault};
        const auto storage = m_nova->paths.store(QStringLiteral("s3"));
        const QString file = m_nova->paths.run() + QLatin1String("/s3.properties");
        QString fault;
        if (!QDir().mkpath(storage)) return {false, true, {}, QStringLiteral("cannot make %1").arg(storage)};
        if (!writeWhole(file, S3Home::properties(m_nova->s3(), QStringLiteral("../s3")), 0600, &fault))
            return {false, true, {}, fault};
        auto launch = m_home.server(file);
        launch.workDir = m_nova->paths.run();
        return {true, false, launch, {}};
    }
    std::unique_ptr<Probe> probe() override {
        return std::make_unique<BlockingProbe>([door = m_door] { return door->ask(); });
    }
    QVector<StopStep> stopSteps() const override { return {{SIGTERM, 5'000}}; }
    QString binary() const override { return findJava(); }

private:
    NovaPtr m_nova;
    S3Home m_home;
    std::shared_ptr<S3Door> m_door;
};

}  // namespace

std::shared_ptr<Recipe> s3Recipe(NovaPtr nova) {
    return std::make_shared<S3Recipe>(std::move(nova));
}

}  // namespace nova::stack
