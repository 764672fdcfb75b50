// Kafka's jars as resources/kafka/pom.xml names them; its template: a class-data archive and a formatted storage that
// holds the topics already.
#pragma once

#include <functional>

#include "app/engine/stack/java_home.h"

namespace nova::stack {

class Catalogue;
class KafkaDoor;

class KafkaHome final : public JavaHome {
public:
    explicit KafkaHome(const Catalogue& catalogue);

    static JarFolder jars();
    QString storageTemplate() const;  // a folder to copy
    Launch server(const QString& propertiesFile) const;
    // server.properties with its names filled in. `dataFolder` may be as seen from where the server runs: Kafka takes a
    // comma for the end of a path, and Java's property files know Latin-1 alone.
    static QByteArray properties(int brokerPort, int controllerPort, const QString& dataFolder);

private:
    QByteArray stamp() const override;
    QString makeTemplate(const Preparation& preparation) const override;
    Launch kafka(const QString& log4jFolder, const QStringList& more, const QString& mainClass,
                 const QStringList& arguments) const;
    QString trainingRun(const QString& folder, const QString& storage, const QStringList& flags,
                        const Preparation& preparation, const std::function<QString(KafkaDoor&)>& work) const;

    const Catalogue& m_catalogue;
};

}  // namespace nova::stack
