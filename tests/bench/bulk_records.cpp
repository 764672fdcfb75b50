#include "tests/bench/bulk_records.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "tests/bench/samples.h"

namespace nova::bench {
namespace {

[[noreturn]] void giveUp(const std::string& why) {
    std::fprintf(stderr, "%s\n", why.c_str());
    std::exit(2);
}

kit::kafka::Handle make(rd_kafka_type_t type, const kit::kafka::Settings& settings) {
    auto made = kit::kafka::makeHandle(type, settings);
    if (!made) giveUp(made.error().what);
    return std::move(made.value());
}

}  // namespace

void sendBulk(const std::string& bootstrap, const std::string& topic, int partitions, int count,
              const std::function<void(int i, BulkRecord& record)>& fill) {
    auto settings = kit::kafka::commonSettings(bootstrap, "bench-bulk");
    settings.insert({{"linger.ms", "50"},
                     {"compression.type", "lz4"},
                     {"batch.size", "1000000"},
                     {"queue.buffering.max.messages", "200000"}});
    const auto handle = make(RD_KAFKA_PRODUCER, settings);
    BulkRecord record;
    for (int i = 0; i < count; ++i) {
        record.headers.clear();
        fill(i, record);
        rd_kafka_headers_t* headers = rd_kafka_headers_new(record.headers.size());
        for (const auto& [name, value] : record.headers)
            rd_kafka_header_add(headers, name.data(), static_cast<ssize_t>(name.size()), value.data(),
                                static_cast<ssize_t>(value.size()));
        rd_kafka_vu_t vus[6]{};
        vus[0].vtype = RD_KAFKA_VTYPE_TOPIC;
        vus[0].u.cstr = topic.c_str();
        vus[1].vtype = RD_KAFKA_VTYPE_PARTITION;
        vus[1].u.i32 = i % partitions;
        vus[2].vtype = RD_KAFKA_VTYPE_KEY;
        vus[2].u.mem = {record.key.data(), record.key.size()};
        vus[3].vtype = RD_KAFKA_VTYPE_VALUE;
        vus[3].u.mem = {record.value.data(), record.value.size()};
        vus[4].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
        vus[4].u.i = RD_KAFKA_MSG_F_COPY | RD_KAFKA_MSG_F_BLOCK;
        vus[5].vtype = RD_KAFKA_VTYPE_HEADERS;
        vus[5].u.headers = headers;
        if (auto* error = rd_kafka_produceva(handle.get(), vus, 6)) giveUp(rd_kafka_error_string(error));
        if (i % 1'000 == 0) rd_kafka_poll(handle.get(), 0);
    }
    if (rd_kafka_flush(handle.get(), 60'000) != RD_KAFKA_RESP_ERR_NO_ERROR) giveUp("the records were not taken");
}

BareResult bareLoop(const std::string& bootstrap, const std::string& topic, int partitions, std::int64_t count,
                    bool headers, const kit::kafka::Settings& more) {
    auto settings = kit::kafka::commonSettings(bootstrap, "bench-bare");
    settings["group.id"] = "bench-bare";
    settings["enable.auto.commit"] = "false";
    settings["enable.auto.offset.store"] = "false";
    for (const auto& [name, value] : more) settings[name] = value;
    const auto handle = make(RD_KAFKA_CONSUMER, settings);
    rd_kafka_poll_set_consumer(handle.get());
    const kit::kafka::Queue queue(rd_kafka_queue_get_consumer(handle.get()));
    kit::kafka::PartitionList list(rd_kafka_topic_partition_list_new(partitions));
    for (int p = 0; p < partitions; ++p)
        rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), p)->offset = RD_KAFKA_OFFSET_BEGINNING;
    const Stopwatch clock;
    rd_kafka_assign(handle.get(), list.get());
    BareResult result;
    std::vector<rd_kafka_message_t*> batch(10'000);
    while (result.records < count) {
        auto got = rd_kafka_consume_batch_queue(queue.get(), 0, batch.data(), batch.size());
        if (got <= 0) got = rd_kafka_consume_batch_queue(queue.get(), 50, batch.data(), 1);
        for (ssize_t i = 0; i < got; ++i) {
            const kit::kafka::Message message(batch[static_cast<std::size_t>(i)]);
            if (message->err != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
            ++result.records;
            rd_kafka_headers_t* raw = nullptr;
            if (!headers || rd_kafka_message_headers(message.get(), &raw) != RD_KAFKA_RESP_ERR_NO_ERROR) continue;
            const char* name = nullptr;
            const void* value = nullptr;
            std::size_t size = 0;
            for (std::size_t h = 0; !rd_kafka_header_get_all(raw, h, &name, &value, &size); ++h)
                result.headerBytes += static_cast<std::int64_t>(std::strlen(name) + size);
        }
    }
    result.seconds = clock.ms() / 1'000;
    rd_kafka_consumer_close(handle.get());
    return result;
}

}  // namespace nova::bench
