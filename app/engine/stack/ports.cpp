#include "app/engine/stack/ports.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>

#include "app/engine/stack/catalogue.h"
#include "app/engine/stack/paths.h"

namespace nova::stack {
namespace {

constexpr int lowest = 20'000, beyond = 32'000, tries = 2'000;

}  // namespace

QStringList portKeys(const CataloguePart& part, int replicas) {
    QStringList keys;
    for (int replica = 0; replica < replicas; ++replica)
        for (const auto& port : part.ports) keys << QStringLiteral("%1/%2.%3").arg(part.name).arg(replica).arg(port);
    return keys;
}

Ports::Ports(QString file) : m_file(std::move(file)) {
    if (m_file.isEmpty()) return;
    const auto json = QJsonDocument::fromJson(readAll(m_file)).object();
    for (auto it = json.begin(); it != json.end(); ++it) m_kept.insert(it.key(), it.value().toInt());
}

bool Ports::isFree(int port) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return false;
    const int yes = 1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool bound = bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(fd);
    return bound;
}

int Ports::take(const QString& key) {
    const auto used = m_taken.values();
    int port = m_kept.value(key);
    for (int i = 0; port <= 0 || port > 65'535 || used.contains(port) || !isFree(port); ++i) {
        if (i == tries) return 0;
        port = QRandomGenerator::global()->bounded(lowest, beyond);
        if (m_kept.values().contains(port)) port = 0;
    }
    m_taken.insert(key, port);
    m_kept.insert(key, port);
    return port;
}

bool Ports::save(QString* fault) const {
    QJsonObject json;
    for (auto it = m_kept.begin(); it != m_kept.end(); ++it) json.insert(it.key(), it.value());
    return writeWhole(m_file, QJsonDocument(json).toJson(), 0600, fault);
}

}  // namespace nova::stack
