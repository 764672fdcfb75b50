#include "app/engine/stack/jar_folder.h"

#include <QDir>
#include <QRegularExpression>

#include "app/engine/stack/folders.h"
#include "app/engine/stack/java_tools.h"
#include "app/engine/stack/paths.h"
#include "app/engine/stack/recipe.h"

namespace nova::stack {

JarFolder::JarFolder(QString name, QString label, int megabytes)
    : m_name(std::move(name)), m_label(std::move(label)), m_megabytes(megabytes) {}

QByteArray JarFolder::resource(const char* file) const {
    return readAll(QStringLiteral(":/nova/%1/%2").arg(m_name, QLatin1String(file)));
}

QString JarFolder::version() const {
    const QRegularExpression tag(QStringLiteral("<%1.version>([^<]+)</%1.version>").arg(m_name));
    return tag.match(QString::fromUtf8(resource("pom.xml"))).captured(1);
}

QString JarFolder::path() const {
    return QStringLiteral("%1/%2-%3").arg(cacheDir(), m_name, version());
}

// The pom that they were fetched by lies among them.
bool JarFolder::isComplete() const {
    return readAll(path() + QLatin1String("/pom.xml")) == resource("pom.xml");
}

QString JarFolder::classPath() const {
    QStringList paths;
    for (const auto& jar : QDir(path()).entryList({QStringLiteral("*.jar")}, QDir::Files, QDir::Name))
        paths << path() + QLatin1Char('/') + jar;
    return paths.join(QLatin1Char(':'));
}

QString JarFolder::fetch(const Preparation& preparation) const {
    if (findMaven().isEmpty())
        return QStringLiteral("%1's jars are not in %2, and Maven, which fetches them, is missing")
            .arg(m_label, path());
    preparation.say(
        QStringLiteral("fetching %1 %2 from Maven Central, about %3 MB").arg(m_label, version()).arg(m_megabytes));
    const Making making(path());
    const QString pom = making.folder() + QLatin1String("/pom.xml");
    QString fault;
    if (!writeWhole(pom, resource("pom.xml"), 0600, &fault)) return fault;
    Launch launch;
    launch.program = findMaven();
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
        return QStringLiteral("Maven could not fetch %1's jars: %2")
            .arg(m_label, fetched.output.section(QLatin1Char('\n'), 0, 2));
    return making.finish();
}

}  // namespace nova::stack
