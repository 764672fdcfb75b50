#include "app/engine/stack/prometheus_text.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace nova::stack {
namespace {

constexpr int longestLabels = 32;

// key="value",…} with \\ \" and \n inside a value; `at` is left behind the brace.
std::optional<MetricLabels> readLabels(const QByteArray& line, qsizetype& at) {
    MetricLabels labels;
    while (at < line.size() && line[at] != '}') {
        const auto equals = line.indexOf("=\"", at);
        if (equals < 0 || labels.size() == longestLabels) return std::nullopt;
        const auto key = QString::fromUtf8(line.mid(at, equals - at)).trimmed();
        QByteArray value;
        for (at = equals + 2; at < line.size() && line[at] != '"'; ++at) {
            if (line[at] == '\\' && at + 1 < line.size())
                value += line[++at] == 'n' ? '\n' : line[at];
            else
                value += line[at];
        }
        labels.insert(key, QString::fromUtf8(value));
        for (++at; at < line.size() && (line[at] == ',' || line[at] == ' ');) ++at;
    }
    ++at;
    return labels;
}

std::optional<Sample> readSample(const QByteArray& line, const QSet<QString>& names) {
    qsizetype at = 0;
    while (at < line.size() && line[at] != '{' && line[at] != ' ') ++at;
    Sample sample;
    sample.name = QString::fromUtf8(line.left(at));
    if (!names.contains(sample.name)) return std::nullopt;
    if (at < line.size() && line[at] == '{') {
        const auto labels = readLabels(line, ++at);
        if (!labels) return std::nullopt;
        sample.labels = *labels;
    }
    bool ok = false;
    sample.value = line.mid(at).trimmed().split(' ').first().toDouble(&ok);  // a time may follow
    return ok && std::isfinite(sample.value) ? std::optional(sample) : std::nullopt;
}

}  // namespace

bool operator<(const MetricLabels& a, const MetricLabels& b) {
    return std::lexicographical_compare(a.constKeyValueBegin(), a.constKeyValueEnd(), b.constKeyValueBegin(),
                                        b.constKeyValueEnd());
}

QVector<Sample> readMetrics(const QByteArray& text, const QSet<QString>& names) {
    QVector<Sample> samples;
    for (const auto& line : text.split('\n')) {
        if (line.isEmpty() || line.startsWith('#')) continue;
        if (auto sample = readSample(line, names)) samples << *sample;
    }
    return samples;
}

}  // namespace nova::stack
