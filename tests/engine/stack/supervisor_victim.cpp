// Supervises two parts, one of which makes a child outside its process group, prints "ready", and waits to be killed.
// Arguments: folder, and "die-starting" to end by SIGKILL as soon as the first process was launched.
#include <signal.h>
#include <unistd.h>

#include <QCoreApplication>
#include <QDir>
#include <cstdio>

#include "app/engine/stack/supervisor.h"
#include "tests/engine/stack/fake_recipe.h"

using namespace nova;

int main(int argc, char** argv) {
    QCoreApplication app(argc, argv);
    const auto folder = QString::fromLocal8Bit(argv[1]);
    qputenv("NOVA_VICTIM", argv[1]);  // by which the test finds what we made
    const bool dieStarting = argc > 2;
    QDir().mkpath(folder + QLatin1String("/log"));
    stack::Supervisor supervisor(folder + QLatin1String("/parts.json"), folder + QLatin1String("/log"),
                                 QStringLiteral(NOVA_BIN_DIR "/nova-watchdog"));
    supervisor.add(test::scriptPart("plain", test::sleeper()));
    supervisor.add(test::scriptPart("family", QStringLiteral("setsid sleep 601 & sleep 602 & wait")));
    QObject::connect(&supervisor, &stack::Supervisor::ready, &supervisor, [] {
        std::puts("ready");
        std::fflush(stdout);
    });
    if (dieStarting) {
        QObject::connect(supervisor.part(QStringLiteral("plain"), 0), &stack::Part::processChanged, &supervisor,
                         [] { kill(getpid(), SIGKILL); });
    }
    QString fault;
    if (!supervisor.start(&fault)) return 1;
    return QCoreApplication::exec();
}
