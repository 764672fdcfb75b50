#include "app/engine/stack/probe.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <QHostAddress>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

namespace nova::stack {
namespace {

constexpr int deadlineMs = 1'000, mostReceived = 64 << 10;

// "missing" and "degraded" come as text or as a list of texts.
QStringList texts(const QJsonValue& value) {
    QStringList list;
    if (value.isString() && !value.toString().isEmpty()) list << value.toString();
    for (const auto& item : value.toArray()) list << item.toString();
    return list;
}

std::optional<ProbeAnswer> judgeReadyz(const QByteArray& received, bool closed) {
    const auto head = received.indexOf("\r\n\r\n");
    if (head < 0) return closed ? std::optional(ProbeAnswer{false, {}, QStringLiteral("no answer")}) : std::nullopt;
    const auto body = received.mid(head + 4);
    const auto at = received.left(head).toLower().indexOf("content-length:");
    const auto length = at < 0 ? -1 : received.mid(at + 15, received.indexOf('\r', at) - at - 15).trimmed().toInt();
    if (!closed && (length < 0 || body.size() < length)) return std::nullopt;
    return readyzAnswer(received.mid(9, 3).toInt(), body);
}

std::optional<ProbeAnswer> judgePing(const QByteArray& received, bool closed) {
    if (!closed && !received.contains("\r\n")) return std::nullopt;
    if (received.startsWith("+PONG")) return ProbeAnswer{true, {}, {}};
    return ProbeAnswer{false, {}, QString::fromUtf8(received.left(200)).trimmed()};
}

}  // namespace

void BlockingProbe::ask() {
    m_background.run(m_question, [this](const ProbeAnswer& answer) { Q_EMIT answered(answer); });
}

SocketProbe::SocketProbe(int port, QByteArray request, Judge judge)
    : m_port(port), m_request(std::move(request)), m_judge(std::move(judge)) {
    m_deadline.setSingleShot(true);
    m_deadline.setInterval(deadlineMs);
    connect(&m_deadline, &QTimer::timeout, this, [this] { settle({false, {}, tr("no answer within 1 s")}); });
    connect(&m_socket, &QTcpSocket::connected, this, [this] { m_socket.write(m_request); });
    connect(&m_socket, &QTcpSocket::readyRead, this, [this] { look(false); });
    connect(&m_socket, &QTcpSocket::disconnected, this, [this] { look(true); });
    connect(&m_socket, &QTcpSocket::errorOccurred, this, [this](QAbstractSocket::SocketError error) {
        if (error != QAbstractSocket::RemoteHostClosedError) settle({false, {}, m_socket.errorString()});
    });
}

void SocketProbe::ask() {
    m_socket.abort();
    m_received.clear();
    m_asking = true;
    m_deadline.start();
    m_socket.connectToHost(QHostAddress(QHostAddress::LocalHost), static_cast<quint16>(m_port));
}

void SocketProbe::look(bool closed) {
    if (!m_asking) return;
    m_received += m_socket.read(mostReceived);
    if (auto answer = m_judge(m_received, closed || m_received.size() >= mostReceived)) settle(std::move(*answer));
}

void SocketProbe::settle(ProbeAnswer answer) {
    if (!std::exchange(m_asking, false)) return;
    m_deadline.stop();
    QMetaObject::invokeMethod(
        this,
        [this, answer = std::move(answer)] {
            m_socket.abort();
            Q_EMIT answered(answer);
        },
        Qt::QueuedConnection);
}

ProbeAnswer readyzAnswer(int status, const QByteArray& body) {
    const auto json = QJsonDocument::fromJson(body).object();
    if (status == 200) {
        const auto note = texts(json.value(QLatin1String("notes"))).join(QLatin1String(", "));
        return {true, texts(json.value(QLatin1String("degraded"))), {}, note};
    }
    const auto missing = texts(json.value(QLatin1String("missing"))).join(QLatin1String(", "));
    return {false, {}, missing.isEmpty() ? QStringLiteral("answers %1").arg(status) : missing};
}

std::unique_ptr<Probe> redisProbe(int port) {
    return std::make_unique<SocketProbe>(port, "PING\r\n", judgePing);
}

std::unique_ptr<Probe> readyzProbe(int port) {
    return std::make_unique<SocketProbe>(port, "GET /readyz HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
                                         judgeReadyz);
}

bool somebodyListens(int port) {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return false;
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const bool yes = connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    close(fd);
    return yes;
}

}  // namespace nova::stack
