// kafka-consumer-groups, the tool that everybody trusts, of the same version as the broker's jars: its answer is what
// ours is held against. The first call on a machine fetches 0.6 MB by Maven into the user's cache. Thread: the test's.
#pragma once

#include <QMap>
#include <QString>
#include <optional>
#include <string>
#include <tuple>

namespace nova::test {

struct ToolRow {
    std::optional<qint64> committed, end, lag;  // none: the tool prints a dash
    QString member, host, client;               // empty: a dash
};
using ToolRows = QMap<std::tuple<QString, QString, int>, ToolRow>;  // group, topic, partition

// --describe --all-groups, about 3 s. Ends the test where the tool does not answer.
ToolRows consumerGroups(const std::string& bootstrap);

}  // namespace nova::test
