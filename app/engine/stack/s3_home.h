// What the local S3 server needs beside the data folder, in the user's cache, made once and shared by all data folders:
// the jars that resources/s3/pom.xml names, and per Java and settings a class-data archive. Blocking; thread: any (a
// lock file keeps two processes from making the same thing).
#pragma once

#include <QString>

#include "app/engine/stack/jar_folder.h"
#include "app/engine/stack/recipe.h"

namespace nova::stack {

// How one bucket of one server is reached.
struct S3Access {
    int port = 0;
    QString accessKey, secretKey;

    static constexpr const char* bucket = "nova-media";
    QString endpoint() const { return QStringLiteral("http://127.0.0.1:%1").arg(port); }
};

class S3Home {
public:
    S3Home();
    static JarFolder jars();
    bool isPrepared() const;
    // Fetches and makes what is missing; the fault, or "".
    QString ensure(const Preparation& preparation) const;
    Launch server(const QString& propertiesFile) const;
    // s3.properties with its names filled in; it holds the secret key.
    static QByteArray properties(const S3Access& access, const QString& dataFolder);

private:
    Launch java(const QString& logbackFolder, const QString& archiveFlag, const QString& propertiesFile) const;
    QString makeTemplate(const Preparation& preparation) const;
    QString templateFolder() const;

    JarFolder m_jars;
    QString m_java;
};

}  // namespace nova::stack
