// How each kind of part of the local Nova is prepared, launched, asked and stopped.
#pragma once

#include <memory>

#include "app/engine/stack/catalogue.h"
#include "app/engine/stack/paths.h"
#include "app/engine/stack/recipe.h"
#include "app/engine/stack/s3_home.h"
#include "app/engine/stack/secrets.h"

namespace nova::stack {

// What recipes need to know of the Nova they belong to. Immutable while it runs.
struct LocalNova {
    explicit LocalNova(QString dataDir) : paths(std::move(dataDir)) {}
    DataPaths paths;
    QString binDir;
    Secrets secrets;
    QMap<QString, int> ports;                    // "feed-service/0.http" …
    QHash<QString, QMap<QString, QString>> set;  // overrides, service → key → value

    int port(const QString& part, int replica, const char* name) const {
        return ports.value(QStringLiteral("%1/%2.%3").arg(part).arg(replica).arg(QLatin1String(name)));
    }
    S3Access s3() const {
        return {port(QStringLiteral("s3"), 0, "s3"), secrets.s3AccessKey, secrets.s3SecretKey};
    }
};
using NovaPtr = std::shared_ptr<const LocalNova>;

std::shared_ptr<Recipe> kafkaRecipe(NovaPtr nova, const Catalogue& catalogue);
std::shared_ptr<Recipe> postgresRecipe(NovaPtr nova, const Catalogue& catalogue);
std::shared_ptr<Recipe> redisRecipe(NovaPtr nova);
std::shared_ptr<Recipe> s3Recipe(NovaPtr nova);
std::shared_ptr<Recipe> serviceRecipe(NovaPtr nova, const CataloguePart& part, int replica);
// The recipe that a part of the catalogue asks for; none for a store that no recipe knows.
std::shared_ptr<Recipe> recipeFor(const NovaPtr& nova, const Catalogue& catalogue, const CataloguePart& part,
                                  int replica);

QString findRedis();  // redis-server, empty: none

}  // namespace nova::stack
