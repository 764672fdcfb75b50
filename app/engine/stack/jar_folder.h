// The jars of one Java program in the user's cache, fetched once by Maven: all that resources/<name>/pom.xml names.
// Blocking; thread: any (whoever fetches holds the cache's lock).
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace nova::stack {

struct Preparation;

class JarFolder {
public:
    // `label` and `megabytes` are for the person who waits for them.
    JarFolder(QString name, QString label, int megabytes);

    QByteArray resource(const char* file) const;  // of resources/<name>/
    QString version() const;                      // <name>.version of the pom
    QString name() const { return m_name; }
    QString label() const { return m_label; }
    int megabytes() const { return m_megabytes; }
    QString path() const;
    bool isComplete() const;
    QString classPath() const;
    QString fetch(const Preparation& preparation) const;  // the fault, or ""

private:
    QString m_name, m_label;
    int m_megabytes;
};

}  // namespace nova::stack
