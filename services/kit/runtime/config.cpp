#include "kit/runtime/config.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "kit/rpc/auth.h"

namespace nova::kit {
namespace {

// Takes keys out of the table one by one; the first fault is kept, and what was never asked for is unknown.
class Reader {
public:
    Reader(const toml::table& table, const std::string& file) : m_table(table), m_file(file) {}

    void text(std::string_view key, std::string& into) {
        const auto* node = take(key);
        if (!node) return;
        const auto value = node->value_exact<std::string>();
        if (!value) return fault(key, "must be text in quotes");
        into = *value;
    }

    template <typename Integer>
    void number(std::string_view key, Integer& into, std::int64_t least, std::int64_t most) {
        const auto* node = take(key);
        if (!node) return;
        const auto value = node->value_exact<std::int64_t>();
        if (!value) return fault(key, "must be a whole number");
        if (*value < least || *value > most)
            return fault(key, fmt::format("is {}, must be {} to {}", *value, least, most));
        into = static_cast<Integer>(*value);
    }

    void flag(std::string_view key, bool& into) {
        const auto* node = take(key);
        if (!node) return;
        const auto value = node->value_exact<bool>();
        if (!value) return fault(key, "must be true or false");
        into = *value;
    }

    void fault(std::string_view key, const std::string& what) {
        if (!m_fault) m_fault = permanent(fmt::format("{}: {} {}", m_file, key, what), "correct this key in the file");
    }

    std::optional<Error> finish() {
        for (const auto& [key, node] : m_table) {
            if (m_known.contains(key.str())) continue;
            if (m_fault) break;
            m_fault = permanent(fmt::format("{}:{}: unknown key {}", m_file, node.source().begin.line, key.str()),
                                fmt::format("did you mean {}?", nearest(key.str())));
        }
        return m_fault;
    }

private:
    const toml::node* take(std::string_view key) {
        m_known.insert(key);
        return m_table.get(key);
    }

    static std::size_t distance(std::string_view a, std::string_view b) {
        std::vector<std::size_t> row(b.size() + 1);
        for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
        for (std::size_t i = 1; i <= a.size(); ++i) {
            std::size_t diagonal = row[0];
            row[0] = i;
            for (std::size_t j = 1; j <= b.size(); ++j) {
                const std::size_t changed = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
            }
        }
        return row.back();
    }

    std::string_view nearest(std::string_view key) const {
        return *std::ranges::min_element(m_known, {}, [&](std::string_view known) { return distance(known, key); });
    }

    const toml::table& m_table;
    const std::string& m_file;
    std::set<std::string_view> m_known;
    std::optional<Error> m_fault;
};

bool isAddress(std::string_view text) {
    const auto colon = text.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return false;
    const auto port = text.substr(colon + 1);
    return !port.empty() && port.size() <= 5 &&
           std::ranges::all_of(port, [](char c) { return c >= '0' && c <= '9'; }) &&
           std::stoi(std::string(port)) <= 65'535;
}

void readAll(Reader& reader, ServiceConfig& config) {
    constexpr std::int64_t any = std::numeric_limits<int>::max();
    reader.text("service", config.service);
    reader.number("replica", config.replica, 0, 9'999);
    reader.text("grpc_listen", config.grpcListen);
    reader.text("http_listen", config.httpListen);
    reader.text("ws_listen", config.wsListen);
    reader.text("kafka_bootstrap", config.kafkaBootstrap);
    reader.text("postgres_uri", config.postgresUri);
    reader.text("postgres_schema", config.postgresSchema);
    reader.number("postgres_connections", config.postgresConnections, 1, 200);
    reader.text("redis_host", config.redisHost);
    reader.number("redis_port", config.redisPort, 0, 65'535);
    reader.text("endpoints_file", config.endpointsFile);
    reader.text("token_public_key_file", config.tokenPublicKeyFile);
    reader.text("token_private_key_file", config.tokenPrivateKeyFile);
    std::int64_t ttl = config.tokenTtl.count();
    reader.number("token_ttl_s", ttl, 1, any);
    config.tokenTtl = std::chrono::seconds{ttl};
    reader.number("rpc_delay_ms", config.rpcDelayMs, 0, 600'000);
    reader.number("argon_memory_kib", config.argonMemoryKib, 8, 4 * 1024 * 1024);
    reader.number("argon_passes", config.argonPasses, 1, 100);
    reader.text("key_template", config.keyTemplate);
    reader.flag("legacy_shared_keys", config.legacySharedKeys);
    std::string publish = "outbox";
    reader.text("publish", publish);
    config.publish = publish == "direct" ? Publish::direct : Publish::outbox;
    if (publish != "outbox" && publish != "direct") {
        reader.fault("publish", fmt::format("is \"{}\", must be \"outbox\" or \"direct\"", publish));
    }
    std::string mode = "events";
    reader.text("mode", mode);
    config.mode = mode == "sync" ? Mode::sync : Mode::events;
    if (mode != "events" && mode != "sync") {
        reader.fault("mode", fmt::format("is \"{}\", must be \"events\" or \"sync\"", mode));
    }
    reader.flag("allow_request_mode", config.allowRequestMode);
    reader.flag("premium_first", config.premiumFirst);
    reader.flag("kafka_eager", config.kafkaEager);
    std::int64_t grace = config.pushGrace.count();
    reader.number("push_grace_s", grace, 0, any);
    config.pushGrace = std::chrono::seconds{grace};
    reader.text("s3_endpoint", config.s3Endpoint);
    reader.text("s3_bucket", config.s3Bucket);
    reader.text("s3_access_key", config.s3AccessKey);
    reader.text("s3_secret_key", config.s3SecretKey);
    reader.number("upload_limit", config.uploadLimit, 1, 1024LL * 1024 * 1024);
}

void checkTogether(Reader& reader, const ServiceConfig& config) {
    const auto required = [&](const char* key, const std::string& value) {
        if (value.empty()) reader.fault(key, "is missing and has no default");
    };
    required("service", config.service);
    required("http_listen", config.httpListen);
    required("kafka_bootstrap", config.kafkaBootstrap);
    if (!config.postgresUri.empty()) required("postgres_schema", config.postgresSchema);

    const auto address = [&](const char* key, const std::string& value) {
        if (!value.empty() && !isAddress(value)) reader.fault(key, fmt::format("is \"{}\", must be host:port", value));
    };
    address("http_listen", config.httpListen);
    address("grpc_listen", config.grpcListen);
    address("ws_listen", config.wsListen);

    const auto existing = [&](const char* key, const std::string& file) {
        std::error_code error;
        if (!file.empty() && !std::filesystem::is_regular_file(file, error)) {
            reader.fault(key, fmt::format("names {}, which is not a file", file));
        }
    };
    existing("token_public_key_file", config.tokenPublicKeyFile);
    existing("token_private_key_file", config.tokenPrivateKeyFile);
    if (config.tokenPublicKeyFile.empty()) return;
    std::ifstream in(config.tokenPublicKeyFile, std::ios::binary);
    const std::string pem{std::istreambuf_iterator<char>(in), {}};
    if (const auto problem = publicKeyProblem(pem); in.is_open() && !problem.empty())
        reader.fault("token_public_key_file", fmt::format("names {}: {}", config.tokenPublicKeyFile, problem));
}

}  // namespace

Result<ServiceConfig> loadConfig(const std::string& file) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(file, error)) {
        return permanent(fmt::format("{}: no such configuration file", file),
                         "name an existing TOML file with --config");
    }
    // It may hold a database password.
    const auto permissions = std::filesystem::status(file, error).permissions();
    if ((permissions & (std::filesystem::perms::group_all | std::filesystem::perms::others_all)) !=
        std::filesystem::perms::none) {
        return permanent(fmt::format("{}: others than its owner may read or write it", file),
                         fmt::format("chmod 600 {}", file));
    }
    try {
        const toml::table table = toml::parse_file(file);
        Reader reader(table, file);
        ServiceConfig config;
        readAll(reader, config);
        checkTogether(reader, config);
        if (auto fault = reader.finish()) return *fault;
        return config;
    } catch (const toml::parse_error& e) {
        return permanent(
            fmt::format("{}:{}:{}: {}", file, e.source().begin.line, e.source().begin.column, e.description()),
            "the file must be TOML 1.0");
    }
}

}  // namespace nova::kit
