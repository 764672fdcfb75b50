// The part of PromQL that Nova's alert rules are written in:
//
//   expr       = comparison { ("and" | "unless") comparison } .          matching on equal labels
//   comparison = vector ( ">" | ">=" | "<" | "<=" | "==" | "!=" ) number .
//   vector     = ( "sum" | "max" ) "by" "(" label { "," label } ")" "(" vector ")" | "increase" "(" name "[" time "]"
//   ")" | name .
//
// increase() adds up what a counter grew by between the samples in its time, resets counted, without Prometheus'
// extrapolation to its edges; as there, it knows nothing of a series with fewer than two. Pure; thread: any.
#pragma once

#include <memory>
#include <optional>

#include "app/engine/stack/prometheus_text.h"

namespace nova::stack {

// What has been scraped: each series over the last `keptMs`. Bound: mostSeries, further ones are not kept.
class SampleHistory {
public:
    static constexpr int mostSeries = 20'000;
    explicit SampleHistory(qint64 keptMs) : m_keptMs(keptMs) {}
    // The samples of one scrape of everything; a series that is not among them is gone.
    void add(qint64 nowMs, const QVector<Sample>& samples);
    QVector<Sample> latest(const QString& name) const;
    QVector<Sample> increase(const QString& name, qint64 rangeMs) const;

private:
    struct Point {
        qint64 atMs;
        double value;
    };
    qint64 m_keptMs, m_now = 0;
    QMap<QString, QMap<MetricLabels, QVector<Point>>> m_series;
};

class AlertExpression {
public:
    static std::optional<AlertExpression> parse(const QString& text, QString* fault);
    // What holds, with the value of the first comparison's left side.
    QVector<Sample> evaluate(const SampleHistory& history) const;
    QSet<QString> names() const;  // of the metrics it reads
    qint64 rangeMs() const;       // how far back it looks

private:
    friend class ExpressionParser;
    enum class Function { none, sum, max, increase };
    struct Vector {
        Function function = Function::none;
        QStringList by;
        QString metric;
        qint64 rangeMs = 0;
        std::shared_ptr<const Vector> inner;
    };
    struct Comparison {
        bool unless = false;  // how it is joined to what stands before it
        Vector left;
        QString op;
        double right = 0;
    };
    static QVector<Sample> evaluate(const Vector& vector, const SampleHistory& history);
    static const Vector& leaf(const Vector& vector) { return vector.inner ? leaf(*vector.inner) : vector; }
    QVector<Comparison> m_comparisons;
};

}  // namespace nova::stack
