// The supervisor's own way into the local PostgreSQL: is it there, and does it have the roles, schemas and rights that
// Nova needs: a role per service that owns the schema of its name, and nova_reader, which may read every table there is
// and will be. What is missing is made; a fresh cluster gets its passwords. Blocking; thread: any, one question at a
// time (it locks).
#pragma once

#include <QString>
#include <QStringList>
#include <memory>

#include "app/engine/stack/probe.h"
#include "app/engine/stack/secrets.h"

namespace nova::stack {

// postgresql://role:password@127.0.0.1:port/nova
QString postgresUri(int port, const QString& role, const QString& password);

struct PostgresAccess {
    int port = 0;
    QString cluster;           // its data folder
    QString templatePassword;  // the administrator's, while the cluster is fresh
    QStringList schemas;
    Secrets secrets;
};

class PostgresDoor {
public:
    explicit PostgresDoor(PostgresAccess access);
    ~PostgresDoor();
    Q_DISABLE_COPY_MOVE(PostgresDoor)
    // Serving when a statement is answered and all that is there. About 1 s at most.
    ProbeAnswer ask();
    // Drops the databases that initdb makes and nobody uses here, so that a copy of the cluster is half the size; the
    // fault, or "".
    QString dropSpareDatabases();
    // A cluster copied from the template carries this file until it has passwords of its own.
    static QString freshMark(const QString& cluster) { return cluster + QLatin1String("/nova-fresh"); }

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::stack
