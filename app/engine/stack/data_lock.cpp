#include "app/engine/stack/data_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <QFile>
#include <QThread>
#include <cerrno>
#include <cstring>

namespace nova::stack {
namespace {

int openLock(const QString& file, int flags) {
    return open(QFile::encodeName(file).constData(), flags | O_CLOEXEC, 0600);
}

qint64 pidIn(int fd) {
    char text[32] = {};
    return pread(fd, text, sizeof text - 1, 0) > 0 ? QByteArray(text).trimmed().toLongLong() : 0;
}

}  // namespace

bool DataLock::take() {
    if (held()) return true;
    m_fault.clear();
    const int fd = openLock(m_file, O_RDWR | O_CREAT);
    if (fd < 0) {
        m_fault = QStringLiteral("cannot open %1: %2").arg(m_file, QString::fromLocal8Bit(std::strerror(errno)));
        return false;
    }
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        close(fd);
        return false;
    }
    const QByteArray pid = QByteArray::number(getpid()) + '\n';
    if (ftruncate(fd, 0) != 0 || pwrite(fd, pid.constData(), static_cast<std::size_t>(pid.size()), 0) != pid.size()) {
        m_fault = QStringLiteral("cannot write %1: %2").arg(m_file, QString::fromLocal8Bit(std::strerror(errno)));
        close(fd);
        return false;
    }
    m_fd = fd;
    return true;
}

void DataLock::release() {
    if (m_fd >= 0) close(m_fd);
    m_fd = -1;
}

qint64 DataLock::owner(const QString& file) {
    const int fd = openLock(file, O_RDONLY);
    if (fd < 0) return 0;
    qint64 pid = 0;
    const bool isFree = flock(fd, LOCK_SH | LOCK_NB) == 0;
    for (int i = 0; !isFree && pid == 0 && i < 20;
         ++i) {  // it may have been taken a moment ago, its pid not yet written
        pid = pidIn(fd);
        if (pid == 0) QThread::msleep(1);
    }
    close(fd);
    return pid;
}

}  // namespace nova::stack
