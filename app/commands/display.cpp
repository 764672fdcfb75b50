#include "app/commands/display.h"

#include <dlfcn.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <QFile>
#include <QLibraryInfo>
#include <QString>
#include <cstring>

namespace nova::commands {
namespace {

// By the library that Qt's own X plugin uses, so that the answer, access rights included, is Qt's.
bool xServerLetsUsIn() {
    if (qEnvironmentVariableIsEmpty("DISPLAY")) return false;
    void* library = dlopen("libxcb.so.1", RTLD_NOW);
    if (!library) return false;
    using Connect = void* (*)(const char*, int*);
    using HasError = int (*)(void*);
    using Disconnect = void (*)(void*);
    const auto connect = reinterpret_cast<Connect>(dlsym(library, "xcb_connect"));
    const auto hasError = reinterpret_cast<HasError>(dlsym(library, "xcb_connection_has_error"));
    const auto disconnect = reinterpret_cast<Disconnect>(dlsym(library, "xcb_disconnect"));
    if (!connect || !hasError || !disconnect) return false;
    void* connection = connect(nullptr, nullptr);
    const bool fine = hasError(connection) == 0;
    disconnect(connection);
    return fine;
}

bool accepts(const QByteArray& socketPath) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (static_cast<std::size_t>(socketPath.size()) >= sizeof address.sun_path) return false;
    std::memcpy(address.sun_path, socketPath.constData(), static_cast<std::size_t>(socketPath.size()));
    const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return false;
    const bool yes = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(fd);
    return yes;
}

bool waylandAnswers() {
    const auto name = qgetenv("WAYLAND_DISPLAY");
    const QString plugins = QLibraryInfo::path(QLibraryInfo::PluginsPath) + QLatin1String("/platforms/");
    if (name.isEmpty() || !QFile::exists(plugins + QLatin1String("libqwayland-generic.so"))) return false;
    return accepts(name.startsWith('/') ? name : QByteArray(qgetenv("XDG_RUNTIME_DIR") + '/' + name));
}

}  // namespace

bool displayIsReachable() {
    const auto asked = qgetenv("QT_QPA_PLATFORM");
    if (!asked.isEmpty() && !asked.startsWith("xcb") && !asked.startsWith("wayland")) return true;
    return xServerLetsUsIn() || waylandAnswers();
}

}  // namespace nova::commands
