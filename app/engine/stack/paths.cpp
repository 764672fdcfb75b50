#include "app/engine/stack/paths.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace nova::stack {
namespace {

// Qt's home is "/" where $HOME is not set.
QString home() {
    if (!qEnvironmentVariableIsEmpty("HOME")) return QDir::homePath();
    const auto* user = getpwuid(getuid());
    return user ? QFile::decodeName(user->pw_dir) : QDir::homePath();
}

QString underHome(const char* variable, const char* otherwise) {
    const auto set = qEnvironmentVariable(variable);
    const QString base = set.isEmpty() ? home() + QLatin1String(otherwise) : set;
    return QDir::cleanPath(base + QLatin1String("/nova-console"));
}

bool complain(QString* fault, const QString& what, const QString& path) {
    if (fault) *fault = QStringLiteral("%1 %2: %3").arg(what, path, QString::fromLocal8Bit(std::strerror(errno)));
    return false;
}

bool refuse(QString* fault, const QString& folder, const QString& why) {
    if (fault)
        *fault = QStringLiteral("cannot keep a Nova in %1: %2; name a folder of its own, as --data %1/nova")
                     .arg(folder, why);
    return false;
}

bool isPrivate(const QString& folder) {
    struct stat about {};
    return lstat(QFile::encodeName(folder).constData(), &about) == 0 && S_ISDIR(about.st_mode) &&
           (about.st_mode & (S_IRWXG | S_IRWXO)) == 0;
}

bool writeFully(int fd, const QByteArray& bytes) {
    qsizetype done = 0;
    while (done < bytes.size()) {
        const auto n = write(fd, bytes.constData() + done, static_cast<std::size_t>(bytes.size() - done));
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        done += n;
    }
    return true;
}

// Durable: on the disk before it takes the name, else a power failure may leave an empty file where a whole one was.
bool replace(const QString& file, const QByteArray& bytes, int mode, bool durable, QString* fault) {
    const auto target = QFile::encodeName(file);
    const QByteArray beside = target + ".new-" + QByteArray::number(getpid());
    unlink(beside.constData());
    const int fd = open(beside.constData(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, static_cast<mode_t>(mode));
    if (fd < 0) return complain(fault, QStringLiteral("cannot write"), file);
    const bool written =
        writeFully(fd, bytes) && fchmod(fd, static_cast<mode_t>(mode)) == 0 && (!durable || fsync(fd) == 0);
    close(fd);
    if (written && std::rename(beside.constData(), target.constData()) == 0) return true;
    unlink(beside.constData());
    return complain(fault, QStringLiteral("cannot write"), file);
}

}  // namespace

QString defaultDataDir() {
    return underHome("XDG_DATA_HOME", "/.local/share");
}
QString cacheDir() {
    return underHome("XDG_CACHE_HOME", "/.cache");
}

// The rights of a folder that is there are its owner's affair; all users' /tmp is not taken for a data folder.
bool DataPaths::makeRoot(QString* fault) const {
    const auto path = QFile::encodeName(root);
    if (QDir().mkpath(QFileInfo(root).path()) && mkdir(path.constData(), 0700) == 0) return true;
    if (errno != EEXIST) return complain(fault, QStringLiteral("cannot make the folder"), root);
    struct stat about {};
    if (stat(path.constData(), &about) != 0) return complain(fault, QStringLiteral("cannot look into"), root);
    if (!S_ISDIR(about.st_mode)) return refuse(fault, root, QStringLiteral("it is no folder"));
    if (root == defaultDataDir()) {
        return chmod(path.constData(), 0700) == 0 || complain(fault, QStringLiteral("cannot own the folder"), root);
    }
    if ((about.st_mode & S_IWOTH) != 0 && (about.st_mode & S_ISVTX) != 0)
        return refuse(fault, root, QStringLiteral("it is shared by all users"));
    return true;
}

bool DataPaths::makeFolders(QString* fault) const {
    if (!makeRoot(fault)) return false;
    for (const auto& dir : {keys(), log(), run()}) {
        if (mkdir(QFile::encodeName(dir).constData(), 0700) == 0) continue;
        if (errno != EEXIST) return complain(fault, QStringLiteral("cannot make the folder"), dir);
        if (dir != log() && !isPrivate(dir))
            return refuse(fault, root,
                          QStringLiteral("others may enter its folder %1").arg(QDir(root).relativeFilePath(dir)));
    }
    return true;
}

bool writeWhole(const QString& file, const QByteArray& bytes, int mode, QString* fault) {
    return replace(file, bytes, mode, false, fault);
}

bool writeDurably(const QString& file, const QByteArray& bytes, int mode, QString* fault) {
    return replace(file, bytes, mode, true, fault);
}

QByteArray readAll(const QString& file) {
    QFile in(file);
    return in.open(QIODevice::ReadOnly) ? in.readAll() : QByteArray();
}

}  // namespace nova::stack
