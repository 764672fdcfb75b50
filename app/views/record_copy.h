// One record as a person carries it elsewhere: JSON as `nova-console traffic --json` prints it, or a kcat command that
// reads exactly this record. Values; thread: any.
#pragma once

#include <QString>

#include "app/engine/traffic/event.h"

namespace nova::views {

QString recordJson(const engine::Event& event);  // indented
// For a shell. `bootstrap`: the brokers; `access`: what librdkafka needs besides. Secrets are left out: a variable of
// the environment stands in their place ("$SASL_PASSWORD").
QString kcatLine(const engine::Event& event, const QString& bootstrap, const kit::kafka::Settings& access = {});

}  // namespace nova::views
