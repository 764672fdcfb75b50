// A private Kafka as a local Nova has it, for tests whose subject is how our code behaves against one: 127.0.0.1, a
// free port, files in a temporary folder; ends with its object (or with the test's process). The first one on a machine
// fetches its jars. Thread: the test's.
#pragma once

#include <QProcess>
#include <QTemporaryDir>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "kit/kafka/producer.h"

namespace nova::test {

class RealKafka {
public:
    // Lines for server.properties, after the usual ones, which they override; @BROKER@ and @CONTROLLER@ are its ports.
    // About 2 s.
    explicit RealKafka(const QByteArray& moreProperties = {});
    ~RealKafka();
    [[nodiscard]] std::string bootstrap() const;
    [[nodiscard]] QString folder() const { return m_folder.path(); }
    void createTopic(const std::string& name, int partitions = 6, const kit::kafka::Settings& config = {});
    void deleteTopic(const std::string& name);
    // Deletes the records before this offset, as retention does.
    void trim(const std::string& topic, int partition, std::int64_t before);
    // With these properties rights can be taken: everybody may do everything else.
    static constexpr const char* withRights =
        "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer\n"
        "allow.everyone.if.no.acl.found=true\n";
    void forbidReading(const std::string& topic);  // it may be described all the same
    void permitReading(const std::string& topic);  // again
    // Confirmed on return.
    void send(const std::vector<kit::kafka::OutRecord>& records, const kit::kafka::Settings& extra = {});
    // In one transaction.
    void sendTransaction(const std::vector<kit::kafka::OutRecord>& records, bool commit);
    // What `kcat WORDS…` prints of it; -b is added.
    [[nodiscard]] QByteArray kcat(const QStringList& words) const;

private:
    QTemporaryDir m_folder;
    QProcess m_server;
    int m_port;
};

}  // namespace nova::test
