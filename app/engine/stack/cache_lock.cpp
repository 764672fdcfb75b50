#include "app/engine/stack/cache_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <QDir>
#include <QFile>
#include <QThread>

#include "app/engine/stack/paths.h"

namespace nova::stack {

CacheLock::~CacheLock() {
    if (m_fd >= 0) close(m_fd);
}

QString CacheLock::take(const Preparation& preparation) {
    QDir().mkpath(cacheDir());
    const auto file = QStringLiteral("%1/%2.lock").arg(cacheDir(), m_what);
    m_fd = open(QFile::encodeName(file).constData(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (m_fd < 0) return QStringLiteral("cannot open %1").arg(file);
    for (bool said = false; flock(m_fd, LOCK_EX | LOCK_NB) != 0; QThread::msleep(50)) {
        if (preparation.cancelled()) return QStringLiteral("given up");
        if (!said) preparation.say(QStringLiteral("another Nova Console prepares %1, waiting for it").arg(m_what));
        said = true;
    }
    return {};
}

}  // namespace nova::stack
