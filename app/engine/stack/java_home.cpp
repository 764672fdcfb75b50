#include "app/engine/stack/java_home.h"

#include <QCryptographicHash>
#include <QFile>
#include <algorithm>

#include "app/engine/stack/cache_lock.h"
#include "app/engine/stack/folders.h"
#include "app/engine/stack/java_tools.h"
#include "app/engine/stack/paths.h"

namespace nova::stack {

JavaHome::JavaHome(JarFolder jars, QStringList flags, QStringList made)
    : m_jars(std::move(jars)), m_flags(std::move(flags)), m_made(std::move(made)), m_java(findJava()) {}

QString JavaHome::templateFolder() const {
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const auto& part : {javaStamp(m_java), m_jars.resource("pom.xml"), stamp()}) hash.addData(part);
    return m_jars.path() + QLatin1Char('-') + QString::fromLatin1(hash.result().toHex().left(12));
}

QString JavaHome::inTemplate(const char* name) const {
    return templateFolder() + QLatin1Char('/') + QLatin1String(name);
}

bool JavaHome::isPrepared() const {
    const auto folder = templateFolder();
    return m_jars.isComplete() && std::all_of(m_made.begin(), m_made.end(), [&](const QString& name) {
               return QFile::exists(folder + QLatin1Char('/') + name);
           });
}

Launch JavaHome::java(const QStringList& more, const QString& mainClass, const QStringList& arguments) const {
    Launch launch;
    launch.program = m_java;
    launch.arguments = m_flags + more;
    launch.arguments << QStringLiteral("-cp") << m_jars.classPath() << mainClass << arguments;
    return launch;
}

QString JavaHome::ensure(const Preparation& preparation) const {
    if (m_java.isEmpty()) return QStringLiteral("Java is missing");
    if (!isPrepared()) {
        CacheLock lock(m_jars.name());
        if (const auto fault = lock.take(preparation); !fault.isEmpty()) return fault;
        if (!m_jars.isComplete()) {
            if (const auto fault = m_jars.fetch(preparation); !fault.isEmpty()) return fault;
        }
        if (!isPrepared()) {
            if (const auto fault = makeTemplate(preparation); !fault.isEmpty()) return fault;
        }
    }
    for (const auto& used : {m_jars.path(), templateFolder()}) noteUse(used);
    pruneUnused(QStringLiteral("%1/%2-*").arg(cacheDir(), m_jars.name()));
    return {};
}

}  // namespace nova::stack
