// Loopback ports of the parts, chosen once, kept in <data>/ports.json, chosen anew only when somebody else took one.
// Below the kernel's range for outgoing connections, so that no client of anybody's sits on one at the next start.
// Thread: any, one at a time.
#pragma once

#include <QMap>
#include <QString>

namespace nova::stack {

class Ports {
public:
    explicit Ports(QString file);  // reads it; empty: nothing is kept
    int take(const QString& key);  // "feed-service/0.http"; 0 when no port is free
    bool save(QString* fault) const;
    static bool isFree(int port);

private:
    QString m_file;
    QMap<QString, int> m_kept, m_taken;
};

}  // namespace nova::stack
