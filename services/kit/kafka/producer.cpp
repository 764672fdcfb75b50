#include "kit/kafka/producer.h"

#include <array>
#include <chrono>
#include <set>

#include "kit/kafka/topic_handle.h"

namespace nova::kit::kafka {
namespace {

std::int64_t nowNs() {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::system_clock::now().time_since_epoch())
        .count();
}

// What a delivery report needs to find its place; one for each record of a batch.
struct Slot {
    Delivery* delivery = nullptr;
    std::size_t* missing = nullptr;
};

void onDelivery(rd_kafka_t*, const rd_kafka_message_t* message, void*) {
    const Slot* const slot = static_cast<Slot*>(message->_private);
    Delivery& delivery = *slot->delivery;
    --*slot->missing;
    delivery.ackedNs = nowNs();
    // Only PERSISTED counts: anything less may or may not be in the log.
    delivery.ok = !message->err && rd_kafka_message_status(message) == RD_KAFKA_MSG_STATUS_PERSISTED;
    delivery.partition = message->partition;
    delivery.offset = message->offset;
    if (!delivery.ok) delivery.error = message->err ? rd_kafka_err2str(message->err) : "not confirmed";
    delivery.tooLarge = message->err == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE;
}

Headers headersFrom(const HeaderList& list) {
    Headers headers(rd_kafka_headers_new(list.size()));
    for (const auto& [name, value] : list) {
        rd_kafka_header_add(headers.get(), name.data(), static_cast<ssize_t>(name.size()), value.data(),
                            static_cast<ssize_t>(value.size()));
    }
    return headers;
}

rd_kafka_resp_err_t produce(rd_kafka_t* handle, const OutRecord& record, Slot& slot) {
    Headers headers = headersFrom(record.headers);
    std::array<rd_kafka_vu_t, 7> values{};
    std::size_t n = 0;
    values[n].vtype = RD_KAFKA_VTYPE_TOPIC;
    values[n++].u.cstr = record.topic.c_str();
    values[n].vtype = RD_KAFKA_VTYPE_PARTITION;
    values[n++].u.i32 = record.partition < 0 ? RD_KAFKA_PARTITION_UA : record.partition;
    values[n].vtype = RD_KAFKA_VTYPE_KEY;
    values[n].u.mem.ptr = const_cast<char*>(record.key.data());
    values[n++].u.mem.size = record.key.size();
    values[n].vtype = RD_KAFKA_VTYPE_VALUE;
    values[n].u.mem.ptr = const_cast<char*>(record.value.data());
    values[n++].u.mem.size = record.value.size();
    values[n].vtype = RD_KAFKA_VTYPE_MSGFLAGS;
    values[n++].u.i = RD_KAFKA_MSG_F_COPY;
    values[n].vtype = RD_KAFKA_VTYPE_HEADERS;
    values[n++].u.headers = headers.get();
    values[n].vtype = RD_KAFKA_VTYPE_OPAQUE;
    values[n++].u.ptr = &slot;
    rd_kafka_error_t* const error = rd_kafka_produceva(handle, values.data(), n);
    if (!error) {
        static_cast<void>(headers.release());  // the message owns them now
        return RD_KAFKA_RESP_ERR_NO_ERROR;
    }
    const rd_kafka_resp_err_t code = rd_kafka_error_code(error);
    rd_kafka_error_destroy(error);
    return code;
}

}  // namespace

struct Producer::Impl {
    Handle handle;
    std::vector<Topic> topics;  // go before the handle

    bool isFatal() const {
        std::array<char, 256> text{};
        return rd_kafka_fatal_error(handle.get(), text.data(), text.size()) != RD_KAFKA_RESP_ERR_NO_ERROR;
    }

    // Hands one record to librdkafka; a full queue is waited out.
    rd_kafka_resp_err_t hand(const OutRecord& record, Slot& slot, const std::function<bool()>& abandon) const {
        for (;;) {
            const auto error = produce(handle.get(), record, slot);
            if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL || (abandon && abandon())) return error;
            rd_kafka_poll(handle.get(), 50);
        }
    }

    void purge(std::size_t& missing) const {
        rd_kafka_purge(handle.get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
        while (missing > 0) rd_kafka_poll(handle.get(), 50);
    }
};

Producer::Producer(std::unique_ptr<Impl> impl) : m_impl(std::move(impl)) {}
Producer::Producer(Producer&&) noexcept = default;
Producer& Producer::operator=(Producer&&) noexcept = default;
Producer::~Producer() = default;

Result<Producer> Producer::make(const std::string& bootstrap, const std::string& clientId, const Settings& extra) {
    Settings settings = commonSettings(bootstrap, clientId);
    settings.merge(Settings{{"enable.idempotence", "true"},
                            {"message.timeout.ms", "0"},
                            {"linger.ms", "0"},
                            {"compression.type", "lz4"},
                            {"partitioner", "murmur2_random"}});
    for (const auto& [name, value] : extra) settings[name] = value;
    Conf conf = newConf();
    rd_kafka_conf_set_dr_msg_cb(conf.get(), onDelivery);
    auto handle = makeHandle(RD_KAFKA_PRODUCER, settings, std::move(conf));
    if (!handle) return handle.error();
    auto impl = std::make_unique<Impl>();
    impl->handle = std::move(handle.value());
    return Producer(std::move(impl));
}

void Producer::prepare(const std::vector<std::string>& topics) {
    for (const std::string& name : topics) {
        if (Topic topic{rd_kafka_topic_new(m_impl->handle.get(), name.c_str(), nullptr)})
            m_impl->topics.push_back(std::move(topic));
    }
}

std::vector<Delivery> Producer::sendAll(const std::vector<OutRecord>& records, const std::function<bool()>& abandon) {
    std::vector<Delivery> deliveries(records.size());
    std::vector<Slot> slots(records.size());
    std::size_t missing = 0;
    std::set<std::pair<std::string, std::string>>
        broken;  // keys whose earlier record was refused: the later must not overtake it
    for (std::size_t i = 0; i < records.size(); ++i) {
        const OutRecord& record = records[i];
        Delivery& delivery = deliveries[i];
        delivery.sentNs = nowNs();
        if (!broken.empty() && broken.contains({record.topic, record.key})) {
            delivery.error = "an earlier record of its key was refused";
            continue;
        }
        slots[i] = {&delivery, &missing};
        const auto error = m_impl->hand(record, slots[i], abandon);
        if (!error) {
            ++missing;
            continue;
        }
        delivery.error = rd_kafka_err2str(error);
        delivery.tooLarge = error == RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE;
        broken.emplace(record.topic, record.key);
    }
    while (missing > 0) {
        rd_kafka_poll(m_impl->handle.get(), 50);
        if (missing > 0 && abandon && abandon()) {
            m_impl->purge(missing);
            break;
        }
    }
    if (m_impl->isFatal()) {
        for (Delivery& delivery : deliveries) delivery.fatal = true;
    }
    return deliveries;
}

}  // namespace nova::kit::kafka
