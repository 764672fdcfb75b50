// A private S3 server as a local Nova has it, for tests whose subject is how our code behaves against one. Listens on
// 127.0.0.1 on a free port, keeps its files in a temporary folder and ends with its object (or with the test's
// process). The first one on a machine fetches its jars.
#pragma once

#include <QProcess>
#include <QTemporaryDir>

#include "kit/objects/object_store.h"

namespace nova::test {

class RealS3 {
public:
    RealS3();  // about 1 s
    ~RealS3();
    kit::ObjectStoreOptions options() const;
    QString folder() const;  // where the objects lie
    void stop();             // as a crash
    void start();

private:
    QTemporaryDir m_folder;
    QProcess m_server;
    int m_port;
};

}  // namespace nova::test
