#include "app/engine/stack/alert_rules.h"

#include <QRegularExpression>
#include <algorithm>
#include <cmath>

#include "app/engine/stack/catalogue.h"
#include "app/engine/stack/paths.h"

namespace nova::stack {
namespace {

// The time of "for": 15s, 1m; -1 when it is none.
qint64 timeOf(const QString& text) {
    static const QRegularExpression form(QStringLiteral("^([0-9]+)(s|m|h)$"));
    const auto match = form.match(text);
    if (!match.hasMatch()) return -1;
    const auto unit = match.captured(2);
    return match.captured(1).toLongLong() * (unit == QLatin1String("s")   ? 1'000
                                             : unit == QLatin1String("m") ? 60'000
                                                                          : 3'600'000);
}

QString unquoted(const QString& text) {
    for (const auto quote : {QLatin1Char('"'), QLatin1Char('\'')})
        if (text.size() >= 2 && text.startsWith(quote) && text.endsWith(quote)) return text.mid(1, text.size() - 2);
    return text;
}

class RuleReader {
public:
    bool read(const QByteArray& yaml, QVector<AlertRule>& rules, QString* fault) {
        int number = 0;
        for (const auto& raw : QString::fromUtf8(yaml).split(QLatin1Char('\n'))) {
            ++number;
            if (raw.trimmed().isEmpty() || raw.trimmed().startsWith(QLatin1Char('#'))) continue;
            if (take(raw, rules)) continue;
            *fault = QStringLiteral("line %1: %2").arg(number).arg(m_fault.isEmpty() ? raw.trimmed() : m_fault);
            return false;
        }
        const auto unfinished = std::find_if(rules.begin(), rules.end(), [](const AlertRule& rule) {
            return rule.expression.names().isEmpty() || !rule.annotations.contains(QStringLiteral("summary"));
        });
        if (unfinished == rules.end()) return true;
        *fault = QStringLiteral("%1 has no expr or no summary").arg(unfinished->name);
        return false;
    }

private:
    bool take(const QString& raw, QVector<AlertRule>& rules) {
        static const QRegularExpression form(QStringLiteral("^( *)(- )?([A-Za-z_]+):(?: (.*))?$"));
        const auto match = form.match(raw);
        if (!match.hasMatch()) return false;
        const auto indent = match.capturedLength(1) + match.capturedLength(2);
        const auto key = match.captured(3), value = unquoted(match.captured(4).trimmed());
        if (indent == 0) return key == QLatin1String("groups");
        if (indent == 4) return key == QLatin1String("name") || key == QLatin1String("rules");
        if (indent == 8 && key == QLatin1String("alert")) {
            rules.append(AlertRule{value, {}, 0, {}, {}});
            m_map = nullptr;
            return !value.isEmpty();
        }
        if (rules.isEmpty()) return false;
        if (indent == 8) return field(key, value, rules.last());
        if (indent != 10 || !m_map) return false;
        m_map->insert(key, value);
        return true;
    }

    bool field(const QString& key, const QString& value, AlertRule& rule) {
        m_map = key == QLatin1String("labels")        ? &rule.labels
                : key == QLatin1String("annotations") ? &rule.annotations
                                                      : nullptr;
        if (m_map) return value.isEmpty();
        if (key == QLatin1String("for")) return (rule.forMs = timeOf(value)) >= 0;
        if (key != QLatin1String("expr")) return false;
        const auto expression = AlertExpression::parse(value, &m_fault);
        if (expression) rule.expression = *expression;
        return expression.has_value();
    }

    QString m_fault;
    QMap<QString, QString>* m_map = nullptr;
};

// {{ $labels.topic }} and {{ $value }}
QString filled(const QString& text, const Alert& alert) {
    static const QRegularExpression place(QStringLiteral("\\{\\{ *\\$(value|labels\\.([A-Za-z_]+)) *\\}\\}"));
    QString result;
    qsizetype at = 0;
    for (auto it = place.globalMatch(text); it.hasNext();) {
        const auto match = it.next();
        result += text.mid(at, match.capturedStart() - at);
        result += match.captured(2).isEmpty() ? QString::number(std::round(alert.value * 10) / 10, 'g', 12)
                                              : alert.labels.value(match.captured(2));
        at = match.capturedEnd();
    }
    return result + text.mid(at);
}

}  // namespace

const AlertRules& AlertRules::builtIn() {
    static const AlertRules rules = [] {
        Catalogue::builtIn();  // it loads the resources
        QString fault;
        const auto parsed = parse(readAll(QStringLiteral(":/nova/alerts/nova.rules.yml")), &fault);
        if (!parsed) qFatal("nova.rules.yml: %s", qPrintable(fault));
        return *parsed;
    }();
    return rules;
}

std::optional<AlertRules> AlertRules::parse(const QByteArray& yaml, QString* fault) {
    AlertRules rules;
    return RuleReader().read(yaml, rules.m_rules, fault) ? std::optional(rules) : std::nullopt;
}

QSet<QString> AlertRules::names() const {
    QSet<QString> names;
    for (const auto& rule : m_rules) names += rule.expression.names();
    return names;
}

qint64 AlertRules::rangeMs() const {
    qint64 range = 0;
    for (const auto& rule : m_rules) range = std::max(range, rule.expression.rangeMs());
    return range;
}

QVector<Alert> AlertStates::evaluate(qint64 nowMs, const SampleHistory& history) {
    QVector<Alert> alerts;
    std::map<Key, qint64> still;
    for (const auto& rule : m_rules->rules()) {
        for (const auto& sample : rule.expression.evaluate(history)) {
            const Key key{rule.name, sample.labels};
            const auto known = m_since.find(key);
            Alert alert;
            alert.rule = rule.name;
            alert.severity = rule.labels.value(QStringLiteral("severity"));
            alert.labels = sample.labels;
            alert.value = sample.value;
            alert.since = still[key] = known == m_since.end() ? nowMs : known->second;
            alert.firing = nowMs - alert.since >= rule.forMs;
            alert.summary = filled(rule.annotations.value(QStringLiteral("summary")), alert);
            alerts << alert;
        }
    }
    m_since = std::move(still);
    std::stable_sort(alerts.begin(), alerts.end(), [](const Alert& a, const Alert& b) { return a.firing > b.firing; });
    return alerts;
}

}  // namespace nova::stack
