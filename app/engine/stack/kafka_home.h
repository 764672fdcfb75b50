// What Kafka needs beside the data folder, in the user's cache, made once and shared by all data folders: the jars that
// resources/kafka/pom.xml names; per Java and settings a class-data archive and a formatted storage that holds the
// topics already. Blocking; thread: any (a lock file keeps two processes from making the same thing).
#pragma once

#include <QStringList>
#include <optional>

#include "app/engine/stack/jar_folder.h"
#include "app/engine/stack/recipe.h"

namespace nova::stack {

class Catalogue;
class KafkaDoor;

class KafkaHome {
public:
    explicit KafkaHome(const Catalogue& catalogue);

    static JarFolder jars();
    bool isPrepared() const;  // jars, archive and storage

    // Fetches and makes what is missing; the fault, or "".
    QString ensure(const Preparation& preparation) const;

    QString archive() const;          // the .jsa file
    QString storageTemplate() const;  // a folder to copy
    Launch server(const QString& propertiesFile) const;
    // server.properties with its names filled in.
    static QByteArray properties(int brokerPort, int controllerPort, const QString& dataFolder);

private:
    Launch java(const QString& log4jFolder, const QStringList& more, const QString& mainClass,
                const QStringList& arguments) const;
    QString trainingRun(const QString& folder, const QString& storage, const QStringList& flags,
                        const Preparation& preparation, const std::function<QString(KafkaDoor&)>& work) const;
    QString makeTemplate(const Preparation& preparation) const;
    QString templateFolder() const;

    const Catalogue& m_catalogue;
    JarFolder m_jars;
    QString m_java;
};

}  // namespace nova::stack
