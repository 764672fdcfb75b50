// Asks the processes of a local Nova for their /metrics once a second and evaluates the alert rules over them, as a
// Prometheus beside it would; `up` is 1 for a process that answered, 0 for one that did not within 900 ms. Thread: the
// main one; nothing blocks it. Of a consumer group whose processes tell no nova_consumer_lag (stopped by hand, away,
// nothing handled yet) Kafka's own takes its place, as nova_consumer_lag{job,group,topic,partition}: read at once and
// then each 5 s, on a thread of the pool, while there is such a group.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTcpSocket>
#include <QTimer>
#include <functional>
#include <memory>
#include <vector>

#include "app/engine/stack/alert_rules.h"
#include "app/engine/stack/background.h"

namespace nova::stack {

class AlertWatch : public QObject {
    Q_OBJECT
public:
    static constexpr int everyMs = 1'000, patienceMs = 900;
    static constexpr qint64 kafkaEveryMs = 5'000;
    static constexpr qint64 mostBytes = 4 << 20;  // of one answer
    explicit AlertWatch(const AlertRules& rules = AlertRules::builtIn());
    ~AlertWatch() override;

    struct Target {
        QString job;  // "feed-service"
        int port = 0;
        bool operator==(const Target&) const = default;
    };
    void watch(const QVector<Target>& targets);  // none: all is forgotten, the groups too
    // The lag of these groups as Kafka has it, labels but the job's; blocks; on any thread, one call at a time.
    using ReadLag = std::function<QVector<Sample>(const QStringList& groups)>;
    // Consumer groups, each named after its job. Once a run: what is read of them before is kept.
    void setGroups(const QStringList& groups, ReadLag read);
    [[nodiscard]] bool hasGroups() const { return bool(m_readLag); }
    const QVector<Alert>& alerts() const { return m_alerts; }

Q_SIGNALS:
    void changed(const QVector<nova::stack::Alert>& alerts);  // one came, fired or went, or its value is another

private:
    struct Question {
        Target target;
        QTcpSocket socket;
        QByteArray received;
        bool done = false, answered = false;
    };
    void ask();
    void settle(Question& question);
    void judge();
    void addFromKafka(QVector<Sample>& samples);
    void drop();

    const AlertRules& m_rules;
    QVector<Target> m_targets;
    std::vector<std::unique_ptr<Question>> m_questions;
    QTimer m_every, m_patience;
    SampleHistory m_history;
    AlertStates m_states;
    QVector<Alert> m_alerts;

    QStringList m_groups;
    ReadLag m_readLag;
    QVector<Sample> m_fromKafka;  // as last read
    QStringList m_asked;          // … of these
    QElapsedTimer m_sinceRead;    // invalid: never
    bool m_reading = false;
    Background m_background{this};
};

}  // namespace nova::stack
