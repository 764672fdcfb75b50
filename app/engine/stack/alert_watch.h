// Asks the processes of a local Nova for their /metrics once a second and evaluates the alert rules over them, as a
// Prometheus beside it would; `up` is 1 for a process that answered, 0 for one that did not within 900 ms. Thread: the
// main one; nothing blocks it.
#pragma once

#include <QObject>
#include <QTcpSocket>
#include <QTimer>
#include <memory>
#include <vector>

#include "app/engine/stack/alert_rules.h"

namespace nova::stack {

class AlertWatch : public QObject {
    Q_OBJECT
public:
    static constexpr int everyMs = 1'000, patienceMs = 900;
    static constexpr qint64 mostBytes = 4 << 20;  // of one answer
    explicit AlertWatch(const AlertRules& rules = AlertRules::builtIn());
    ~AlertWatch() override;

    struct Target {
        QString job;  // "feed-service"
        int port = 0;
        bool operator==(const Target&) const = default;
    };
    void watch(const QVector<Target>& targets);  // none: all is forgotten
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
    void drop();

    const AlertRules& m_rules;
    QVector<Target> m_targets;
    std::vector<std::unique_ptr<Question>> m_questions;
    QTimer m_every, m_patience;
    SampleHistory m_history;
    AlertStates m_states;
    QVector<Alert> m_alerts;
};

}  // namespace nova::stack
