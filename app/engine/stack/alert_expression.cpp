#include "app/engine/stack/alert_expression.h"

#include <QRegularExpression>
#include <algorithm>

namespace nova::stack {
namespace {

bool holds(double left, const QString& op, double right) {
    if (op == QLatin1String(">")) return left > right;
    if (op == QLatin1String(">=")) return left >= right;
    if (op == QLatin1String("<")) return left < right;
    if (op == QLatin1String("<=")) return left <= right;
    if (op == QLatin1String("==")) return left == right;
    return left != right;
}

}  // namespace

void SampleHistory::add(qint64 nowMs, const QVector<Sample>& samples) {
    m_now = nowMs;
    qsizetype count = 0;
    for (const auto& bySeries : std::as_const(m_series)) count += bySeries.size();
    for (const auto& sample : samples) {
        auto& bySeries = m_series[sample.name];
        if (!bySeries.contains(sample.labels) && ++count > mostSeries) continue;
        bySeries[sample.labels].append({nowMs, sample.value});
    }
    for (auto& bySeries : m_series) {
        for (auto it = bySeries.begin(); it != bySeries.end();) {
            auto& points = it.value();
            const auto old = std::find_if(points.begin(), points.end(),
                                          [&](const Point& point) { return point.atMs >= nowMs - m_keptMs; });
            points.erase(points.begin(), old);
            it = points.isEmpty() ? bySeries.erase(it) : std::next(it);
        }
    }
}

QVector<Sample> SampleHistory::latest(const QString& name) const {
    QVector<Sample> samples;
    const auto bySeries = m_series.value(name);
    for (auto it = bySeries.begin(); it != bySeries.end(); ++it)
        if (it->last().atMs == m_now) samples.append({name, it.key(), it->last().value});
    return samples;
}

QVector<Sample> SampleHistory::increase(const QString& name, qint64 rangeMs) const {
    QVector<Sample> samples;
    const auto bySeries = m_series.value(name);
    for (auto it = bySeries.begin(); it != bySeries.end(); ++it) {
        const Point* before = nullptr;
        double grown = 0;
        int points = 0;
        for (const auto& point : it.value()) {
            if (point.atMs < m_now - rangeMs) continue;
            if (before) grown += point.value >= before->value ? point.value - before->value : point.value;
            before = &point;
            ++points;
        }
        if (points >= 2) samples.append({name, it.key(), grown});
    }
    return samples;
}

class ExpressionParser {
public:
    explicit ExpressionParser(const QString& text) {
        static const QRegularExpression token(
            QStringLiteral("\\s*([A-Za-z_:][A-Za-z0-9_:]*|[0-9][0-9.]*(?:ms|s|m|h)?|>=|<=|==|!=|[()<>,\\[\\]]|\\S)"));
        for (auto it = token.globalMatch(text); it.hasNext();) m_tokens << it.next().captured(1);
    }
    std::optional<AlertExpression> parse(QString* fault) {
        AlertExpression expression;
        for (bool unless = false;;) {
            auto comparison = readComparison();
            comparison.unless = unless;
            expression.m_comparisons << comparison;
            if (m_at >= m_tokens.size() || !m_fault.isEmpty()) break;
            unless = m_tokens[m_at] == QLatin1String("unless");
            if (!unless && m_tokens[m_at] != QLatin1String("and")) expected("and, unless or the end");
            ++m_at;
        }
        *fault = m_fault;
        return m_fault.isEmpty() ? std::optional(expression) : std::nullopt;
    }

private:
    using Function = AlertExpression::Function;
    QString peek() const { return m_tokens.value(m_at); }
    void expected(const char* what) {
        if (m_fault.isEmpty())
            m_fault = QStringLiteral("word %1, \"%2\": expected %3").arg(m_at + 1).arg(peek(), QLatin1String(what));
    }
    void take(const char* token) {
        if (peek() != QLatin1String(token)) expected(token);
        ++m_at;
    }
    QString takeName() {
        const auto name = peek();
        if (name.isEmpty() || !(name[0].isLetter() || name[0] == QLatin1Char('_'))) expected("a name");
        ++m_at;
        return name;
    }
    AlertExpression::Comparison readComparison() {
        static const QStringList operators{QStringLiteral(">"),  QStringLiteral(">="), QStringLiteral("<"),
                                           QStringLiteral("<="), QStringLiteral("=="), QStringLiteral("!=")};
        AlertExpression::Comparison comparison;
        comparison.left = readVector();
        comparison.op = peek();
        if (!operators.contains(comparison.op)) expected("a comparison");
        ++m_at;
        bool ok = false;
        comparison.right = peek().toDouble(&ok);
        if (!ok) expected("a number");
        ++m_at;
        return comparison;
    }
    AlertExpression::Vector readVector() {
        AlertExpression::Vector vector;
        const auto name = takeName();
        if (!m_fault.isEmpty()) return vector;
        if (name == QLatin1String("sum") || name == QLatin1String("max")) {
            vector.function = name == QLatin1String("sum") ? Function::sum : Function::max;
            take("by");
            take("(");
            vector.by << takeName();
            while (peek() == QLatin1String(",")) {
                ++m_at;
                vector.by << takeName();
            }
            take(")");
            take("(");
            if (m_fault.isEmpty()) vector.inner = std::make_shared<AlertExpression::Vector>(readVector());
            take(")");
        } else if (name == QLatin1String("increase")) {
            vector.function = Function::increase;
            take("(");
            vector.metric = takeName();
            take("[");
            vector.rangeMs = takeTime();
            take("]");
            take(")");
        } else {
            vector.metric = name;
        }
        return vector;
    }
    qint64 takeTime() {
        static const QRegularExpression form(QStringLiteral("^([0-9]+)(ms|s|m|h)$"));
        static const QMap<QString, qint64> units{{QStringLiteral("ms"), 1},
                                                 {QStringLiteral("s"), 1'000},
                                                 {QStringLiteral("m"), 60'000},
                                                 {QStringLiteral("h"), 3'600'000}};
        const auto match = form.match(peek());
        if (!match.hasMatch()) expected("a time");
        ++m_at;
        return match.captured(1).toLongLong() * units.value(match.captured(2));
    }

    QStringList m_tokens;
    qsizetype m_at = 0;
    QString m_fault;
};

std::optional<AlertExpression> AlertExpression::parse(const QString& text, QString* fault) {
    return ExpressionParser(text).parse(fault);
}

QVector<Sample> AlertExpression::evaluate(const Vector& vector, const SampleHistory& history) {
    if (vector.function == Function::none) return history.latest(vector.metric);
    if (vector.function == Function::increase) return history.increase(vector.metric, vector.rangeMs);
    QMap<MetricLabels, double> grouped;
    for (const auto& sample : evaluate(*vector.inner, history)) {
        MetricLabels labels;
        for (const auto& key : vector.by)
            if (sample.labels.contains(key)) labels.insert(key, sample.labels.value(key));
        const bool first = !grouped.contains(labels);
        auto& value = grouped[labels];
        if (vector.function == Function::sum)
            value += sample.value;
        else
            value = first ? sample.value : std::max(value, sample.value);
    }
    QVector<Sample> samples;
    for (auto it = grouped.begin(); it != grouped.end(); ++it) samples.append({{}, it.key(), it.value()});
    return samples;
}

QVector<Sample> AlertExpression::evaluate(const SampleHistory& history) const {
    QVector<Sample> result;
    for (qsizetype i = 0; i < m_comparisons.size(); ++i) {
        const auto& comparison = m_comparisons[i];
        QVector<Sample> here;
        for (const auto& sample : evaluate(comparison.left, history))
            if (holds(sample.value, comparison.op, comparison.right)) here << sample;
        if (i == 0) {
            result = here;
            continue;
        }
        result.removeIf([&](const Sample& one) {
            const bool matched =
                std::any_of(here.begin(), here.end(), [&](const Sample& other) { return other.labels == one.labels; });
            return matched == comparison.unless;
        });
    }
    return result;
}

QSet<QString> AlertExpression::names() const {
    QSet<QString> names;
    for (const auto& comparison : m_comparisons) names << leaf(comparison.left).metric;
    return names;
}

qint64 AlertExpression::rangeMs() const {
    qint64 range = 0;
    for (const auto& comparison : m_comparisons) range = std::max(range, leaf(comparison.left).rangeMs);
    return range;
}

}  // namespace nova::stack
