#include "app/engine/stack/folders.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QMutex>
#include <QMutexLocker>
#include <cerrno>
#include <cstdio>
#include <cstring>

#include "app/engine/stack/launch.h"

namespace nova::stack {

Making::Making(QString path)
    : m_target(std::move(path)), m_folder(QStringLiteral("%1.making-%2").arg(m_target).arg(getpid())) {
    // Whoever makes the same thing holds its lock: others' unfinished folders are what a killed process left.
    const QFileInfo target(m_target);
    for (const auto& left : target.dir().entryInfoList({target.fileName() + QLatin1String(".making-*")}, QDir::Dirs))
        QDir(left.absoluteFilePath()).removeRecursively();
    QDir().mkpath(m_folder);
}

Making::~Making() {
    QDir(m_folder).removeRecursively();
}

QString Making::finish() const {
    QDir(m_target).removeRecursively();
    if (std::rename(QFile::encodeName(m_folder).constData(), QFile::encodeName(m_target).constData()) == 0) return {};
    return QStringLiteral("cannot make %1: %2").arg(m_target, QString::fromLocal8Bit(std::strerror(errno)));
}

QString copyFolder(const QString& from, const QString& to) {
    Launch launch;
    launch.program = QStringLiteral("cp");
    launch.arguments = {QStringLiteral("-a"),
                        QStringLiteral("--reflink=auto"),
                        QStringLiteral("--sparse=auto"),
                        QStringLiteral("-T"),
                        from,
                        to};
    static QMutex oneAtATime;  // two at once would only keep each other from the disk
    const QMutexLocker lock(&oneAtATime);
    const auto copied = runTool(launch, [] { return false; });
    return copied.ok ? QString() : copied.output;
}

void noteUse(const QString& folder) {
    utimensat(AT_FDCWD, QFile::encodeName(folder).constData(), nullptr, 0);
}

void pruneUnused(const QString& pattern) {
    const QFileInfo all(pattern);
    const auto oldest = QDateTime::currentDateTimeUtc().addDays(-unusedDays);
    for (const auto& one : all.dir().entryInfoList({all.fileName()}, QDir::Dirs | QDir::NoDotAndDotDot))
        if (!one.fileName().contains(QLatin1String(".making-")) && one.lastModified() < oldest)
            QDir(one.absoluteFilePath()).removeRecursively();
}

}  // namespace nova::stack
