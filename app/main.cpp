// nova-console: with a command it works in the terminal, without one it opens the window.
#include <fcntl.h>
#include <langinfo.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QApplication>
#include <QFile>
#include <QTemporaryDir>
#include <algorithm>
#include <clocale>
#include <cstdio>
#include <optional>
#include <type_traits>

#include "app/commands/dispatch.h"
#include "app/commands/display.h"
#include "app/commands/play.h"
#include "app/shell/window_main.h"
#include "app/views/action_picture.h"
#include "app/views/record_link.h"

namespace {

using namespace nova::commands;

// What a full disk did not take is lost; who closed a pipe has read enough.
int told(int exit) {
    struct stat output {};
    const bool failed = std::fflush(stdout) != 0 || std::ferror(stdout);
    const bool isPipe = fstat(STDOUT_FILENO, &output) == 0 && (S_ISFIFO(output.st_mode) || S_ISSOCK(output.st_mode));
    if (!failed || isPipe) return exit;
    return fail(exitCode::badNews, QStringLiteral("the output could not be written whole: is the disk full?"));
}

// Qt looks for it as it starts, and complains and makes one where there is none. Afterwards all is as it was, for the
// programs that this one starts.
class LentRuntimeFolder {
public:
    LentRuntimeFolder() {
        if (m_lent && m_folder.isValid()) qputenv("XDG_RUNTIME_DIR", QFile::encodeName(m_folder.path()));
    }
    ~LentRuntimeFolder() {
        if (m_lent) qunsetenv("XDG_RUNTIME_DIR");
    }
    LentRuntimeFolder(const LentRuntimeFolder&) = delete;
    LentRuntimeFolder& operator=(const LentRuntimeFolder&) = delete;

private:
    const bool m_lent = qEnvironmentVariableIsEmpty("XDG_RUNTIME_DIR");
    const QTemporaryDir m_folder;
};

template <typename Application>
int runIn(int argc, char** argv, const Arguments& arguments) {
    std::optional<LentRuntimeFolder> lent;
    if constexpr (std::is_same_v<Application, QApplication>) lent.emplace();
    Application app(argc, argv);
    lent.reset();
    QCoreApplication::setApplicationName(QStringLiteral("nova-console"));
    QCoreApplication::setApplicationVersion(QStringLiteral(NOVA_VERSION));
    return told(run(arguments));
}

// A picture is painted without a display, by fonts and all; nothing else of a command needs them.
bool paints(const Arguments& arguments) {
    return arguments.command == "play" &&
           std::any_of(arguments.words.begin(), arguments.words.end(),
                       [](const auto& word) { return word.ends_with(".svg") || word.ends_with(".png"); });
}

int runCommand(int argc, char** argv, const Arguments& arguments) {
    if (!paints(arguments)) return runIn<QCoreApplication>(argc, argv, arguments);
    setPainter([](const QString& title, const QVector<nova::engine::Action>& actions, const QString& file) {
        return nova::views::saveActionPicture(title, actions, true, file);  // scenarios are played on a local Nova
    });
    qputenv("QT_QPA_PLATFORM", "offscreen");
    return runIn<QApplication>(argc, argv, arguments);
}

// File names and all that is printed are UTF-8, here and in the programs that we start, Java among them.
void speakUtf8() {
    std::setlocale(LC_ALL, "");
    if (QByteArrayView(nl_langinfo(CODESET)) != "UTF-8") qputenv("LC_ALL", "C.UTF-8");
}

// Where one of them is closed, the next file that is opened would be it, and take what is printed.
void openStandardStreams() {
    for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
        if (fcntl(fd, F_GETFD) < 0) static_cast<void>(open("/dev/null", fd == STDIN_FILENO ? O_RDONLY : O_WRONLY));
}

}  // namespace

int main(int argc, char** argv) {
    openStandardStreams();
    speakUtf8();
    auto request = understand(argc, argv);
    if (request.kind == Request::Kind::answered) return request.exit;
    if (request.kind == Request::Kind::command) return runCommand(argc, argv, request.arguments);
    const auto options = windowOptions(request.arguments);
    if (!options) return exitCode::wrongUsage;
    if (!options->link.isEmpty() && !nova::views::RecordLink::parse(options->link))
        return fail(
            exitCode::wrongUsage,
            QStringLiteral("%1 is no link to a record: nova://PROFILE/TOPIC/PARTITION/OFFSET").arg(options->link));
    if (displayIsReachable())
        return nova::shell::runWindow(argc, argv, {options->dataDir, options->profile, options->link});
    if (!options->profile.isEmpty())
        return fail(exitCode::cannotConnect, QStringLiteral("no display is reachable: use ssh -X, or the commands "
                                                            "(nova-console --help)"));
    std::fputs(
        "nova-console: no display is reachable: use ssh -X, or the commands (nova-console --help); starting the local "
        "Nova as `up` does\n",
        stderr);
    request.arguments.command = "up";
    return runCommand(argc, argv, request.arguments);
}
