#include "app/engine/stack/socket_path.h"

#include <fcntl.h>
#include <unistd.h>

#include <QFile>
#include <QFileInfo>

namespace nova::stack {
namespace {

constexpr int longest = 90;  // sun_path holds 108, and QLocalServer makes one beside it first

}  // namespace

SocketPath::SocketPath(const QString& file) : m_name(file) {
    if (QFile::encodeName(file).size() <= longest) return;
    const QFileInfo socket(file);
    m_folder = open(QFile::encodeName(socket.path()).constData(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (m_folder >= 0) m_name = QStringLiteral("/proc/self/fd/%1/%2").arg(m_folder).arg(socket.fileName());
}

SocketPath::~SocketPath() {
    if (m_folder >= 0) close(m_folder);
}

}  // namespace nova::stack
