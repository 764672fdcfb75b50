// Alert rules as resources/alerts/nova.rules.yml has them, in Prometheus' own form, and which of them hold. Of YAML the
// reader takes what that form needs: nested maps and lists, one value a line, with or without quotes; anything else is
// a fault with its line. Thread: any, one at a time.
#pragma once

#include <map>
#include <optional>

#include "app/engine/stack/alert_expression.h"
#include "app/engine/stack/stack_types.h"

namespace nova::stack {

struct AlertRule {
    QString name;
    AlertExpression expression;
    qint64 forMs = 0;
    QMap<QString, QString> labels, annotations;
};

class AlertRules {
public:
    static const AlertRules& builtIn();  // a fault in it ends the program with its text (a test reads it too)
    static std::optional<AlertRules> parse(const QByteArray& yaml, QString* fault);
    const QVector<AlertRule>& rules() const { return m_rules; }
    QSet<QString> names() const;  // of all metrics they read
    qint64 rangeMs() const;       // the longest look back

private:
    QVector<AlertRule> m_rules;
};

// Since when each holds, from one evaluation to the next. An alert that does not hold any more is forgotten at once.
class AlertStates {
public:
    explicit AlertStates(const AlertRules& rules) : m_rules(&rules) {}
    // Firing ones first, then by rule and labels.
    QVector<Alert> evaluate(qint64 nowMs, const SampleHistory& history);

private:
    struct Key {
        QString rule;
        MetricLabels labels;
        bool operator<(const Key& o) const { return rule != o.rule ? rule < o.rule : labels < o.labels; }
    };
    const AlertRules* m_rules;
    std::map<Key, qint64> m_since;
};

}  // namespace nova::stack
