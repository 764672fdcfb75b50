#include "app/engine/stack/s3_home.h"

#include <signal.h>

#include <QDir>
#include <QFile>

#include "app/engine/stack/folders.h"
#include "app/engine/stack/java_tools.h"
#include "app/engine/stack/paths.h"
#include "app/engine/stack/ports.h"
#include "app/engine/stack/s3_door.h"
#include "app/engine/stack/temporary_server.h"

namespace nova::stack {
namespace {

constexpr const char* archive = "s3.jsa";

QStringList flags() {
    return javaFlags(QStringLiteral("16m"), QStringLiteral("256m"));
}

}  // namespace

S3Home::S3Home() : JavaHome(jars(), flags(), {QLatin1String(archive)}) {}

JarFolder S3Home::jars() {
    return {QStringLiteral("s3"), QStringLiteral("S3Proxy"), 25};
}

QByteArray S3Home::stamp() const {
    return jarFolder().resource("s3.properties") + jarFolder().resource("logback.xml") +
           flags().join(QLatin1Char(' ')).toUtf8();
}

QByteArray S3Home::properties(const S3Access& access, const QString& dataFolder) {
    auto text = jars().resource("s3.properties");
    text.replace("@PORT@", QByteArray::number(access.port));
    text.replace("@ACCESS@", access.accessKey.toUtf8());
    text.replace("@SECRET@", access.secretKey.toUtf8());
    text.replace("@DATA@", dataFolder.toUtf8());
    return text;
}

Launch S3Home::s3(const QString& logbackFolder, const QString& archiveFlag, const QString& propertiesFile) const {
    return java({archiveFlag, QStringLiteral("-Dlogback.configurationFile=%1/logback.xml").arg(logbackFolder)},
                QStringLiteral("org.gaul.s3proxy.Main"), {QStringLiteral("--properties"), propertiesFile});
}

Launch S3Home::server(const QString& propertiesFile) const {
    return s3(templateFolder(), QStringLiteral("-XX:SharedArchiveFile=") + inTemplate(archive), propertiesFile);
}

// One run with all that Nova asks of it; the class archive is taken as it ends.
QString S3Home::makeTemplate(const Preparation& preparation) const {
    preparation.say(QStringLiteral("preparing S3Proxy's class archive, once, about 5 s"));
    const Making making(templateFolder());
    const QString folder = making.folder(), data = folder + QLatin1String("/data"),
                  file = folder + QLatin1String("/s3.properties"),
                  jsa = folder + QLatin1Char('/') + QLatin1String(archive);
    Ports ports((QString()));
    const S3Access access{ports.take(QStringLiteral("s3")), QStringLiteral("training"), QStringLiteral("training")};
    QDir().mkpath(data);
    QString fault;
    if (!writeWhole(folder + QLatin1String("/logback.xml"), jarFolder().resource("logback.xml"), 0600, &fault) ||
        !writeWhole(file, properties(access, QStringLiteral("data")), 0600, &fault))
        return fault;
    S3Door door(access);
    {
        auto launch = s3(folder, QStringLiteral("-XX:ArchiveClassesAtExit=") + jsa, file);
        launch.workDir = folder;
        TemporaryServer server(jarFolder().label(), launch);
        fault = server.waitUntil([&door] { return door.ask(); }, preparation);
        if (fault.isEmpty()) fault = door.exercise();
        if (fault.isEmpty()) fault = server.stop(SIGTERM);
    }
    if (fault.isEmpty() && !QFile::exists(jsa)) fault = QStringLiteral("Java made no class archive");
    if (!fault.isEmpty()) return fault;
    QDir(data).removeRecursively();
    return making.finish();
}

}  // namespace nova::stack
