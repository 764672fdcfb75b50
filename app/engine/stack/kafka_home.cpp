#include "app/engine/stack/kafka_home.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QUuid>

#include "app/engine/stack/cache_lock.h"
#include "app/engine/stack/catalogue.h"
#include "app/engine/stack/folders.h"
#include "app/engine/stack/java_tools.h"
#include "app/engine/stack/kafka_door.h"
#include "app/engine/stack/paths.h"
#include "app/engine/stack/ports.h"
#include "app/engine/stack/temporary_server.h"

namespace nova::stack {
namespace {

QStringList flags() {
    return javaFlags(QStringLiteral("64m"), QStringLiteral("512m")) << QStringLiteral("-Dlog4j2.disable.jmx=true");
}

}  // namespace

KafkaHome::KafkaHome(const Catalogue& catalogue) : m_catalogue(catalogue), m_jars(jars()), m_java(findJava()) {}

JarFolder KafkaHome::jars() {
    return {QStringLiteral("kafka"), QStringLiteral("Kafka"), 45};
}

QString KafkaHome::archive() const {
    return templateFolder() + QLatin1String("/kafka.jsa");
}
QString KafkaHome::storageTemplate() const {
    return templateFolder() + QLatin1String("/storage");
}
bool KafkaHome::isPrepared() const {
    return m_jars.isComplete() && QFile::exists(archive()) && QFile::exists(storageTemplate());
}

QString KafkaHome::templateFolder() const {
    QCryptographicHash hash(QCryptographicHash::Sha256);
    const auto add = [&hash](const QByteArray& bytes) { hash.addData(bytes); };
    add(javaStamp(m_java));
    for (const char* name : {"pom.xml", "server.properties", "log4j2.properties"}) add(m_jars.resource(name));
    add("three runs");  // how the archive is trained
    add(flags().join(QLatin1Char(' ')).toUtf8());
    for (const auto& topic : topicSpecs(m_catalogue)) {
        add(QByteArray::fromStdString(topic.name));
        add(QByteArray::number(topic.partitions));
        for (const auto& [key, value] : topic.config) add(QByteArray::fromStdString(key + value));
    }
    return m_jars.path() + QLatin1Char('-') + QString::fromLatin1(hash.result().toHex().left(12));
}

QByteArray KafkaHome::properties(int brokerPort, int controllerPort, const QString& dataFolder) {
    auto text = jars().resource("server.properties");
    text.replace("@BROKER@", QByteArray::number(brokerPort));
    text.replace("@CONTROLLER@", QByteArray::number(controllerPort));
    text.replace("@DATA@", dataFolder.toUtf8());
    return text;
}

Launch KafkaHome::java(const QString& log4jFolder, const QStringList& more, const QString& mainClass,
                       const QStringList& arguments) const {
    Launch launch;
    launch.program = m_java;
    launch.arguments = flags() + more;
    launch.arguments << QStringLiteral("-Dlog4j2.configurationFile=%1/log4j2.properties").arg(log4jFolder)
                     << QStringLiteral("-cp") << m_jars.classPath() << mainClass << arguments;
    return launch;
}

Launch KafkaHome::server(const QString& propertiesFile) const {
    return java(templateFolder(), {QStringLiteral("-XX:SharedArchiveFile=") + archive()}, QStringLiteral("kafka.Kafka"),
                {propertiesFile});
}

QString KafkaHome::ensure(const Preparation& preparation) const {
    if (m_java.isEmpty()) return QStringLiteral("Java is missing");
    if (!isPrepared()) {
        CacheLock lock(QStringLiteral("kafka"));
        if (const auto fault = lock.take(preparation); !fault.isEmpty()) return fault;
        if (!m_jars.isComplete()) {
            if (const auto fault = m_jars.fetch(preparation); !fault.isEmpty()) return fault;
        }
        if (!isPrepared()) {
            if (const auto fault = makeTemplate(preparation); !fault.isEmpty()) return fault;
        }
    }
    for (const auto& used : {m_jars.path(), templateFolder()}) noteUse(used);
    pruneUnused(cacheDir() + QLatin1String("/kafka-*"));
    return {};
}

QString KafkaHome::makeTemplate(const Preparation& preparation) const {
    preparation.say(QStringLiteral("preparing Kafka's class archive and storage, once, about 20 s"));
    const Making making(templateFolder());
    const QString folder = making.folder(), storage = folder + QLatin1String("/storage"),
                  file = folder + QLatin1String("/server.properties");
    QString fault;
    if (!writeWhole(folder + QLatin1String("/log4j2.properties"), m_jars.resource("log4j2.properties"), 0600, &fault) ||
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
