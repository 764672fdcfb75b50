// What `cluster --json` prints: JSON of the contract's §7, then what explains it. Thread: any.
#pragma once

#include <QHash>
#include <QString>
#include <string>

#include "app/engine/cluster/cluster_look.h"

namespace nova::commands {

struct ClusterSeen {
    engine::ClusterLook look;
    QHash<QString, engine::TopicConfig> configs;  // by topic
    QString configsTrouble;                       // why some could not be read; empty: all were
};

std::string clusterJson(const ClusterSeen& seen);

}  // namespace nova::commands
