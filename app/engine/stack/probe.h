// Asks a part whether it can do its work. One question at a time; the answer comes by signal, never within ask(), and
// never after the probe is gone. Thread: the main one; what blocks runs on pool threads.
#pragma once

#include <QObject>
#include <QTcpSocket>
#include <QTimer>
#include <functional>
#include <memory>

#include "app/engine/stack/background.h"

namespace nova::stack {

struct ProbeAnswer {
    bool serving = false;  // it can do its work
    QStringList degraded;  // serving, but these are away
    QString missing;       // not serving: what is missing, in its own words
    QString note = {};     // serving: what is worth knowing, "idle: …"
    bool operator==(const ProbeAnswer&) const = default;
};

class Probe : public QObject {
    Q_OBJECT
public:
    virtual void ask() = 0;
Q_SIGNALS:
    void answered(const nova::stack::ProbeAnswer& answer);
};

// Any blocking question; `question` must bring its own timeout (1 s at most).
class BlockingProbe : public Probe {
    Q_OBJECT
public:
    explicit BlockingProbe(std::function<ProbeAnswer()> question) : m_question(std::move(question)) {}
    void ask() override;

private:
    std::function<ProbeAnswer()> m_question;
    Background m_background{this};
};

// A question over one short TCP connection, without a thread.
class SocketProbe : public Probe {
    Q_OBJECT
public:
    // `judge` sees what has come so far: an answer ends the question, none waits for more.
    using Judge = std::function<std::optional<ProbeAnswer>(const QByteArray& received, bool closed)>;
    SocketProbe(int port, QByteArray request, Judge judge);
    void ask() override;

private:
    void settle(ProbeAnswer answer);
    void look(bool closed);

    int m_port;
    QByteArray m_request, m_received;
    Judge m_judge;
    QTcpSocket m_socket;
    QTimer m_deadline;
    bool m_asking = false;
};

std::unique_ptr<Probe> redisProbe(int port);
std::unique_ptr<Probe> readyzProbe(int port);  // GET /readyz of a service
ProbeAnswer readyzAnswer(int status, const QByteArray& body);
bool somebodyListens(int port);  // blocking, at once on loopback

}  // namespace nova::stack
