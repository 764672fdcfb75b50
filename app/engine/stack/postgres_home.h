// What PostgreSQL needs beside the data folder: its programs, wherever this machine has them, and in the user's cache,
// per version, a cluster made by initdb that is copied for each data folder. Blocking; thread: any.
#pragma once

#include <QStringList>

#include "app/engine/stack/recipe.h"

namespace nova::stack {

class PostgresHome {
public:
    explicit PostgresHome(QStringList schemas);  // that a template has already

    static QString findPrograms();                 // folder with postgres and initdb; empty: none
    QString version() const { return m_version; }  // "15"
    QString postgres() const;
    // As root: in a user namespace, else as the machine's own database user. Not root: as we are.
    static RunAs runAs();
    Launch server(const QString& cluster, int port) const;
    // Where the cluster of a data folder lies: within it, or, where another user must enter, below
    // /var/lib/nova-console.
    static QString clusterFolder(const QString& dataDir);

    QString ensureTemplate(const Preparation& preparation) const;  // the fault, or ""
    QString copyTemplate(const QString& cluster) const;            // the fault, or ""; `cluster` must not exist
    // The administrator's password of a fresh copy; the first start replaces it.
    QString templatePassword() const;

private:
    QString templateFolder() const;
    QString makeCluster(const QString& cluster, const QString& passwordFile, const Preparation& preparation) const;
    QString furnish(const QString& cluster, const QString& password, const Preparation& preparation) const;
    QString m_programs, m_version;
    QStringList m_schemas;
};

}  // namespace nova::stack
