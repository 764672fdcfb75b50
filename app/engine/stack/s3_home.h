// S3Proxy's jars as resources/s3/pom.xml names them; its template: a class-data archive.
#pragma once

#include "app/engine/stack/java_home.h"

namespace nova::stack {

// How one bucket of one server is reached.
struct S3Access {
    int port = 0;
    QString accessKey, secretKey;

    static constexpr const char* bucket = "nova-media";
    QString endpoint() const { return QStringLiteral("http://127.0.0.1:%1").arg(port); }
};

class S3Home final : public JavaHome {
public:
    S3Home();
    static JarFolder jars();
    Launch server(const QString& propertiesFile) const;
    // s3.properties with its names filled in; it holds the secret key. `dataFolder` may be as seen from where the server
    // runs: Java's property files know Latin-1 alone.
    static QByteArray properties(const S3Access& access, const QString& dataFolder);

private:
    QByteArray stamp() const override;
    QString makeTemplate(const Preparation& preparation) const override;
    Launch s3(const QString& logbackFolder, const QString& archiveFlag, const QString& propertiesFile) const;
};

}  // namespace nova::stack
