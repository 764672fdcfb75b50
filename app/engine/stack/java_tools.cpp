#include "app/engine/stack/java_tools.h"

#include <QDateTime>
#include <QDir>
#include <QFileInfo>
#include <QRegularExpression>
#include <QStandardPaths>

#include "app/engine/stack/paths.h"

namespace nova::stack {
namespace {

QByteArray releaseOf(const QString& java) {
    return readAll(QFileInfo(java).dir().absoluteFilePath(QStringLiteral("../release")));
}

}  // namespace

QString findJava() {
    const auto home = qEnvironmentVariable("JAVA_HOME");
    const auto inHome = home.isEmpty()
                            ? QString()
                            : QStandardPaths::findExecutable(QStringLiteral("java"), {home + QLatin1String("/bin")});
    const auto found = inHome.isEmpty() ? QStandardPaths::findExecutable(QStringLiteral("java")) : inHome;
    return found.isEmpty() ? QString() : QFileInfo(found).canonicalFilePath();
}

QString findMaven() {
    return QStandardPaths::findExecutable(QStringLiteral("mvn"));
}

QString javaVersion(const QString& java) {
    static const QRegularExpression line(QStringLiteral("JAVA_VERSION=\"([^\"]+)\""));
    return line.match(QString::fromUtf8(releaseOf(java))).captured(1);
}

QByteArray javaStamp(const QString& java) {
    const QFileInfo binary(java);
    return java.toUtf8() + QByteArray::number(binary.size()) +
           QByteArray::number(binary.lastModified().toSecsSinceEpoch()) + releaseOf(java);
}

QStringList javaFlags(const QString& firstHeap, const QString& mostHeap) {
    return {QStringLiteral("-XX:TieredStopAtLevel=1"),
            QStringLiteral("-XX:+UseSerialGC"),
            QStringLiteral("-Xms") + firstHeap,
            QStringLiteral("-Xmx") + mostHeap,
            QStringLiteral("-Xshare:auto"),
            QStringLiteral("-XX:-UsePerfData"),
            QStringLiteral("-Xlog:disable"),
            QStringLiteral("-Xlog:all=error:stderr"),
            QStringLiteral("-XX:+ExitOnOutOfMemoryError"),
            QStringLiteral("-Djava.awt.headless=true")};
}

}  // namespace nova::stack
