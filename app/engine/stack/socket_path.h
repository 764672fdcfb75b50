// What a socket is called where its path may be longer than a socket's may be (108 bytes): its folder is held open, and
// named by that. It is found from the folder alone, whatever the environment of who looks for it. Thread: any, one at a
// time.
#pragma once

#include <QString>

namespace nova::stack {

class SocketPath {
public:
    explicit SocketPath(const QString& file);
    ~SocketPath();
    Q_DISABLE_COPY_MOVE(SocketPath)

    // For listen() and connect() of this process; good as long as this lives. The path itself where that is short
    // enough, or where there is no such folder.
    [[nodiscard]] QString name() const { return m_name; }

private:
    QString m_name;
    int m_folder = -1;
};

}  // namespace nova::stack
