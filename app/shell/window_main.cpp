#include "app/shell/window_main.h"

#include <fcntl.h>
#include <unistd.h>

#include <QApplication>
#include <QScopeGuard>
#include <QSocketNotifier>
#include <QTimer>
#include <csignal>
#include <cstdio>

#include "app/shell/main_window.h"
#include "widgets/theme/theme.h"

namespace nova::shell {

namespace {

constexpr int cannotConnect = 3;    // contract §7
constexpr int endLimitMs = 30'000;  // contract §7: closed within 30 s, come what may

const char* headlessData = "";  // --data of the `up` that takes this process over; null: nothing is started

// Qt ends a program whose display cannot be reached by abort(). Before it does, the process becomes `up` on the same
// folder.
void becomeUp(QtMsgType type, const QMessageLogContext&, const QString&) {
    if (type != QtFatalMsg) return;
    if (!headlessData) {
        std::fputs("nova-console: no display is reachable: use ssh -X, or the commands (nova-console --help)\n",
                   stderr);
        _exit(cannotConnect);
    }
    std::fputs(
        "nova-console: no display is reachable: use ssh -X, or the commands (nova-console --help); starting the local "
        "Nova as `up` does\n",
        stderr);
    execl("/proc/self/exe", "nova-console", "up", "--data", headlessData, static_cast<char*>(nullptr));
}

int interruptPipe[2] = {-1, -1};

// A handler and not a blocked mask: what this program launches would inherit the mask.
void onInterrupt(int) {
    const char byte = 0;
    [[maybe_unused]] const auto written = write(interruptPipe[1], &byte, 1);
}

// Ctrl+C in the terminal and a session's end close the window as its own button does.
void closeOnInterrupt(QWidget& window) {
    if (pipe2(interruptPipe, O_CLOEXEC | O_NONBLOCK) != 0) return;
    auto* notifier = new QSocketNotifier(interruptPipe[0], QSocketNotifier::Read, &window);
    QObject::connect(notifier, &QSocketNotifier::activated, &window, [&window] {
        char byte = 0;
        if (read(interruptPipe[0], &byte, 1) == 1) window.close();
    });
    struct sigaction action {};
    action.sa_handler = onInterrupt;
    action.sa_flags = SA_RESTART;
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
}

// A link names its cluster, unless one was asked for.
QString profileOf(const WindowOptions& options) {
    const auto link = views::RecordLink::parse(options.link);
    return !options.profile.isEmpty() || !link || link->profile == QLatin1String("local") ? options.profile
                                                                                          : link->profile;
}

}  // namespace

int runWindow(int argc, char** argv, const WindowOptions& options) {
    const QByteArray folder = options.dataDir.toLocal8Bit();
    headlessData = profileOf(options).isEmpty() ? folder.constData() : nullptr;
    const auto logger = qInstallMessageHandler(becomeUp);
    QApplication app(argc, argv);
    qInstallMessageHandler(logger);
    QApplication::setApplicationName(QStringLiteral("nova-console"));
    QApplication::setApplicationDisplayName(QApplication::translate("Window", "Nova Console"));
    QApplication::setQuitOnLastWindowClosed(false);
    Settings settings;
    theme::Theme::instance().apply(app, settings.themeChoice());
    const auto awaited = qScopeGuard(Observers::awaitEnded);
    Session session(options.dataDir);
    MainWindow window(session, settings);
    closeOnInterrupt(window);
    QObject::connect(&window, &MainWindow::closed, &session, [&session] {
        QTimer::singleShot(endLimitMs, qApp, &QApplication::quit);
        session.end();
    });
    QObject::connect(&session, &Session::ended, &app, &QApplication::quit);
    window.show();
    QTimer::singleShot(0, &session, [&] {
        session.lookAt(profileOf(options));
        if (!options.link.isEmpty()) window.openLink(options.link);
    });
    return QApplication::exec();
}

}  // namespace nova::shell
