// Why a partition lags: one cause with its evidence, or "unknown" with what was looked at. Pure: judged from facts that
// others gathered. Thread: any.
#pragma once

#include <QString>
#include <QVector>

#include "app/engine/lag/lag_types.h"

namespace nova::engine {

enum class Cause { unknown, producerBurst, slowDependency, poisonRecord, rebalanceLoop, consumerDead, consumerPaused,
                   openTransaction, skewedKeys, tooManyConsumers };
QString causeWord(Cause cause);  // "producer-burst" …

struct Evidence {
    QString text;       // "in 1 204/s against 310/s a minute ago"
    bool supports = true;
};

struct Diagnosis {
    Cause cause = Cause::unknown;
    QString sentence;               // for a person, with the dependency, member or partition named
    QVector<Evidence> evidence;
    QVector<QString> missing;       // evidence that this cluster does not give: "no spans: topic otlp_spans is missing"
};

}  // namespace nova::engine
