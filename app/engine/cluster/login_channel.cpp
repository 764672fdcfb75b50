#include "app/engine/cluster/login_channel.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstring>
#include <thread>
#include <utility>

#include "app/engine/cluster/scram.h"

namespace nova::engine {
namespace {

using kit::kafka::Deleter;
using Context = std::unique_ptr<SSL_CTX, Deleter<SSL_CTX_free>>;
using Tls = std::unique_ptr<SSL, Deleter<SSL_free>>;
constexpr int lookMs = 200, patienceSeconds = 10, fixedVersion = 0x020601ff;
constexpr std::int16_t saslHandshake = 17, saslAuthenticate = 36;
constexpr std::uint32_t largestAnswer = 1 << 20;
constexpr long nothingYet = -2;

std::string valueOf(const kit::kafka::Settings& settings, const char* name) {
    const auto found = settings.find(name);
    return found == settings.end() ? std::string() : found->second;
}

template <typename Number>
void put(std::string& bytes, Number value) {
    for (int shift = 8 * (static_cast<int>(sizeof value) - 1); shift >= 0; shift -= 8)
        bytes += static_cast<char>(static_cast<std::make_unsigned_t<Number>>(value) >> shift);
}

// Takes numbers and texts out of an answer; past its end everything is 0 and empty.
struct Cut {
    const std::string& bytes;
    std::size_t at = 0;
    template <typename Number>
    Number number() {
        Number value = 0;
        for (std::size_t i = 0; i < sizeof value; ++i, ++at)
            value = static_cast<Number>(value << 8 | (at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0));
        return value;
    }
    std::string text(std::int64_t size) {
        if (size <= 0 || at >= bytes.size()) return {};
        const auto taken = bytes.substr(at, static_cast<std::size_t>(size));
        at += taken.size();
        return taken;
    }
};

std::string tlsFault(SSL* tls) {
    std::array<char, 256> text{};
    ERR_error_string_n(ERR_get_error(), text.data(), text.size());
    const auto verified = tls ? SSL_get_verify_result(tls) : X509_V_OK;
    return std::string("SSL handshake failed: ") +
           (verified == X509_V_OK
                ? std::string(text.data())
                : std::string("certificate verify failed: ") + X509_verify_cert_error_string(verified));
}

}  // namespace

// The broker's end: a socket, encrypted or not.
struct LoginChannel::Broker {
    int fd = -1;
    Context context;
    Tls tls;
    std::int32_t calls = 0;

    ~Broker() {
        tls.reset();
        if (fd >= 0) ::close(fd);
    }
    // 0 or −1: the end. Nothing yet: what came was for TLS itself.
    long read(char* into, std::size_t size) {
        if (!tls) return ::recv(fd, into, size, 0);
        const int got = SSL_read(tls.get(), into, static_cast<int>(size));
        return got <= 0 && SSL_get_error(tls.get(), got) == SSL_ERROR_WANT_READ ? nothingYet : got;
    }
    bool write(const char* data, std::size_t size) {
        while (size > 0) {
            const long sent =
                tls ? SSL_write(tls.get(), data, static_cast<int>(size)) : ::send(fd, data, size, MSG_NOSIGNAL);
            if (sent <= 0) return false;
            data += sent;
            size -= static_cast<std::size_t>(sent);
        }
        return true;
    }
    bool readAll(std::string& into, std::size_t size) {
        into.assign(size, '\0');
        const auto until = std::chrono::steady_clock::now() + std::chrono::seconds(patienceSeconds);
        for (std::size_t got = 0; got < size;) {
            const long more = read(into.data() + got, size - got);
            if (more == nothingYet && std::chrono::steady_clock::now() < until) continue;
            if (more <= 0) return false;
            got += static_cast<std::size_t>(more);
        }
        return true;
    }
    // One request and its answer without its correlation id; false: the connection ended.
    bool call(std::int16_t api, std::int16_t version, const std::string& client, const std::string& body,
              std::string& answer) {
        std::string head, request;
        put<std::int16_t>(head, api);
        put<std::int16_t>(head, version);
        put<std::int32_t>(head, ++calls);
        put<std::int16_t>(head, static_cast<std::int16_t>(client.size()));
        head += client;
        put<std::int32_t>(request, static_cast<std::int32_t>(head.size() + body.size()));
        request += head + body;
        std::string size;
        if (!write(request.data(), request.size()) || !readAll(size, sizeof(std::uint32_t))) return false;
        const auto length = Cut{size}.number<std::uint32_t>();
        if (length < sizeof calls || length > largestAnswer || !readAll(answer, length)) return false;
        answer.erase(0, sizeof calls);
        return true;
    }
};

LoginChannel::LoginChannel(kit::kafka::Settings settings, std::function<void(std::string, bool)> failed)
    : m_settings(std::move(settings)), m_failed(std::move(failed)) {}

LoginChannel::~LoginChannel() {
    m_stopping = true;
    std::unique_lock lock(m_mutex);
    for (const int fd : m_logins) ::shutdown(fd, SHUT_RDWR);  // whoever waits for a broker that says nothing
    m_ended.wait(lock, [this] { return m_open == 0; });
    for (const auto& [theirs, ours] : m_pairs) ::close(ours);
}

bool LoginChannel::isNeeded(const kit::kafka::Settings& settings) {
    return rd_kafka_version() < fixedVersion && valueOf(settings, "sasl.mechanisms").starts_with("SCRAM-") &&
           valueOf(settings, "security.protocol").starts_with("SASL");
}

void LoginChannel::strip(kit::kafka::Settings& settings) {
    std::erase_if(settings,
                  [](const auto& one) { return one.first.starts_with("sasl.") || one.first.starts_with("ssl."); });
    settings["security.protocol"] = "PLAINTEXT";
}

int LoginChannel::makeSocket() {
    std::array<int, 2> pair{};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair.data()) != 0) return -1;
    const std::lock_guard lock(m_mutex);
    const auto [entry, fresh] = m_pairs.try_emplace(pair[0], pair[1]);
    if (!fresh) ::close(std::exchange(entry->second, pair[1]));  // of a client's end that was closed unconnected
    return pair[0];
}

int LoginChannel::connect(int socket, const sockaddr* address, socklen_t size, const std::string& name) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_pairs.find(socket);
    if (found == m_pairs.end() || m_stopping) return ECONNABORTED;
    std::vector<char> bytes(size);
    std::memcpy(bytes.data(), address, size);
    ++m_open;
    std::thread([this, ours = found->second, name, bytes = std::move(bytes)] {
        carry(ours, name, bytes);
        const std::lock_guard done(m_mutex);
        --m_open;
        m_ended.notify_all();
    }).detach();
    m_pairs.erase(found);
    return 0;
}

bool LoginChannel::enter(int fd) {
    const std::lock_guard lock(m_mutex);
    return !m_stopping && m_logins.insert(fd).second;
}

void LoginChannel::leave(int fd) {
    const std::lock_guard lock(m_mutex);
    m_logins.erase(fd);
}

// Empty, or why there is no connection.
std::string LoginChannel::open(Broker& broker, const std::string& name, const std::vector<char>& address,
                               bool& refused) {
    const auto* to = reinterpret_cast<const sockaddr*>(address.data());
    broker.fd = ::socket(to->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (!enter(broker.fd)) return "Connect failed: the client is closed";
    const timeval patience{patienceSeconds, 0};
    ::setsockopt(broker.fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    ::setsockopt(broker.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const int yes = 1;
    ::setsockopt(broker.fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    ::setsockopt(broker.fd, SOL_SOCKET, SO_KEEPALIVE, &yes, sizeof yes);
    if (::connect(broker.fd, to, static_cast<socklen_t>(address.size())) != 0)
        return std::string("Connect failed: ") + std::strerror(errno);
    if (valueOf(m_settings, "security.protocol") == "SASL_SSL") {
        broker.context.reset(SSL_CTX_new(TLS_client_method()));
        SSL_CTX_set_verify(broker.context.get(), SSL_VERIFY_PEER, nullptr);
        const auto ca = valueOf(m_settings, "ssl.ca.location"), cert = valueOf(m_settings, "ssl.certificate.location"),
                   key = valueOf(m_settings, "ssl.key.location");
        auto secret = valueOf(m_settings, "ssl.key.password");
        SSL_CTX_set_default_passwd_cb_userdata(broker.context.get(), secret.data());
        const bool known = ca.empty() ? SSL_CTX_set_default_verify_paths(broker.context.get()) == 1
                                      : SSL_CTX_load_verify_locations(broker.context.get(), ca.c_str(), nullptr) == 1;
        const bool owned =
            cert.empty() || (SSL_CTX_use_certificate_chain_file(broker.context.get(), cert.c_str()) == 1 &&
                             SSL_CTX_use_PrivateKey_file(broker.context.get(), key.c_str(), SSL_FILETYPE_PEM) == 1);
        broker.tls.reset(SSL_new(broker.context.get()));
        auto host = name.substr(0, name.rfind(':'));
        if (host.starts_with('[')) host = host.substr(1, host.size() - 2);
        SSL_set1_host(broker.tls.get(), host.c_str());
        std::array<char, sizeof(in6_addr)> number{};
        if (::inet_pton(AF_INET, host.c_str(), number.data()) != 1 &&
            ::inet_pton(AF_INET6, host.c_str(), number.data()) != 1)
            SSL_ctrl(broker.tls.get(), SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data());
        SSL_clear_mode(broker.tls.get(), SSL_MODE_AUTO_RETRY);  // so that poll() and not a read waits for records
        SSL_set_fd(broker.tls.get(), broker.fd);
        refused = true;
        if (!known || !owned || SSL_connect(broker.tls.get()) != 1) return tlsFault(broker.tls.get());
    }
    return logIn(broker, refused);
}

std::string LoginChannel::logIn(Broker& broker, bool& refused) {
    const auto mechanism = valueOf(m_settings, "sasl.mechanisms"), client = valueOf(m_settings, "client.id");
    Scram scram(mechanism, valueOf(m_settings, "sasl.username"), valueOf(m_settings, "sasl.password"),
                Scram::newNonce());
    std::string body, answer;
    refused = false;
    const std::string lost = "the broker ended the connection during the login";
    put<std::int16_t>(body, static_cast<std::int16_t>(mechanism.size()));
    if (!broker.call(saslHandshake, 1, client, body + mechanism, answer)) return lost;
    refused = true;
    Cut hello{answer};
    if (hello.number<std::int16_t>() != 0) return "SASL authentication error: the broker does not offer " + mechanism;
    const auto say = [&](const std::string& words, std::string& reply) -> std::string {
        std::string message;
        put<std::int32_t>(message, static_cast<std::int32_t>(words.size()));
        refused = false;
        if (!broker.call(saslAuthenticate, 0, client, message + words, answer)) return lost;
        refused = true;
        Cut cut{answer};
        const auto error = cut.number<std::int16_t>();
        const auto text = cut.text(cut.number<std::int16_t>());
        if (error != 0) return "SASL authentication error: " + text;
        reply = cut.text(cut.number<std::int32_t>());
        return {};
    };
    std::string reply;
    if (const auto fault = say(scram.first(), reply); !fault.empty()) return fault;
    const auto last = scram.final(reply);
    if (!last) return "SASL authentication error: what the broker answers is no SCRAM";
    if (const auto fault = say(*last, reply); !fault.empty()) return fault;
    if (!scram.verify(reply)) return "SASL authentication error: the broker does not know the password";
    return {};
}

void LoginChannel::carry(int ours, const std::string& name, const std::vector<char>& address) {
    Broker broker;
    bool refused = false;
    const auto fault = open(broker, name, address, refused);
    leave(broker.fd);
    if (!fault.empty()) {
        m_failed(name + ": " + fault, refused);
        ::close(ours);
        return;
    }
    std::array<char, 65'536> buffer{};
    while (!m_stopping) {
        std::array<pollfd, 2> both{pollfd{ours, POLLIN, 0}, pollfd{broker.fd, POLLIN, 0}};
        const bool waits = broker.tls && SSL_pending(broker.tls.get()) > 0;
        if (::poll(both.data(), both.size(), waits ? 0 : lookMs) <= 0 && !waits) continue;
        if (both[0].revents != 0) {
            const auto got = ::recv(ours, buffer.data(), buffer.size(), 0);
            if (got <= 0 || !broker.write(buffer.data(), static_cast<std::size_t>(got))) break;
        }
        if (both[1].revents != 0 || waits) {
            const auto got = broker.read(buffer.data(), buffer.size());
            if (got == nothingYet) continue;
            if (got <= 0 || ::send(ours, buffer.data(), static_cast<std::size_t>(got), MSG_NOSIGNAL) != got) break;
        }
    }
    ::close(ours);
}

}  // namespace nova::engine
