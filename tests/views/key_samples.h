// What the tests of Keys share: a report with every state a key can have, a scan, a cluster that is not there.
#pragma once

#include "app/engine/cluster/target.h"
#include "app/engine/keys/key_lookup.h"

namespace nova::test {

inline const QString keyEventId = QStringLiteral("0193a8e3-1c52-7d04-9b3e-7c2a81f04e91");
inline const QString keyPostId = QStringLiteral("0193a8e3-1c40-7d04-9b3e-7c2a81f04e91");
inline constexpr qint64 keyEventMs = 1'795'392'712'901;

engine::KeyReport keyReport();
engine::KeyScan keyScan(bool ended);
engine::Target noTarget();

}  // namespace nova::test
