// What a Java program needs beside the data folder, in the user's cache, made once and shared by all data folders: its
// jars, and per Java and settings a template folder with what spares time at each start. Blocking; thread: any (a lock
// file keeps two processes from making the same thing).
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

#include "app/engine/stack/jar_folder.h"
#include "app/engine/stack/launch.h"
#include "app/engine/stack/recipe.h"

namespace nova::stack {

class JavaHome {
public:
    virtual ~JavaHome() = default;
    bool isPrepared() const;  // jars and template

    // Fetches and makes what is missing; the fault, or "".
    QString ensure(const Preparation& preparation) const;

protected:
    // `flags`: of Java itself. `made`: what the template folder holds once it is whole.
    JavaHome(JarFolder jars, QStringList flags, QStringList made);

    virtual QString makeTemplate(const Preparation& preparation) const = 0;  // the fault, or ""
    virtual QByteArray stamp() const = 0;  // what the template depends on besides Java and the pom
    QString templateFolder() const;
    QString inTemplate(const char* name) const;
    const JarFolder& jarFolder() const { return m_jars; }
    // Java with the flags, `more`, the jars, the class and its arguments.
    Launch java(const QStringList& more, const QString& mainClass, const QStringList& arguments) const;

private:
    JarFolder m_jars;
    QStringList m_flags, m_made;
    QString m_java;
};

}  // namespace nova::stack
