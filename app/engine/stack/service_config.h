// The TOML file that a service is launched with (see kit/runtime/config.h), and endpoints.json. Pure functions. Thread:
// any.
#pragma once

#include <QByteArray>
#include <functional>

#include "app/engine/stack/recipes.h"
#include "app/engine/stack/stack_types.h"

namespace nova::stack {

QByteArray serviceConfig(const LocalNova& nova, const CataloguePart& part, int replica);
// {"content-service": ["127.0.0.1:4711"], …}: gRPC addresses of the replicas that are `live`; where none of a service
// is, of all of it.
QByteArray endpoints(const QVector<PartStatus>& parts, const std::function<bool(const PartStatus&)>& live);
// As TOML wants it: numbers and booleans as they are, all else in quotes.
QString tomlValue(const QString& text);

}  // namespace nova::stack
