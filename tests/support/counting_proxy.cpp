#include "tests/support/counting_proxy.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

namespace nova::test {
namespace {

constexpr int lookMs = 50;
// Length (4 bytes), API key (2), version (2), correlation id (4), length of the client id (2), client id.
constexpr std::size_t apiAt = 4, idSizeAt = 12, idAt = 14;

sockaddr_in local(int port) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return address;
}

template <typename Number>
Number number(const std::string& bytes, std::size_t at) {
    Number value = 0;
    for (std::size_t i = 0; i < sizeof value; ++i)
        value = static_cast<Number>(value << 8 | static_cast<unsigned char>(bytes.at(at + i)));
    return value;
}

bool sendAll(int fd, const char* data, std::size_t size) {
    while (size > 0) {
        const auto sent = ::send(fd, data, size, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        data += sent;
        size -= static_cast<std::size_t>(sent);
    }
    return true;
}

bool readable(int fd) {
    pollfd one{fd, POLLIN, 0};
    return ::poll(&one, 1, lookMs) > 0;
}

}  // namespace

CountingProxy::CountingProxy(int brokerPort) : m_target(brokerPort) {
    m_listener = ::socket(AF_INET, SOCK_STREAM, 0);
    auto address = local(0);
    socklen_t size = sizeof address;
    ::bind(m_listener, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(m_listener, 64);
    ::getsockname(m_listener, reinterpret_cast<sockaddr*>(&address), &size);
    m_port = ntohs(address.sin_port);
    m_acceptor = std::thread([this] { acceptAll(); });
}

CountingProxy::~CountingProxy() {
    m_stopping = true;
    m_acceptor.join();
    ::close(m_listener);
    for (auto& thread : m_threads) thread.join();
}

void CountingProxy::acceptAll() {
    while (!m_stopping) {
        if (!readable(m_listener)) continue;
        const int client = ::accept(m_listener, nullptr, nullptr);
        if (client < 0) continue;
        const std::lock_guard lock(m_mutex);
        m_threads.emplace_back([this, client] { pass(client); });
    }
}

void CountingProxy::pass(int client) {
    const int broker = ::socket(AF_INET, SOCK_STREAM, 0);
    const auto address = local(m_target);
    if (::connect(broker, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
        ++m_connections;
        Splitter splitter;
        std::array<char, 65'536> buffer{};
        for (bool open = true; open && !m_stopping;) {
            std::array<pollfd, 2> both{pollfd{client, POLLIN, 0}, pollfd{broker, POLLIN, 0}};
            ::poll(both.data(), both.size(), lookMs);
            for (std::size_t from = 0; from < both.size(); ++from) {
                if (both.at(from).revents == 0) continue;
                const auto got = ::recv(both.at(from).fd, buffer.data(), buffer.size(), 0);
                open = got > 0 && sendAll(both.at(1 - from).fd, buffer.data(), static_cast<std::size_t>(got));
                if (!open) break;
                if (from == 0)
                    count(splitter, buffer.data(), static_cast<std::size_t>(got));
                else
                    m_bytes += got;
            }
        }
    }
    ::close(broker);
    ::close(client);
}

void CountingProxy::count(Splitter& splitter, const char* data, std::size_t size) {
    while (size > 0) {
        if (splitter.toSkip > 0) {
            const auto skipped = std::min<std::int64_t>(splitter.toSkip, static_cast<std::int64_t>(size));
            splitter.toSkip -= skipped;
            data += skipped;
            size -= static_cast<std::size_t>(skipped);
            continue;
        }
        splitter.head += *data++;
        --size;
        const auto& head = splitter.head;
        if (head.size() < idAt || head.size() < idAt + number<std::uint16_t>(head, idSizeAt)) continue;
        const int api = number<std::uint16_t>(head, apiAt);
        ++m_requests;
        ++m_byApi.at(static_cast<std::size_t>(api) % m_byApi.size());
        {
            const std::lock_guard lock(m_mutex);
            m_clients[api].insert(head.substr(idAt));
        }
        splitter.toSkip = std::int64_t{number<std::uint32_t>(head, 0)} + static_cast<std::int64_t>(apiAt) -
                          static_cast<std::int64_t>(head.size());
        splitter.head.clear();
    }
}

std::set<std::string> CountingProxy::clients(int apiKey) const {
    const std::lock_guard lock(m_mutex);
    const auto found = m_clients.find(apiKey);
    return found == m_clients.end() ? std::set<std::string>{} : found->second;
}

std::string CountingProxy::summary() const {
    std::string text = std::to_string(m_bytes) + " bytes, " + std::to_string(m_requests) + " requests, by API key:";
    for (std::size_t api = 0; api < m_byApi.size(); ++api)
        if (m_byApi.at(api) > 0) text += " " + std::to_string(api) + "×" + std::to_string(m_byApi.at(api));
    return text;
}

void CountingProxy::reset() {
    m_requests = 0;
    m_bytes = 0;
    for (auto& one : m_byApi) one = 0;
    const std::lock_guard lock(m_mutex);
    m_clients.clear();
}

}  // namespace nova::test
