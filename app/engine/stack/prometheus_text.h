// Prometheus' text form of metrics: the samples of the names that are asked for. Pure; thread: any.
#pragma once

#include <QByteArray>
#include <QMap>
#include <QSet>
#include <QString>
#include <QVector>

namespace nova::stack {

struct MetricLabels : QMap<QString, QString> {
    using QMap::QMap;
};
bool operator<(const MetricLabels& a, const MetricLabels& b);

struct Sample {
    QString name;
    MetricLabels labels;
    double value = 0;
    bool operator==(const Sample&) const = default;
};

// Lines that cannot be read are left out.
QVector<Sample> readMetrics(const QByteArray& text, const QSet<QString>& names);

}  // namespace nova::stack
