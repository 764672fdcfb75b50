// Private PostgreSQL and Redis servers and a Kafka mock cluster, for tests whose subject is how our code behaves
// against them. Each listens on 127.0.0.1 on a free port, keeps its files in a temporary folder and ends with its
// object (or with the test's process).
#pragma once

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <QProcess>
#include <QTemporaryDir>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "kit/consume/handler.h"
#include "kit/kafka/producer.h"

namespace nova::test {

int freePort();
// Polls until `done` is true; false after `limit`.
bool eventually(const std::function<bool()>& done, std::chrono::milliseconds limit = std::chrono::seconds{20});

class RealPostgres {
public:
    RealPostgres();  // initdb and start: about 2 s
    ~RealPostgres();
    std::string uri() const;
    void stop();  // immediate: as a crash
    void start();

private:
    QTemporaryDir m_folder;
    QProcess m_server;
    int m_port = freePort();
};

class RealRedis {
public:
    RealRedis();
    ~RealRedis();
    int port() const { return m_port; }
    void stop();
    void start();

private:
    QTemporaryDir m_folder;
    QProcess m_server;
    int m_port = freePort();
};

// librdkafka's mock cluster with one broker; the log lives in this process.
class MockKafka {
public:
    MockKafka();
    std::string bootstrap() const;
    void createTopic(const std::string& name, int partitions = 6);   // and its dead letters
    void setDown(bool down);                                         // the broker refuses connections
    void setLed(const std::string& topic, int partition, bool led);  // whether the partition has a leader
    void refuseNext(rd_kafka_resp_err_t error);                      // the next request to produce
    // All records of the topic so far, partition by partition in offset order; waits until there are at least `count`.
    std::vector<kit::Record> read(const std::string& topic, std::size_t count,
                                  std::chrono::milliseconds limit = std::chrono::seconds{20});
    // Offsets the group has committed, by partition; -1 where none.
    std::vector<std::int64_t> committed(const std::string& group, const std::string& topic, int partitions = 6);
    void send(const std::vector<kit::kafka::OutRecord>& records);  // confirmed on return
private:
    kit::kafka::Handle m_handle;
    std::unique_ptr<rd_kafka_mock_cluster_t, kit::kafka::Deleter<rd_kafka_mock_cluster_destroy>> m_cluster;
    std::unique_ptr<kit::kafka::Producer> m_producer;
};

}  // namespace nova::test
