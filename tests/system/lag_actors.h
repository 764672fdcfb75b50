// Who acts on a cluster whose lag is looked at: a member of a group, and an administrator who takes rights away.
// Thread: the test's.
#pragma once

#include <librdkafka/rdkafka.h>

#include <QtGlobal>
#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "kit/kafka/handles.h"
#include "tests/support/real_kafka.h"

namespace nova::test {

// A member that subscribes and polls; it commits only where `more` has it do so.
class Member {
public:
    struct Options {
        std::string client;  // "": named after its group
        kit::kafka::Settings more = {{"enable.auto.commit", "false"}};
        std::chrono::milliseconds perRecord{0};  // how long it takes over each
    };

    Member(const std::string& bootstrap, const std::string& group, const std::string& topic)
        : Member(bootstrap, group, topic, Options{}) {}
    Member(const std::string& bootstrap, const std::string& group, const std::string& topic, const Options& options) {
        auto settings =
            kit::kafka::commonSettings(bootstrap, options.client.empty() ? "member-of-" + group : options.client);
        settings["group.id"] = group;
        settings["session.timeout.ms"] = "6000";
        settings["auto.offset.reset"] = "earliest";
        for (const auto& [name, value] : options.more) settings[name] = value;
        m_handle = std::move(kit::kafka::makeHandle(RD_KAFKA_CONSUMER, settings).value());
        rd_kafka_poll_set_consumer(m_handle.get());
        kit::kafka::PartitionList topics(rd_kafka_topic_partition_list_new(1));
        rd_kafka_topic_partition_list_add(topics.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
        rd_kafka_subscribe(m_handle.get(), topics.get());
        m_thread = std::thread([this, perRecord = options.perRecord] {
            while (!m_stopping) {
                const kit::kafka::Message message(rd_kafka_consumer_poll(m_handle.get(), 50));
                if (message && !message->err && perRecord.count() > 0) std::this_thread::sleep_for(perRecord);
            }
        });
    }
    ~Member() {
        m_stopping = true;
        m_thread.join();
        rd_kafka_consumer_close(m_handle.get());
    }

private:
    kit::kafka::Handle m_handle;
    std::atomic<bool> m_stopping{false};
    std::thread m_thread;
};

// Every right is given that is not taken away.
inline std::unique_ptr<RealKafka> brokerWithRules() {
    return std::make_unique<RealKafka>(
        "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer\n"
        "allow.everyone.if.no.acl.found=true\n");
}

inline rd_kafka_AclBinding_t* rule(rd_kafka_ResourceType_t of, const char* name, rd_kafka_ResourcePatternType_t pattern,
                                   rd_kafka_AclOperation_t operation, rd_kafka_AclPermissionType_t permission) {
    return rd_kafka_AclBinding_new(of, name, pattern, "User:ANONYMOUS", "*", operation, permission, nullptr, 0);
}

inline void make(const std::string& bootstrap, std::vector<rd_kafka_AclBinding_t*> acls) {
    const auto handle = kit::kafka::makeHandle(RD_KAFKA_PRODUCER, kit::kafka::commonSettings(bootstrap, "test-acl"));
    const kit::kafka::Queue queue(rd_kafka_queue_new(handle.value().get()));
    rd_kafka_CreateAcls(handle.value().get(), acls.data(), acls.size(), nullptr, queue.get());
    const kit::kafka::Event event(rd_kafka_queue_poll(queue.get(), 10'000));
    if (!event || rd_kafka_event_error(event.get())) qFatal("no ACLs were made");
    for (auto* acl : acls) rd_kafka_AclBinding_destroy(acl);
}

// May be described, and not read.
inline void forbidReading(const std::string& bootstrap, const char* topic) {
    make(bootstrap, {rule(RD_KAFKA_RESOURCE_TOPIC, topic, RD_KAFKA_RESOURCE_PATTERN_LITERAL,
                          RD_KAFKA_ACL_OPERATION_READ, RD_KAFKA_ACL_PERMISSION_TYPE_DENY),
                     rule(RD_KAFKA_RESOURCE_TOPIC, topic, RD_KAFKA_RESOURCE_PATTERN_LITERAL,
                          RD_KAFKA_ACL_OPERATION_DESCRIBE, RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW)});
}

inline void forbidGroups(const std::string& bootstrap, const char* prefix) {
    make(bootstrap, {rule(RD_KAFKA_RESOURCE_GROUP, prefix, RD_KAFKA_RESOURCE_PATTERN_PREFIXED,
                          RD_KAFKA_ACL_OPERATION_ALL, RD_KAFKA_ACL_PERMISSION_TYPE_DENY)});
}

}  // namespace nova::test
