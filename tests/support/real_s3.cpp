#include "tests/support/real_s3.h"

#include <QDir>
#include <QFile>
#include <QtTest>

#include "app/engine/stack/launch.h"
#include "app/engine/stack/s3_home.h"
#include "tests/support/real_stores.h"

namespace nova::test {
namespace {

stack::S3Access accessTo(int port) {
    return {port, QStringLiteral("tester"), QStringLiteral("a secret of the test's own")};
}

}  // namespace

RealS3::RealS3() : m_port(freePort()) {
    const stack::S3Home home;
    const auto fault = home.ensure({[](const QString& note) { qInfo("%s", qPrintable(note)); }, [] { return false; }});
    if (!fault.isEmpty()) qFatal("%s", qPrintable(fault));
    QDir().mkpath(folder());
    QFile file(m_folder.filePath(QStringLiteral("s3.properties")));
    if (!file.open(QIODevice::WriteOnly)) qFatal("cannot write %s", qPrintable(file.fileName()));
    file.write(stack::S3Home::properties(accessTo(m_port), folder()));
    file.close();
    start();
}

RealS3::~RealS3() {
    stop();
}

QString RealS3::folder() const {
    return m_folder.filePath(QStringLiteral("data"));
}

kit::ObjectStoreOptions RealS3::options() const {
    const auto access = accessTo(m_port);
    return {access.endpoint().toStdString(), stack::S3Access::bucket, access.accessKey.toStdString(),
            access.secretKey.toStdString()};
}

void RealS3::start() {
    const auto launch = stack::S3Home().server(m_folder.filePath(QStringLiteral("s3.properties")));
    m_server.setStandardOutputFile(QProcess::nullDevice());
    stack::prepareProcess(m_server, launch);
    m_server.setWorkingDirectory(m_folder.path());
    m_server.start(launch.program, launch.arguments);
    kit::ObjectStore store(options());
    if (!eventually([&] { return store.ensureBucket().has_value(); })) qFatal("the S3 server does not come up");
}

void RealS3::stop() {
    if (m_server.state() == QProcess::NotRunning) return;
    m_server.kill();
    m_server.waitForFinished();
}

}  // namespace nova::test
