// Loopback ports of the parts, chosen once, kept in <data>/ports.json, chosen anew only when somebody else took one.
// Below the kernel's range for outgoing connections, so that no client of anybody's sits on one at the next start.
// Thread: any, one at a time.
#pragma once

#include <QMap>
#include <QString>
#include <QStringList>

namespace nova::stack {

struct CataloguePart;
QStringList portKeys(const CataloguePart& part, int replicas);  // of its replicas from 0 on

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
