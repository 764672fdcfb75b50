// A server that runs for a while, to make or train something with it. Blocking; thread: any, one; killed when the
// object goes.
#pragma once

#include <QProcess>
#include <functional>

#include "app/engine/stack/launch.h"
#include "app/engine/stack/recipe.h"

namespace nova::stack {

class TemporaryServer {
public:
    TemporaryServer(QString name, const Launch& launch);
    ~TemporaryServer();
    Q_DISABLE_COPY_MOVE(TemporaryServer)

    // Asks until it serves, 60 s at most; the fault, or "".
    QString waitUntil(const std::function<ProbeAnswer()>& ask, const Preparation& preparation);
    QString stop(int signal);  // waits for its end, 60 s at most; the fault, or ""

private:
    QString m_name;
    QProcess m_process;
};

}  // namespace nova::stack
