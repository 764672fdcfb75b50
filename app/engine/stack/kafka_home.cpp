#include "app/engine/stack/kafka_home.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QRegularExpression>
#include <QStandardPaths>
#include <QUuid>

#include "app/engine/stack/cache_lock.h"
#include "app/engine/stack/catalogue.h"
#include "app/engine/stack/folders.h"
#include "app/engine/stack/kafka_door.h"
#include "app/engine/stack/paths.h"
#include "app/engine/stack/ports.h"
#include "app/engine/stack/temporary_server.h"

namespace nova::stack {
namespace {

QByteArray resource(const char* name) {
    return readAll(QLatin1String(":/nova/kafka/") + QLatin1String(name));
}

QStringList javaFlags() {
    return {QStringLiteral("-XX:TieredStopAtLevel=1"),
            QStringLiteral("-XX:+UseSerialGC"),
            QStringLiteral("-Xms64m"),
            QStringLiteral("-Xmx512m"),
            QStringLiteral("-Xshare:auto"),
            QStringLiteral("-XX:-UsePerfData"),
            QStringLiteral("-Xlog:disable"),
            QStringLiteral("-Xlog:all=error:stderr"),
            QStringLiteral("-XX:+ExitOnOutOfMemoryError"),
            QStringLiteral("-Djava.awt.headless=true"),
            QStringLiteral("-Dlog4j2.disable.jmx=true")};
}

}  // namespace

KafkaHome::KafkaHome(const Catalogue& catalogue) : m_catalogue(catalogue), m_java(findJava()) {}

QString KafkaHome::version() {
    static const QRegularExpression tag(QStringLiteral("<kafka.version>([^<]+)</kafka.version>"));
    return tag.match(QString::fromUtf8(resource("pom.xml"))).captured(1);
}

QString KafkaHome::findJava() {
    const auto home = qEnvironmentVariable("JAVA_HOME");
    const auto inHome = home.isEmpty()
                            ? QString()
                            : QStandardPaths::findExecutable(QStringLiteral("java"), {home + QLatin1String("/bin")});
    const auto found = inHome.isEmpty() ? QStandardPaths::findExecutable(QStringLiteral("java")) : inHome;
    return found.isEmpty() ? QString() : QFileInfo(found).canonicalFilePath();
}

QString KafkaHome::javaVersion(const QString& java) {
    static const QRegularExpression line(QStringLiteral("JAVA_VERSION=\"([^\"]+)\""));
    const auto release = QFileInfo(java).dir().absoluteFilePath(QStringLiteral("../release"));
    return line.match(QString::fromUtf8(readAll(release))).captured(1);
}

QString KafkaHome::maven() {
    return QStandardPaths::findExecutable(QStringLiteral("mvn"));
}
QString KafkaHome::jarFolder() const {
    return QStringLiteral("%1/kafka-%2").arg(cacheDir(), version());
}
QString KafkaHome::archive() const {
    return templateFolder() + QLatin1String("/kafka.jsa");
}
QString KafkaHome::storageTemplate() const {
    return templateFolder() + QLatin1String("/storage");
}
// The pom that they were fetched by lies among them.
bool KafkaHome::hasJars() const {
    return readAll(jarFolder() + QLatin1String("/pom.xml")) == resource("pom.xml");
}
bool KafkaHome::isPrepared() const {
    return hasJars() && QFile::exists(archive()) && QFile::exists(storageTemplate());
}

QStringList KafkaHome::jars() const {
    QStringList paths;
    for (const auto& jar : QDir(jarFolder()).entryList({QStringLiteral("*.jar")}, QDir::Files, QDir::Name))
        paths << jarFolder() + QLatin1Char('/') + jar;
    return paths;
}

QString KafkaHome::templateFolder() const {
    QCryptographicHash hash(QCryptographicHash::Sha256);
    const QFileInfo binary(m_java);
    const auto add = [&hash](const QByteArray& bytes) { hash.addData(bytes); };
    add(m_java.toUtf8());
    add(QByteArray::number(binary.size()));
    add(QByteArray::number(binary.lastModified().toSecsSinceEpoch()));
    add(readAll(binary.dir().absoluteFilePath(QStringLiteral("../release"))));
    for (const char* name : {"pom.xml", "server.properties", "log4j2.properties"}) add(resource(name));
    add("three runs");  // how the archive is trained
    add(javaFlags().join(QLatin1Char(' ')).toUtf8());
    for (const auto& topic : topicSpecs(m_catalogue)) {
        add(QByteArray::fromStdString(topic.name));
        add(QByteArray::number(topic.partitions));
        for (const auto& [key, value] : topic.config) add(QByteArray::fromStdString(key + value));
    }
    return jarFolder() + QLatin1Char('-') + QString::fromLatin1(hash.result().toHex().left(12));
}

QByteArray KafkaHome::properties(int brokerPort, int controllerPort, const QString& dataFolder) {
    auto text = resource("server.properties");
    text.replace("@BROKER@", QByteArray::number(brokerPort));
    text.replace("@CONTROLLER@", QByteArray::number(controllerPort));
    text.replace("@DATA@", dataFolder.toUtf8());
    return text;
}

Launch KafkaHome::java(const QString& log4jFolder, const QStringList& flags, const QString& mainClass,
                       const QStringList& arguments) const {
    Launch launch;
    launch.program = m_java;
    launch.arguments = javaFlags() + flags;
    launch.arguments << QStringLiteral("-Dlog4j2.configurationFile=%1/log4j2.properties").arg(log4jFolder)
                     << QStringLiteral("-cp") << jars().join(QLatin1Char(':')) << mainClass << arguments;
    return launch;
}

Launch KafkaHome::server(const QString& propertiesFile) const {
    return java(templateFolder(), {QStringLiteral("-XX:SharedArchiveFile=") + archive()}, QStringLiteral("kafka.Kafka"),
                {propertiesFile});
}

QString KafkaHome::ensure(const Preparation& preparation) const {
    if (m_java.isEmpty()) return QStringLiteral("Java is missing");
    if (isPrepared()) return {};
    CacheLock lock(QStringLiteral("kafka"));
    if (const auto fault = lock.take(preparation); !fault.isEmpty()) return fault;
    if (!hasJars()) {
        if (const auto fault = fetchJars(preparation); !fault.isEmpty()) return fault;
    }
    return isPrepared() ? QString() : makeTemplate(preparation);
}

QString KafkaHome::fetchJars(const Preparation& preparation) const {
    if (maven().isEmpty())
        return QStringLiteral("Kafka's jars are not in %1, and Maven, which fetches them, is missing").arg(jarFolder());
    preparation.say(QStringLiteral("fetching Kafka %1 from Maven Central, about 45 MB").arg(version()));
    const Making making(jarFolder());
    const QString pom = making.folder() + QLatin1String("/pom.xml");
    QString fault;
    if (!writeWhole(pom, resource("pom.xml"), 0600, &fault)) return fault;
    Launch launch;
    launch.program = maven();
    launch.workDir = making.folder();
    launch.arguments = {QStringLiteral("-q"),
                        QStringLiteral("-B"),
                        QStringLiteral("-f"),
                        pom,
                        QStringLiteral("dependency:copy-dependencies"),
                        QStringLiteral("-DincludeScope=runtime"),
                        QStringLiteral("-DoutputDirectory=%1").arg(making.folder())};
    const auto fetched = runTool(launch, preparation.cancelled);
    if (!fetched.ok)
        return QStringLiteral("Maven could not fetch Kafka's jars: %1")
            .arg(fetched.output.section(QLatin1Char('\n'), 0, 2));
    return making.finish();
}

QString KafkaHome::makeTemplate(const Preparation& preparation) const {
    preparation.say(QStringLiteral("preparing Kafka's class archive and storage, once, about 20 s"));
    const Making making(templateFolder());
    const QString folder = making.folder(), storage = folder + QLatin1String("/storage"),
                  file = folder + QLatin1String("/server.properties");
    QString fault;
    if (!writeWhole(folder + QLatin1String("/log4j2.properties"), resource("log4j2.properties"), 0600, &fault) ||
        !writeWhole(file, properties(1, 2, storage), 0600, &fault))
        return fault;
    const auto id =
        QUuid::createUuid().toRfc4122().toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
    const auto format =
        java(folder, {}, QStringLiteral("kafka.tools.StorageTool"),
             {QStringLiteral("format"), QStringLiteral("-t"), QString::fromLatin1(id), QStringLiteral("-c"), file});
    if (const auto formatted = runTool(format, preparation.cancelled); !formatted.ok) return formatted.output;
    // First a run that makes the topics and the group coordination. Then, on a copy, two runs with records and a group,
    // the second of which has a group to load, as every later start has; the class archive is taken from that one.
    fault = trainingRun(folder, storage, {}, preparation, [](KafkaDoor& door) { return door.touchGroups(); });
    if (!fault.isEmpty()) return fault;
    const QString copy = folder + QLatin1String("/training"), jsa = folder + QLatin1String("/kafka.jsa");
    if (fault = copyFolder(storage, copy); !fault.isEmpty()) return fault;
    const auto exercise = [this](KafkaDoor& door) { return door.exercise(m_catalogue.topics().last().name); };
    fault = trainingRun(folder, copy, {}, preparation, exercise);
    if (!fault.isEmpty()) return fault;
    fault = trainingRun(folder, copy, {QStringLiteral("-XX:ArchiveClassesAtExit=") + jsa}, preparation, exercise);
    if (fault.isEmpty() && !QFile::exists(jsa)) fault = QStringLiteral("Java made no class archive");
    if (!fault.isEmpty()) return fault;
    QDir(copy).removeRecursively();
    return making.finish();
}

QString KafkaHome::trainingRun(const QString& folder, const QString& storage, const QStringList& flags,
                               const Preparation& preparation, const std::function<QString(KafkaDoor&)>& work) const {
    Ports ports((QString()));
    const int port = ports.take(QStringLiteral("broker")), controller = ports.take(QStringLiteral("controller"));
    const QString file = folder + QLatin1String("/server.properties");
    QString fault;
    if (!writeWhole(file, properties(port, controller, storage), 0600, &fault)) return fault;
    KafkaDoor door(port, m_catalogue);
    TemporaryServer broker(QStringLiteral("Kafka"), java(folder, flags, QStringLiteral("kafka.Kafka"), {file}));
    fault = broker.waitUntil([&door] { return door.ask(); }, preparation);
    if (fault.isEmpty()) fault = work(door);
    return fault.isEmpty() ? broker.stop(SIGTERM) : fault;
}

}  // namespace nova::stack
