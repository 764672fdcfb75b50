#include "tests/support/real_kafka.h"

#include <QtTest>
#include <array>

#include "app/engine/stack/catalogue.h"
#include "app/engine/stack/folders.h"
#include "app/engine/stack/kafka_home.h"
#include "app/engine/stack/paths.h"
#include "tests/support/real_stores.h"

namespace nova::test {
namespace {

using namespace Qt::StringLiterals;
constexpr int patienceMs = 20'000;

}  // namespace

RealKafka::RealKafka(const QByteArray& moreProperties) : m_port(freePort()) {
    const stack::KafkaHome home(stack::Catalogue::builtIn());
    const stack::Preparation preparation{[](const QString& note) { qInfo("%s", qPrintable(note)); },
                                         [] { return false; }};
    QString fault = home.ensure(preparation);
    const QString storage = m_folder.filePath(u"storage"_s), file = m_folder.filePath(u"server.properties"_s);
    if (fault.isEmpty()) fault = stack::copyFolder(home.storageTemplate(), storage);
    const int controller = freePort();
    auto more = moreProperties;
    more.replace("@BROKER@", QByteArray::number(m_port)).replace("@CONTROLLER@", QByteArray::number(controller));
    if (fault.isEmpty())
        stack::writeWhole(file, stack::KafkaHome::properties(m_port, controller, storage) + '\n' + more, 0600, &fault);
    if (!fault.isEmpty()) qFatal("Kafka: %s", qPrintable(fault));
    auto launch = home.server(file);
    launch.workDir = m_folder.path();
    stack::prepareProcess(m_server, launch);
    m_server.setStandardOutputFile(m_folder.filePath(u"out"_s));
    m_server.start();
    const auto handle = kit::kafka::makeHandle(RD_KAFKA_PRODUCER, kit::kafka::commonSettings(bootstrap(), "test-wait"));
    const bool up = eventually([&] {
        const struct rd_kafka_metadata* metadata = nullptr;
        if (rd_kafka_metadata(handle.value().get(), 0, nullptr, &metadata, 500) != RD_KAFKA_RESP_ERR_NO_ERROR)
            return false;
        const bool has = metadata->broker_cnt > 0;
        rd_kafka_metadata_destroy(metadata);
        return has;
    });
    if (!up) qFatal("Kafka does not come up");
}

RealKafka::~RealKafka() {
    m_server.kill();
    m_server.waitForFinished();
}

std::string RealKafka::bootstrap() const {
    return "127.0.0.1:" + std::to_string(m_port);
}

void RealKafka::createTopic(const std::string& name, int partitions, const kit::kafka::Settings& config) {
    const auto made = kit::kafka::createTopics(bootstrap(), {{name, partitions, config}}, patienceMs);
    if (!made) qFatal("%s", made.error().what.c_str());
}

namespace {

// Asks by `call` and waits for the answer.
template <typename Call>
void administer(const std::string& bootstrap, const Call& call) {
    const auto handle = kit::kafka::makeHandle(RD_KAFKA_PRODUCER, kit::kafka::commonSettings(bootstrap, "test-admin"));
    const kit::kafka::Queue queue(rd_kafka_queue_new(handle.value().get()));
    call(handle.value().get(), queue.get());
    const kit::kafka::Event event(rd_kafka_queue_poll(queue.get(), patienceMs));
    if (!event || rd_kafka_event_error(event.get()) != RD_KAFKA_RESP_ERR_NO_ERROR)
        qFatal("%s", event ? rd_kafka_event_error_string(event.get()) : "Kafka does not answer");
}

}  // namespace

void RealKafka::deleteTopic(const std::string& name) {
    administer(bootstrap(), [&](rd_kafka_t* handle, rd_kafka_queue_t* queue) {
        auto* ask = rd_kafka_DeleteTopic_new(name.c_str());
        rd_kafka_DeleteTopics(handle, &ask, 1, nullptr, queue);
        rd_kafka_DeleteTopic_destroy(ask);
    });
}

void RealKafka::trim(const std::string& topic, int partition, std::int64_t before) {
    administer(bootstrap(), [&](rd_kafka_t* handle, rd_kafka_queue_t* queue) {
        const kit::kafka::PartitionList list(rd_kafka_topic_partition_list_new(1));
        rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset = before;
        auto* ask = rd_kafka_DeleteRecords_new(list.get());
        rd_kafka_DeleteRecords(handle, &ask, 1, nullptr, queue);
        rd_kafka_DeleteRecords_destroy(ask);
    });
}

namespace {

using Acl = std::unique_ptr<rd_kafka_AclBinding_t, kit::kafka::Deleter<rd_kafka_AclBinding_destroy>>;

Acl aclOf(const std::string& topic, rd_kafka_AclOperation_t operation, rd_kafka_AclPermissionType_t permission) {
    return Acl(rd_kafka_AclBinding_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str(), RD_KAFKA_RESOURCE_PATTERN_LITERAL,
                                       "User:ANONYMOUS", "*", operation, permission, nullptr, 0));
}

}  // namespace

void RealKafka::forbidReading(const std::string& topic) {
    const auto deny = aclOf(topic, RD_KAFKA_ACL_OPERATION_READ, RD_KAFKA_ACL_PERMISSION_TYPE_DENY);
    const auto allow = aclOf(topic, RD_KAFKA_ACL_OPERATION_ALL, RD_KAFKA_ACL_PERMISSION_TYPE_ALLOW);
    administer(bootstrap(), [&](rd_kafka_t* handle, rd_kafka_queue_t* queue) {
        std::array acls{deny.get(), allow.get()};
        rd_kafka_CreateAcls(handle, acls.data(), acls.size(), nullptr, queue);
    });
}

void RealKafka::permitReading(const std::string& topic) {
    const Acl deny(rd_kafka_AclBindingFilter_new(
        RD_KAFKA_RESOURCE_TOPIC, topic.c_str(), RD_KAFKA_RESOURCE_PATTERN_LITERAL, "User:ANONYMOUS", "*",
        RD_KAFKA_ACL_OPERATION_READ, RD_KAFKA_ACL_PERMISSION_TYPE_DENY, nullptr, 0));
    administer(bootstrap(), [&](rd_kafka_t* handle, rd_kafka_queue_t* queue) {
        std::array filters{deny.get()};
        rd_kafka_DeleteAcls(handle, filters.data(), filters.size(), nullptr, queue);
    });
}

void RealKafka::send(const std::vector<kit::kafka::OutRecord>& records, const kit::kafka::Settings& extra) {
    auto producer = kit::kafka::Producer::make(bootstrap(), "test", extra);
    if (!producer) qFatal("%s", producer.error().what.c_str());
    for (const auto& delivery : producer.value().sendAll(records)) {
        if (!delivery.ok) qFatal("not delivered: %s", delivery.error.c_str());
    }
}

void RealKafka::sendTransaction(const std::vector<kit::kafka::OutRecord>& records, bool commit) {
    auto settings = kit::kafka::commonSettings(bootstrap(), "test-transaction");
    settings["transactional.id"] = "test";
    const auto made = kit::kafka::makeHandle(RD_KAFKA_PRODUCER, settings);
    rd_kafka_t* handle = made.value().get();
    const auto judge = [](rd_kafka_error_t* error) {
        if (error) qFatal("transaction: %s", rd_kafka_error_string(error));
    };
    judge(rd_kafka_init_transactions(handle, patienceMs));
    judge(rd_kafka_begin_transaction(handle));
    for (const auto& record : records) {
        rd_kafka_vu_t vus[4]{};
        vus[0].vtype = RD_KAFKA_VTYPE_TOPIC;
        vus[0].u.cstr = record.topic.c_str();
        vus[1].vtype = RD_KAFKA_VTYPE_PARTITION;
        vus[1].u.i32 = record.partition;
        vus[2].vtype = RD_KAFKA_VTYPE_KEY;
        vus[2].u.mem = {const_cast<char*>(record.key.data()), record.key.size()};
        vus[3].vtype = RD_KAFKA_VTYPE_VALUE;
        vus[3].u.mem = {const_cast<char*>(record.value.data()), record.value.size()};
        judge(rd_kafka_produceva(handle, vus, 4));
    }
    rd_kafka_flush(handle, patienceMs);
    judge(commit ? rd_kafka_commit_transaction(handle, patienceMs) : rd_kafka_abort_transaction(handle, patienceMs));
}

QByteArray RealKafka::kcat(const QStringList& words) const {
    QProcess process;
    process.start(u"kcat"_s, QStringList{u"-b"_s, QString::fromStdString(bootstrap())} + words);
    if (!process.waitForFinished(patienceMs) || process.exitCode() != 0)
        qFatal("kcat %s: %s", qPrintable(words.join(u' ')), process.readAllStandardError().constData());
    return process.readAllStandardOutput();
}

}  // namespace nova::test
