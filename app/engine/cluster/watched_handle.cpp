#include "app/engine/cluster/watched_handle.h"

#include <array>
#include <mutex>
#include <regex>

#include "app/engine/cluster/login_channel.h"
#include "kit/runtime/log.h"

namespace nova::engine {
namespace {

constexpr const char* interceptor = "nova-console";
constexpr int saslHandshake = 17, apiVersions = 18, saslAuthenticate = 36;

// Lives as long as the configuration that the handle owns: until rd_kafka_destroy() has ended all threads.
struct Watch {
    std::shared_ptr<ReadBudget> budget;
    std::mutex mutex;
    HandleFault fault;                      // guarded
    std::unique_ptr<LoginChannel> channel;  // none: librdkafka logs in by itself

    void fail(std::string text, bool refused) {
        const std::lock_guard lock(mutex);
        if (!fault.refused || refused)
            fault = {std::move(text), refused};  // the connection's end says less than its cause
    }
};

Watch& watchOf(void* opaque) {
    return *static_cast<Watch*>(opaque);
}

rd_kafka_resp_err_t onRequest(rd_kafka_t*, int, const char*, int32_t, int16_t apiKey, int16_t, int32_t, size_t,
                              void* opaque) {
    if (const auto& budget = watchOf(opaque).budget) budget->countRequest(apiKey);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t onResponse(rd_kafka_t*, int, const char*, int32_t, int16_t apiKey, int16_t, int32_t, size_t size,
                               int64_t, rd_kafka_resp_err_t error, void* opaque) {
    auto& watch = watchOf(opaque);
    if (watch.budget && size > 0) watch.budget->pay(static_cast<std::int64_t>(size));
    const bool login = apiKey == saslHandshake || apiKey == apiVersions || apiKey == saslAuthenticate;
    if (error == RD_KAFKA_RESP_ERR_NO_ERROR && !login) {
        const std::lock_guard lock(watch.mutex);
        watch.fault = {};
    }
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

rd_kafka_resp_err_t onNew(rd_kafka_t* handle, const rd_kafka_conf_t*, void* opaque, char*, size_t) {
    rd_kafka_interceptor_add_on_request_sent(handle, interceptor, onRequest, opaque);
    return rd_kafka_interceptor_add_on_response_received(handle, interceptor, onResponse, opaque);
}

rd_kafka_resp_err_t onConfDestroy(void* opaque) {
    delete static_cast<Watch*>(opaque);
    return RD_KAFKA_RESP_ERR_NO_ERROR;
}

// "[thrd:…]: sasl_ssl://host:port/bootstrap: <what it says> (after 3ms in state …)" → what it says, with the address.
std::string plain(const std::string& text) {
    static const std::regex thread(R"(^\[thrd:[^\]]*\]: )"), ending(R"( \(after .* in state .*\)$)"),
        address(R"(^(?:[a-z_]+://)?([^/: ]+:[0-9]+)/[^: ]*: )");
    auto bare = std::regex_replace(text, thread, "");
    bare = std::regex_replace(bare, ending, "");
    return std::regex_replace(bare, address, "$1: ");
}

void onLog(const rd_kafka_t* handle, int level, const char* facility, const char* text) {
    auto* opaque = handle ? rd_kafka_opaque(handle) : nullptr;
    if (level <= 2) kit::logWarn("kafka", "{}: {}", facility, text);
    if (!opaque || std::string_view(facility) != "FAIL" || level > 4) return;
    const std::string_view said(text);
    watchOf(opaque).fail(plain(text), said.find("authentication") != std::string_view::npos ||
                                          said.find("SSL handshake") != std::string_view::npos);
}

int onSocket(int, int, int, void* opaque) {
    return watchOf(opaque).channel->makeSocket();
}

int onConnect(int socket, const sockaddr* address, int size, const char* name, void* opaque) {
    return watchOf(opaque).channel->connect(socket, address, static_cast<socklen_t>(size), name);
}

}  // namespace

kit::Result<kit::kafka::Handle> makeWatched(const kit::kafka::Settings& settings, std::shared_ptr<ReadBudget> budget) {
    auto conf = kit::kafka::newConf();
    std::array<char, 512> text{};
    auto told = settings;
    const bool logsIn = LoginChannel::isNeeded(settings);
    if (logsIn) LoginChannel::strip(told);
    for (const auto& [name, value] : told) {
        if (rd_kafka_conf_set(conf.get(), name.c_str(), value.c_str(), text.data(), text.size()) != RD_KAFKA_CONF_OK)
            return kit::permanent("Kafka: setting " + name + ": " + text.data());
    }
    auto* const watch = new Watch{std::move(budget), {}, {}, {}};
    if (logsIn) {
        watch->channel = std::make_unique<LoginChannel>(
            settings, [watch](std::string why, bool refused) { watch->fail(std::move(why), refused); });
        rd_kafka_conf_set_socket_cb(conf.get(), onSocket);
        rd_kafka_conf_set_connect_cb(conf.get(), onConnect);
    }
    rd_kafka_conf_set_opaque(conf.get(), watch);
    rd_kafka_conf_set_log_cb(conf.get(), onLog);
    rd_kafka_conf_interceptor_add_on_conf_destroy(conf.get(), interceptor, onConfDestroy, watch);
    rd_kafka_conf_interceptor_add_on_new(conf.get(), interceptor, onNew, watch);
    kit::kafka::Handle handle(rd_kafka_new(RD_KAFKA_CONSUMER, conf.get(), text.data(), text.size()));
    if (!handle) return kit::permanent(std::string("Kafka: ") + text.data());
    static_cast<void>(conf.release());  // the handle owns it now
    return handle;
}

HandleFault faultOf(rd_kafka_t* handle) {
    auto& watch = watchOf(rd_kafka_opaque(handle));
    const std::lock_guard lock(watch.mutex);
    return watch.fault;
}

}  // namespace nova::engine
