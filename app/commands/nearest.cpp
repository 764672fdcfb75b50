#include "app/commands/nearest.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace nova::commands {
namespace {

// Levenshtein's, where what was cut off the end is free: "feed" is near to "feed-service".
int distance(const QString& typed, const QString& name) {
    std::vector<int> row(static_cast<std::size_t>(name.size()) + 1);
    std::iota(row.begin(), row.end(), 0);
    for (qsizetype i = 0; i < typed.size(); ++i) {
        int diagonal = row[0]++;
        for (std::size_t j = 1; j < row.size(); ++j) {
            const int changed = diagonal + (typed[i] == name[static_cast<qsizetype>(j) - 1] ? 0 : 1);
            diagonal = row[j];
            row[j] = std::min({row[j] + 1, row[j - 1] + 1, changed});
        }
    }
    return *std::min_element(row.begin(), row.end());
}

}  // namespace

QString nearest(const QString& wrong, const QStringList& names) {
    QString best;
    int least = static_cast<int>(wrong.size()) / 2 + 1;
    for (const auto& name : names) {
        const int changes = distance(wrong, name);
        if (changes >= least) continue;
        least = changes;
        best = name;
    }
    return best;
}

QString didYouMean(const QString& wrong, const QStringList& names) {
    const auto near = nearest(wrong, names);
    return near.isEmpty() ? QString() : QStringLiteral("; did you mean \"%1\"?").arg(near);
}

}  // namespace nova::commands
