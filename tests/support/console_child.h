// A console that a test starts by itself, to be interrupted: its profile, and when a signal is heard. Thread: the
// test's.
#pragma once

#include <QByteArray>
#include <QFile>
#include <QString>
#include <string>

namespace nova::test {

// A profile of a cluster of which Kafka alone is known, and what `more` adds behind its [kafka]. Returns `path`.
inline QString writeProfile(const QString& path, const std::string& bootstrap, const QByteArray& more = {}) {
    QFile file(path);
    if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write %s", qPrintable(path));
    file.write("name = \"nova\"\nenvironment = \"staging\"\n[kafka]\nbootstrap = \"" +
               QByteArray::fromStdString(bootstrap) + "\"\n" + more);
    return path;
}

// Whether the console would not die of the signal. Until it is executed, the child is a copy of the test, which catches
// many.
inline bool catches(qint64 pid, int signal) {
    if (!QFile::symLinkTarget(QStringLiteral("/proc/%1/exe").arg(pid)).endsWith(QLatin1String("/nova-console")))
        return false;
    QFile status(QStringLiteral("/proc/%1/status").arg(pid));
    if (!status.open(QIODevice::ReadOnly)) return false;
    for (const auto& line : status.readAll().split('\n'))
        if (line.startsWith("SigCgt:")) return line.mid(7).trimmed().toULongLong(nullptr, 16) >> (signal - 1) & 1;
    return false;
}

}  // namespace nova::test
