// What a lookup found as text for a terminal. Pure; thread: any.
#pragma once

#include <QStringList>

#include "app/engine/keys/key_report.h"
#include "app/engine/keys/key_scan.h"

namespace nova::commands {

QStringList renderKeys(const engine::KeyReport& report);
QStringList renderScan(const engine::KeyScan& scan);
QString renderProgress(const engine::KeyScan& scan);  // one line

}  // namespace nova::commands
