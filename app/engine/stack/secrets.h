// Passwords, the keys of the local S3 and token keys of one data folder, made at its first start: secrets.json and
// keys/, 0600. Thread: any, one at a time.
#pragma once

#include <QByteArray>
#include <QMap>
#include <QString>
#include <QStringList>
#include <optional>

#include "app/engine/stack/paths.h"

namespace nova::stack {

inline constexpr const char* adminRole = "nova_admin";    // owns the cluster; used by the supervisor alone
inline constexpr const char* readerRole = "nova_reader";  // reads everything; the run file's URI

struct Secrets {
    QMap<QString, QString> postgres;   // role → password
    QString s3AccessKey, s3SecretKey;

    // Reads, and makes what is missing. `roles`: the services' own, besides admin and reader.
    static std::optional<Secrets> load(const DataPaths& paths, const QStringList& roles, QString* fault);
    static QString newPassword();  // 192 random bits, safe in a URI
    // What PostgreSQL keeps of a password (RFC 5803), with one iteration instead of 4,096: they make guessing dear, and
    // nobody guesses 192 random bits; each new connection of each service would pay 3 ms for them.
    static QByteArray scramVerifier(const QByteArray& password, const QByteArray& salt);
};

}  // namespace nova::stack
