#include "app/engine/stack/kafka_home.h"

#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QUuid>

#include "app/engine/stack/catalogue.h"
#include "app/engine/stack/folders.h"
#include "app/engine/stack/java_tools.h"
#include "app/engine/stack/kafka_door.h"
#include "app/engine/stack/paths.h"
#include "app/engine/stack/ports.h"
#include "app/engine/stack/temporary_server.h"

namespace nova::stack {
namespace {

constexpr const char *archive = "kafka.jsa", *storageName = "storage";

QStringList flags() {
    return javaFlags(QStringLiteral("64m"), QStringLiteral("512m")) << QStringLiteral("-Dlog4j2.disable.jmx=true");
}

}  // namespace

KafkaHome::KafkaHome(const Catalogue& catalogue)
    : JavaHome(jars(), flags(), {QLatin1String(archive), QLatin1String(storageName)}), m_catalogue(catalogue) {}

JarFolder KafkaHome::jars() {
    return {QStringLiteral("kafka"), QStringLiteral("Kafka"), 45};
}

QString KafkaHome::storageTemplate() const {
    return inTemplate(storageName);
}

QByteArray KafkaHome::stamp() const {
    QByteArray stamp = jarFolder().resource("server.properties") + jarFolder().resource("log4j2.properties");
    stamp += "three runs";  // how the archive is trained
    stamp += flags().join(QLatin1Char(' ')).toUtf8();
    for (const auto& topic : topicSpecs(m_catalogue)) {
        stamp += QByteArray::fromStdString(topic.name) + QByteArray::number(topic.partitions);
        for (const auto& [key, value] : topic.config) stamp += QByteArray::fromStdString(key + value);
    }
    return stamp;
}

QByteArray KafkaHome::properties(int brokerPort, int controllerPort, const QString& dataFolder) {
    auto text = jars().resource("server.properties");
    text.replace("@BROKER@", QByteArray::number(brokerPort));
    text.replace("@CONTROLLER@", QByteArray::number(controllerPort));
    text.replace("@DATA@", dataFolder.toUtf8());
    return text;
}

Launch KafkaHome::kafka(const QString& log4jFolder, const QStringList& more, const QString& mainClass,
                        const QStringList& arguments) const {
    return java(more + QStringList{QStringLiteral("-Dlog4j2.configurationFile=%1/log4j2.properties").arg(log4jFolder)},
                mainClass, arguments);
}

Launch KafkaHome::server(const QString& propertiesFile) const {
    return kafka(templateFolder(), {QStringLiteral("-XX:SharedArchiveFile=") + inTemplate(archive)},
                 QStringLiteral("kafka.Kafka"), {propertiesFile});
}

QString KafkaHome::makeTemplate(const Preparation& preparation) const {
    preparation.say(QStringLiteral("preparing Kafka's class archive and storage, once, about 20 s"));
    const Making making(templateFolder());
    const QString folder = making.folder(), storage = folder + QLatin1Char('/') + QLatin1String(storageName),
                  file = folder + QLatin1String("/server.properties");
    QString fault;
    if (!writeWhole(folder + QLatin1String("/log4j2.properties"), jarFolder().resource("log4j2.properties"), 0600,
                    &fault) ||
        !writeWhole(file, properties(1, 2, QLatin1String(storageName)), 0600, &fault))
        return fault;
    const auto id =
        QUuid::createUuid().toRfc4122().toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals);
    auto format =
        kafka(folder, {}, QStringLiteral("kafka.tools.StorageTool"),
              {QStringLiteral("format"), QStringLiteral("-t"), QString::fromLatin1(id), QStringLiteral("-c"), file});
    format.workDir = folder;
    if (const auto formatted = runTool(format, preparation.cancelled); !formatted.ok) return formatted.output;
    // First a run that makes the topics and the group coordination. Then, on a copy, two runs with records and a group,
    // the second of which has a group to load, as every later start has; the class archive is taken from that one.
    fault = trainingRun(folder, QLatin1String(storageName), {}, preparation,
                        [](KafkaDoor& door) { return door.touchGroups(); });
    if (!fault.isEmpty()) return fault;
    const auto training = QStringLiteral("training");
    const QString copy = folder + QLatin1Char('/') + training, jsa = folder + QLatin1Char('/') + QLatin1String(archive);
    if (fault = copyFolder(storage, copy); !fault.isEmpty()) return fault;
    const auto exercise = [this](KafkaDoor& door) { return door.exercise(m_catalogue.topics().last().name); };
    fault = trainingRun(folder, training, {}, preparation, exercise);
    if (!fault.isEmpty()) return fault;
    fault = trainingRun(folder, training, {QStringLiteral("-XX:ArchiveClassesAtExit=") + jsa}, preparation, exercise);
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
    auto launch = kafka(folder, flags, QStringLiteral("kafka.Kafka"), {file});
    launch.workDir = folder;
    TemporaryServer broker(jarFolder().label(), launch);
    fault = broker.waitUntil([&door] { return door.ask(); }, preparation);
    if (fault.isEmpty()) fault = work(door);
    return fault.isEmpty() ? broker.stop(SIGTERM) : fault;
}

}  // namespace nova::stack
