// Filters at random, each valid, over words that stand in filter_records or nearly. Thread: the test's.
#pragma once

#include <QRandomGenerator>
#include <QString>
#include <QStringList>

namespace nova::test {

class RandomFilters {
public:
    explicit RandomFilters(quint32 seed) : m_random(seed) {}
    QString expression(int depth);

private:
    int below(int n) { return m_random.bounded(n); }
    QString pick(const QStringList& from) { return from[below(static_cast<int>(from.size()))]; }
    QString order();
    QString text(const QString& field, const QStringList& values, const QStringList& expressions);
    QString number(const QString& field, const QStringList& values);
    QString term();

    QRandomGenerator m_random;
};

}  // namespace nova::test
