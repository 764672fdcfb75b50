// What Kafka needs beside the data folder, in the user's cache, made once and shared by all data folders: the jars that
// resources/kafka/pom.xml names; per Java and settings a class-data archive and a formatted storage that holds the
// topics already. Blocking; thread: any (a lock file keeps two processes from making the same thing).
#pragma once

#include <QStringList>
#include <optional>

#include "app/engine/stack/recipe.h"

namespace nova::stack {

class Catalogue;
class KafkaDoor;

class KafkaHome {
public:
    explicit KafkaHome(const Catalogue& catalogue);

    static QString version();   // of the pom
    static QString findJava();  // $JAVA_HOME/bin/java or the one on PATH, links resolved; empty: none
    static QString javaVersion(const QString& java);  // "17.0.21", from its release file; may be empty
    static QString maven();                           // empty: none
    QString jarFolder() const;
    bool hasJars() const;
    bool isPrepared() const;  // jars, archive and storage

    // Fetches and makes what is missing; the fault, or "".
    QString ensure(const Preparation& preparation) const;

    QString archive() const;          // the .jsa file
    QString storageTemplate() const;  // a folder to copy
    Launch server(const QString& propertiesFile) const;
    // server.properties with its names filled in.
    static QByteArray properties(int brokerPort, int controllerPort, const QString& dataFolder);

private:
    Launch java(const QString& log4jFolder, const QStringList& flags, const QString& mainClass,
                const QStringList& arguments) const;
    QString trainingRun(const QString& folder, const QString& storage, const QStringList& flags,
                        const Preparation& preparation, const std::function<QString(KafkaDoor&)>& work) const;
    QString fetchJars(const Preparation& preparation) const;
    QString makeTemplate(const Preparation& preparation) const;
    QString templateFolder() const;
    QStringList jars() const;

    const Catalogue& m_catalogue;
    QString m_java;
};

}  // namespace nova::stack
