// The Java of this computer, and Maven, which fetches what runs on it. Thread: any.
#pragma once

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace nova::stack {

QString findJava();   // $JAVA_HOME/bin/java or the one on PATH, links resolved; empty: none
QString findMaven();  // empty: none
QString javaVersion(const QString& java);  // "17.0.21", from its release file; may be empty
// What tells this Java from any other: a class archive fits no second one.
QByteArray javaStamp(const QString& java);
// Quick to start and small; sizes as the flags have them ("64m").
QStringList javaFlags(const QString& firstHeap, const QString& mostHeap);

}  // namespace nova::stack
