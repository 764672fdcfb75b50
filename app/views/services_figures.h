// What the services say of themselves at /metrics, summed over the replicas of each part. Plain functions, no window.
#pragma once

#include <QHash>
#include <QMap>
#include <QString>
#include <QVector>
#include <optional>

#include "app/engine/cluster/metrics_reader.h"

namespace nova::views {

// Records a second by topic, from end-offset differences. A topic that is not in it was not measured.
using TopicRates = QHash<QString, double>;

// Absent: not measured (yet), or not a thing of that part.
struct PartFigures {
    std::optional<double> requests, calls, pushes;  // a second
    QMap<QString, double> consumed;                 // topic → records a second
    QMap<QString, qint64> lag;                      // topic → records not handled yet
    std::optional<qint64> outbox;
    double oldestSeconds = 0;  // of the outbox
    std::optional<int> sockets;
    QVector<int> idle;  // replicas beyond the partitions

    [[nodiscard]] qint64 lagInAll() const;
};
using FiguresByPart = QHash<QString, PartFigures>;
FiguresByPart byPart(const QVector<engine::ReplicaFigures>& figures);

// Committed events that wait for the broker, over all services.
struct Waiting {
    qint64 events = 0;
    int outboxes = 0;  // that hold any
    double oldestSeconds = 0;
};
Waiting waitingIn(const FiguresByPart& figures);

}  // namespace nova::views
