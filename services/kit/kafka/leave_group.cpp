#include "kit/kafka/leave_group.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>

namespace nova::kit::kafka {
namespace {

constexpr std::int16_t findCoordinator = 10, findCoordinatorVersion = 1;
constexpr std::int16_t leave = 13, leaveVersion = 3;
constexpr std::uint32_t mostBytes = 64 * 1024;  // of an answer

// Big-endian fields of a request.
class Writer {
public:
    void int8(std::int8_t value) { m_bytes.push_back(static_cast<char>(value)); }
    void int16(std::int16_t value) { number(htons(static_cast<std::uint16_t>(value))); }
    void int32(std::int32_t value) { number(htonl(static_cast<std::uint32_t>(value))); }
    void text(std::string_view value) {
        int16(static_cast<std::int16_t>(value.size()));
        m_bytes.append(value);
    }
    const std::string& bytes() const { return m_bytes; }

private:
    template <typename Integer>
    void number(Integer networkOrder) {
        char raw[sizeof networkOrder];
        std::memcpy(raw, &networkOrder, sizeof raw);
        m_bytes.append(raw, sizeof raw);
    }
    std::string m_bytes;
};

// Fields of an answer; zeros and empty texts beyond its end.
class Reader {
public:
    explicit Reader(std::string bytes) : m_bytes(std::move(bytes)) {}
    std::int16_t int16() { return static_cast<std::int16_t>(ntohs(number<std::uint16_t>())); }
    std::int32_t int32() { return static_cast<std::int32_t>(ntohl(number<std::uint32_t>())); }
    std::string text() {
        const auto size = int16();
        if (size <= 0 || m_at + static_cast<std::size_t>(size) > m_bytes.size()) return {};
        m_at += static_cast<std::size_t>(size);
        return m_bytes.substr(m_at - static_cast<std::size_t>(size), static_cast<std::size_t>(size));
    }
    bool isAtEnd() const { return m_at >= m_bytes.size(); }

private:
    template <typename Integer>
    Integer number() {
        Integer value = 0;
        if (m_at + sizeof value <= m_bytes.size()) std::memcpy(&value, m_bytes.data() + m_at, sizeof value);
        m_at += sizeof value;
        return value;
    }
    std::string m_bytes;
    std::size_t m_at = 0;
};

class Socket {
public:
    Socket() = default;
    explicit Socket(int fd) : m_fd(fd) {}
    Socket(Socket&& other) noexcept : m_fd(std::exchange(other.m_fd, -1)) {}
    Socket& operator=(Socket&& other) noexcept {
        std::swap(m_fd, other.m_fd);
        return *this;
    }
    ~Socket() {
        if (m_fd >= 0) close(m_fd);
    }
    explicit operator bool() const { return m_fd >= 0; }

    static Socket connect(const std::string& host, const std::string& port, std::chrono::milliseconds timeout) {
        addrinfo wanted{};
        wanted.ai_socktype = SOCK_STREAM;
        addrinfo* found = nullptr;
        if (getaddrinfo(host.c_str(), port.c_str(), &wanted, &found) != 0) return {};
        const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> all(found, &freeaddrinfo);
        const timeval limit{static_cast<time_t>(timeout.count() / 1000), (timeout.count() % 1000) * 1000};
        for (const addrinfo* one = found; one; one = one->ai_next) {
            Socket socket(::socket(one->ai_family, one->ai_socktype | SOCK_CLOEXEC, one->ai_protocol));
            if (!socket) continue;
            setsockopt(socket.m_fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
            setsockopt(socket.m_fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);  // of the connect as well
            if (::connect(socket.m_fd, one->ai_addr, one->ai_addrlen) == 0) return socket;
        }
        return {};
    }

    // The answer's body.
    std::optional<Reader> ask(std::int16_t api, std::int16_t version, const Writer& body) const {
        Writer header;
        header.int16(api);
        header.int16(version);
        header.int32(1);
        header.text("nova-leave");
        Writer request;
        request.int32(static_cast<std::int32_t>(header.bytes().size() + body.bytes().size()));
        const std::string all = request.bytes() + header.bytes() + body.bytes();
        if (send(m_fd, all.data(), all.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(all.size())) return std::nullopt;
        const auto head = receive(4);
        if (!head) return std::nullopt;
        const auto size = static_cast<std::uint32_t>(Reader(*head).int32());
        if (size < 4 || size > mostBytes) return std::nullopt;
        auto rest = receive(size);
        if (!rest) return std::nullopt;
        return Reader(rest->substr(4));  // after the correlation id
    }

private:
    std::optional<std::string> receive(std::size_t size) const {
        std::string bytes(size, '\0');
        if (recv(m_fd, bytes.data(), size, MSG_WAITALL) != static_cast<ssize_t>(size)) return std::nullopt;
        return bytes;
    }
    int m_fd = -1;
};

Socket coordinatorOf(const Socket& broker, const std::string& group, std::chrono::milliseconds timeout) {
    Writer request;
    request.text(group);
    request.int8(0);  // a group's
    auto answer = broker.ask(findCoordinator, findCoordinatorVersion, request);
    if (!answer) return {};
    answer->int32();  // throttle
    if (answer->int16() != 0) return {};
    answer->text();   // message
    answer->int32();  // node
    const auto host = answer->text();
    const auto port = answer->int32();
    return Socket::connect(host, std::to_string(port), timeout);
}

}  // namespace

Result<void> leaveGroup(const std::string& bootstrap, const std::string& group, const std::string& instanceId,
                        std::chrono::milliseconds timeout) {
    Socket coordinator;
    for (std::string_view rest = bootstrap; !rest.empty() && !coordinator;) {
        const auto end = std::min(rest.find(','), rest.size());
        const std::string_view one = rest.substr(0, end);
        rest.remove_prefix(std::min(end + 1, rest.size()));
        const auto colon = one.rfind(':');
        if (colon == one.npos) continue;
        const auto broker =
            Socket::connect(std::string(one.substr(0, colon)), std::string(one.substr(colon + 1)), timeout);
        if (broker) coordinator = coordinatorOf(broker, group, timeout);
    }
    if (!coordinator) return transient("Kafka: no coordinator of group " + group + " at " + bootstrap);
    Writer request;
    request.text(group);
    request.int32(1);
    request.text("");  // whatever its member id is
    request.text(instanceId);
    auto answer = coordinator.ask(leave, leaveVersion, request);
    if (!answer || answer->isAtEnd()) return transient("Kafka: the coordinator of group " + group + " did not answer");
    answer->int32();  // throttle
    std::int16_t error = answer->int16();
    if (error == 0 && answer->int32() > 0) {
        answer->text();
        answer->text();
        error = answer->int16();
    }
    if (error != 0)
        return transient("Kafka: " + instanceId + " did not leave group " + group + ": error " + std::to_string(error));
    return outcome::success();
}

}  // namespace nova::kit::kafka
