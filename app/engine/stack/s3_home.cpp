#include "app/engine/stack/s3_home.h"

#include <signal.h>

#include <QCryptographicHash>
#include <QDir>
#include <QFile>

#include "app/engine/stack/cache_lock.h"
#include "app/engine/stack/folders.h"
#include "app/engine/stack/java_tools.h"
#include "app/engine/stack/paths.h"
#include "app/engine/stack/ports.h"
#include "app/engine/stack/s3_door.h"
#include "app/engine/stack/temporary_server.h"

namespace nova::stack {
namespace {

QStringList flags() {
    return javaFlags(QStringLiteral("16m"), QStringLiteral("256m"));
}

}  // namespace

S3Home::S3Home() : m_jars(jars()), m_java(findJava()) {}

JarFolder S3Home::jars() {
    return {QStringLiteral("s3"), QStringLiteral("S3Proxy"), 25};
}

bool S3Home::isPrepared() const {
    return m_jars.isComplete() && QFile::exists(templateFolder() + QLatin1String("/s3.jsa"));
}

QString S3Home::templateFolder() const {
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(javaStamp(m_java));
    for (const char* name : {"pom.xml", "s3.properties", "logback.xml"}) hash.addData(m_jars.resource(name));
    hash.addData(flags().join(QLatin1Char(' ')).toUtf8());
    return m_jars.path() + QLatin1Char('-') + QString::fromLatin1(hash.result().toHex().left(12));
}

QByteArray S3Home::properties(const S3Access& access, const QString& dataFolder) {
    auto text = jars().resource("s3.properties");
    text.replace("@PORT@", QByteArray::number(access.port));
    text.replace("@ACCESS@", access.accessKey.toUtf8());
    text.replace("@SECRET@", access.secretKey.toUtf8());
    text.replace("@DATA@", dataFolder.toUtf8());
    return text;
}

Launch S3Home::java(const QString& logbackFolder, const QString& archiveFlag, const QString& propertiesFile) const {
    Launch launch;
    launch.program = m_java;
    launch.arguments = flags();
    launch.arguments << archiveFlag << QStringLiteral("-Dlogback.configurationFile=%1/logback.xml").arg(logbackFolder)
                     << QStringLiteral("-cp") << m_jars.classPath() << QStringLiteral("org.gaul.s3proxy.Main")
                     << QStringLiteral("--properties") << propertiesFile;
    return launch;
}

Launch S3Home::server(const QString& propertiesFile) const {
    const auto folder = templateFolder();
    return java(folder, QStringLiteral("-XX:SharedArchiveFile=%1/s3.jsa").arg(folder), propertiesFile);
}

QString S3Home::ensure(const Preparation& preparation) const {
    if (m_java.isEmpty()) return QStringLiteral("Java is missing");
    if (!isPrepared()) {
        CacheLock lock(QStringLiteral("s3"));
        if (const auto fault = lock.take(preparation); !fault.isEmpty()) return fault;
        if (!m_jars.isComplete()) {
            if (const auto fault = m_jars.fetch(preparation); !fault.isEmpty()) return fault;
        }
        if (!isPrepared()) {
            if (const auto fault = makeTemplate(preparation); !fault.isEmpty()) return fault;
        }
    }
    for (const auto& used : {m_jars.path(), templateFolder()}) noteUse(used);
    pruneUnused(cacheDir() + QLatin1String("/s3-*"));
    return {};
}

// One run with all that Nova asks of it; the class archive is taken as it ends.
QString S3Home::makeTemplate(const Preparation& preparation) const {
    preparation.say(QStringLiteral("preparing S3Proxy's class archive, once, about 5 s"));
    const Making making(templateFolder());
    const QString folder = making.folder(), data = folder + QLatin1String("/data"),
                  file = folder + QLatin1String("/s3.properties"), jsa = folder + QLatin1String("/s3.jsa");
    Ports ports((QString()));
    const S3Access access{ports.take(QStringLiteral("s3")), QStringLiteral("training"), QStringLiteral("training")};
    QDir().mkpath(data);
    QString fault;
    if (!writeWhole(folder + QLatin1String("/logback.xml"), m_jars.resource("logback.xml"), 0600, &fault) ||
        !writeWhole(file, properties(access, data), 0600, &fault))
        return fault;
    S3Door door(access);
    {
        TemporaryServer server(m_jars.label(), java(folder, QStringLiteral("-XX:ArchiveClassesAtExit=") + jsa, file));
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
