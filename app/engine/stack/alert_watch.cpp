#include "app/engine/stack/alert_watch.h"

#include <QDateTime>
#include <QHostAddress>
#include <algorithm>

namespace nova::stack {
namespace {

const QString lagName = QStringLiteral("nova_consumer_lag"), jobLabel = QStringLiteral("job");

}  // namespace

AlertWatch::AlertWatch(const AlertRules& rules)
    : m_rules(rules), m_history(std::max<qint64>(rules.rangeMs(), everyMs)), m_states(rules) {
    m_every.setInterval(everyMs);
    m_patience.setInterval(patienceMs);
    m_patience.setSingleShot(true);
    connect(&m_every, &QTimer::timeout, this, &AlertWatch::ask);
    connect(&m_patience, &QTimer::timeout, this, &AlertWatch::judge);
}

AlertWatch::~AlertWatch() {
    drop();
}

void AlertWatch::drop() {
    for (auto& question : m_questions) question->socket.disconnect(this);
    m_questions.clear();
}

void AlertWatch::watch(const QVector<Target>& targets) {
    if (targets == m_targets) return;
    m_targets = targets;
    if (!targets.isEmpty()) {
        if (!m_every.isActive()) m_every.start();
        return;
    }
    m_every.stop();
    m_patience.stop();
    drop();
    m_history = SampleHistory(std::max<qint64>(m_rules.rangeMs(), everyMs));
    m_states = AlertStates(m_rules);
    m_groups.clear();
    m_fromKafka.clear();
    m_asked.clear();
    m_sinceRead.invalidate();
    // Its clients of the broker may take a moment to end.
    if (m_readLag) Background::pool().start([ended = std::exchange(m_readLag, {})] {});
    if (!std::exchange(m_alerts, {}).isEmpty()) Q_EMIT changed(m_alerts);
}

void AlertWatch::setGroups(const QStringList& groups, ReadLag read) {
    m_groups = m_rules.names().contains(lagName) ? groups : QStringList();
    m_readLag = std::move(read);
}

// A process that tells its own lag is believed; of the others what Kafka last said.
void AlertWatch::addFromKafka(QVector<Sample>& samples) {
    QStringList silent = m_groups;
    for (const auto& sample : std::as_const(samples))
        if (sample.name == lagName) silent.removeAll(sample.labels.value(jobLabel));
    m_fromKafka.removeIf([&](const Sample& sample) { return !silent.contains(sample.labels.value(jobLabel)); });
    samples += m_fromKafka;
    const bool fresh = std::any_of(silent.begin(), silent.end(), [&](const auto& g) { return !m_asked.contains(g); });
    const bool due = fresh || m_sinceRead.elapsed() >= kafkaEveryMs;
    if (silent.isEmpty()) m_asked.clear();
    if (silent.isEmpty() || !due || m_reading) return;
    m_reading = true;
    m_asked = silent;
    m_sinceRead.start();
    m_background.run([read = m_readLag, silent] { return read(silent); },
                     [this](QVector<Sample> told) {
                         m_reading = false;
                         if (!m_sinceRead.isValid()) return;  // of a Nova that is gone
                         for (auto& sample : told)
                             sample.labels.insert(jobLabel, sample.labels.value(QStringLiteral("group")));
                         m_fromKafka = std::move(told);
                     });
}

void AlertWatch::ask() {
    drop();
    for (const auto& target : std::as_const(m_targets)) {
        auto& question = *m_questions.emplace_back(std::make_unique<Question>());
        question.target = target;
        connect(&question.socket, &QTcpSocket::connected, this, [&question] {
            question.socket.write("GET /metrics HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n");
        });
        connect(&question.socket, &QTcpSocket::readyRead, this, [this, &question] {
            question.received += question.socket.readAll();
            if (question.received.size() > mostBytes) settle(question);
        });
        connect(&question.socket, &QTcpSocket::disconnected, this, [this, &question] { settle(question); });
        connect(&question.socket, &QTcpSocket::errorOccurred, this, [this, &question] { settle(question); });
        question.socket.connectToHost(QHostAddress(QHostAddress::LocalHost), static_cast<quint16>(target.port));
    }
    m_patience.start();
}

// The last answer ends the round; a round without all of them ends with the patience.
void AlertWatch::settle(Question& question) {
    question.done = true;
    question.answered = question.received.startsWith("HTTP/1.1 200");
    if (!m_patience.isActive()) return;
    if (std::all_of(m_questions.begin(), m_questions.end(), [](const auto& one) { return one->done; }))
        m_patience.start(0);
}

void AlertWatch::judge() {
    m_patience.setInterval(patienceMs);
    const auto names = m_rules.names();
    QVector<Sample> samples;
    for (const auto& question : m_questions) {
        const MetricLabels about{
            {jobLabel, question->target.job},
            {QStringLiteral("instance"), QStringLiteral("127.0.0.1:%1").arg(question->target.port)}};
        if (question->answered) {
            const auto body = question->received.indexOf("\r\n\r\n");
            for (auto& sample :
                 readMetrics(question->received.mid(body < 0 ? question->received.size() : body + 4), names)) {
                sample.labels.insert(about);
                samples << sample;
            }
        }
        samples.append({QStringLiteral("up"), about, question->answered ? 1.0 : 0.0});
    }
    drop();
    addFromKafka(samples);
    const auto now = QDateTime::currentMSecsSinceEpoch();
    m_history.add(now, samples);
    auto alerts = m_states.evaluate(now, m_history);
    if (alerts == m_alerts) return;
    m_alerts = std::move(alerts);
    Q_EMIT changed(m_alerts);
}

}  // namespace nova::stack
