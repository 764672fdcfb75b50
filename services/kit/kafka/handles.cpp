#include "kit/kafka/handles.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <set>

#include "kit/runtime/log.h"

namespace nova::kit::kafka {
namespace {

using Metadata = std::unique_ptr<const struct rd_kafka_metadata, Deleter<rd_kafka_metadata_destroy>>;
constexpr std::size_t errorSize = 512;
std::atomic<bool> connectsEagerly{false};

// A line a 5 s of failed connection attempts is enough; there is one a second while a broker is away.
bool isRepeat(std::string_view facility) {
    if (facility != "FAIL") return false;
    static std::atomic<std::int64_t> quietUntil{0};
    const std::int64_t now = std::chrono::steady_clock::now().time_since_epoch() / std::chrono::milliseconds{1};
    std::int64_t until = quietUntil;
    return now < until || !quietUntil.compare_exchange_strong(until, now + 5'000);
}

// librdkafka's own lines (level 0 … 7, syslog) in the form of our log.
void onLog(const rd_kafka_t* handle, int level, const char* facility, const char* text) {
    if (level > 4 || isRepeat(facility)) return;
    logWarn("kafka", "{} {}: {}", handle ? rd_kafka_name(handle) : "", facility, text);
}

// Without it librdkafka repeats as ERROR what it has just logged as FAIL.
void onError(rd_kafka_t*, int, const char*, void*) {}

Result<std::set<std::string>> existingTopics(rd_kafka_t* handle, int timeoutMs) {
    const struct rd_kafka_metadata* raw = nullptr;
    const auto error = rd_kafka_metadata(handle, 1, nullptr, &raw, timeoutMs);
    if (error)
        return transient(std::string("Kafka: list of topics: ") + rd_kafka_err2str(error),
                         "Check that the broker runs.");
    const Metadata metadata(raw);
    std::set<std::string> names;
    for (int i = 0; i < metadata->topic_cnt; ++i) names.insert(metadata->topics[i].topic);
    return names;
}

NewTopic newTopic(const TopicSpec& spec) {
    std::array<char, errorSize> text{};
    NewTopic topic(rd_kafka_NewTopic_new(spec.name.c_str(), spec.partitions, -1, text.data(), text.size()));
    for (const auto& [name, value] : spec.config) {
        if (topic) rd_kafka_NewTopic_set_config(topic.get(), name.c_str(), value.c_str());
    }
    return topic;
}

// The controller changes hands, or is not up yet.
bool passes(rd_kafka_resp_err_t error) {
    return error == RD_KAFKA_RESP_ERR_NOT_CONTROLLER || error == RD_KAFKA_RESP_ERR_REQUEST_TIMED_OUT ||
           error == RD_KAFKA_RESP_ERR_LEADER_NOT_AVAILABLE || error == RD_KAFKA_RESP_ERR_BROKER_NOT_AVAILABLE;
}

Result<void> judge(rd_kafka_event_t* event) {
    if (const auto error = rd_kafka_event_error(event)) {
        return transient(std::string("Kafka: create topics: ") + rd_kafka_event_error_string(event) + " (" +
                         rd_kafka_err2name(error) + ")");
    }
    std::size_t count = 0;
    const rd_kafka_topic_result_t** results =
        rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event), &count);
    for (std::size_t i = 0; i < count; ++i) {
        const auto error = rd_kafka_topic_result_error(results[i]);
        if (!error || error == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) continue;
        const char* detail = rd_kafka_topic_result_error_string(results[i]);
        const std::string what = std::string("Kafka: create topic ") + rd_kafka_topic_result_name(results[i]) + ": " +
                                 (detail ? detail : rd_kafka_err2str(error));
        return passes(error) ? transient(what) : permanent(what);
    }
    return outcome::success();
}

}  // namespace

void connectEagerly(bool eager) {
    connectsEagerly = eager;
}

Settings commonSettings(const std::string& bootstrap, const std::string& clientId) {
    return {{"bootstrap.servers", bootstrap},
            {"client.id", clientId},
            {"socket.nagle.disable", "true"},
            {"socket.keepalive.enable", "true"},
            {"allow.auto.create.topics", "false"},
            {"reconnect.backoff.ms", "50"},
            {"reconnect.backoff.max.ms", "100"},
            {"topic.metadata.refresh.interval.ms", "10000"},
            {"enable.sparse.connections", connectsEagerly ? "false" : "true"}};
}

Conf newConf() {
    Conf conf(rd_kafka_conf_new());
    rd_kafka_conf_set_error_cb(conf.get(), onError);
    return conf;
}

Result<Handle> makeHandle(rd_kafka_type_t type, const Settings& settings, Conf conf) {
    std::array<char, errorSize> text{};
    rd_kafka_conf_set_log_cb(conf.get(), onLog);
    for (const auto& [name, value] : settings) {
        if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), text.data(), text.size()) != RD_KAFKA_CONF_OK) {
            return permanent("Kafka: setting " + name + ": " + text.data());
        }
    }
    Handle handle(rd_kafka_new(type, conf.get(), text.data(), text.size()));
    if (!handle) return permanent(std::string("Kafka: ") + text.data());
    static_cast<void>(conf.release());  // the handle owns it now
    return handle;
}

HeaderList headersOf(const rd_kafka_message_t* message) {
    HeaderList list;
    rd_kafka_headers_t* raw = nullptr;
    if (rd_kafka_message_headers(message, &raw)) return list;
    const char* name = nullptr;
    const void* value = nullptr;
    std::size_t size = 0;
    for (std::size_t i = 0; rd_kafka_header_get_all(raw, i, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR; ++i) {
        list.emplace_back(name, value ? std::string(static_cast<const char*>(value), size) : std::string());
    }
    return list;
}

std::string_view header(const HeaderList& headers, std::string_view name) {
    const auto found = std::find_if(headers.rbegin(), headers.rend(), [&](const auto& h) { return h.first == name; });
    return found == headers.rend() ? std::string_view{} : std::string_view{found->second};
}

Result<void> createTopics(const std::string& bootstrap, const std::vector<TopicSpec>& topics, int timeoutMs) {
    Settings settings = commonSettings(bootstrap, "nova-topics");
    // Else a client that found no broker looks for one only once a second; who starts beside its broker waits here.
    settings["enable.sparse.connections"] = "false";
    auto made = makeHandle(RD_KAFKA_PRODUCER, settings);
    if (!made) return made.error();
    rd_kafka_t* const handle = made.value().get();
    const auto existing = existingTopics(handle, timeoutMs);
    if (!existing) return existing.error();

    std::vector<NewTopic> wanted;
    for (const TopicSpec& spec : topics) {
        if (!existing.value().contains(spec.name)) wanted.push_back(newTopic(spec));
    }
    std::erase(wanted, nullptr);
    if (wanted.empty()) return outcome::success();
    std::vector<rd_kafka_NewTopic_t*> raw;
    for (const NewTopic& topic : wanted) raw.push_back(topic.get());

    const AdminOptions options(rd_kafka_AdminOptions_new(handle, RD_KAFKA_ADMIN_OP_CREATETOPICS));
    std::array<char, errorSize> text{};
    rd_kafka_AdminOptions_set_request_timeout(options.get(), timeoutMs, text.data(), text.size());
    rd_kafka_AdminOptions_set_operation_timeout(options.get(), timeoutMs, text.data(), text.size());
    const Queue queue(rd_kafka_queue_new(handle));
    rd_kafka_CreateTopics(handle, raw.data(), raw.size(), options.get(), queue.get());
    const Event event(rd_kafka_queue_poll(queue.get(), timeoutMs + 1'000));
    if (!event) return transient("Kafka: create topics: no answer");
    return judge(event.get());
}

}  // namespace nova::kit::kafka
