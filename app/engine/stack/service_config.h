// The TOML file that a service is launched with (see kit/runtime/config.h), and endpoints.json. Pure functions. Thread:
// any.
#pragma once

#include <QByteArray>

#include "app/engine/stack/recipes.h"

namespace nova::stack {

QByteArray serviceConfig(const LocalNova& nova, const CataloguePart& part, int replica);
// {"content-service": ["127.0.0.1:4711"], …}: gRPC addresses of all replicas.
QByteArray endpoints(const LocalNova& nova, const QVector<CataloguePart>& parts);
// As TOML wants it: numbers and booleans as they are, all else in quotes.
QString tomlValue(const QString& text);

}  // namespace nova::stack
