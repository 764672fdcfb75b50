// Pictures of the inspector, Traffic, Lag and Keys, over a running cluster.
#pragma once

#include <QString>

#include "app/shell/main_window.h"

namespace nova::test {

// Of a local Nova with life in it, a consumer paused for Lag. Each state in both themes and in two sizes. `sought`:
// looked up in Keys; empty: the event.
void shootInspector(shell::Session& session, shell::MainWindow& window, const QString& out, const QString& eventId,
                    const QString& sought);
// Of a cluster that a profile names: nothing but what Kafka knows.
void shootAttached(shell::Session& session, shell::MainWindow& window, const QString& out);

}  // namespace nova::test
