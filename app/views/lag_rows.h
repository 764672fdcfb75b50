// The rows of the Lag view's heat map: which groups and topics are shown, in which order, with which cells. Values.
#pragma once

#include <QSet>
#include <QString>
#include <functional>
#include <map>

#include "app/engine/cluster/profile.h"
#include "app/engine/lag/lag_types.h"
#include "widgets/charts/heat_map.h"

namespace nova::views {

struct LagFilter {
    QString text;                             // in group, topic, holder, host; without case
    QString topic, state;                     // exact; empty: any
    QString owner;                            // client or host that holds a partition; empty: any
    std::optional<engine::LagStatus> status;  // of any partition
    bool onlyAlarms = false;
    bool hideIdle = false;                 // nothing in, nothing read, nothing behind
    bool hideConsole = true;               // console-*: ours
    [[nodiscard]] bool isNarrow() const {  // something the user chose
        return !text.isEmpty() || !topic.isEmpty() || !state.isEmpty() || !owner.isEmpty() || status || onlyAlarms;
    }
};

// One sample, looked up by group and topic.
class LagIndex {
public:
    void take(const engine::LagSample& sample);
    [[nodiscard]] const engine::LagSample& sample() const { return m_sample; }
    static QString keyOf(const QString& group, const QString& topic) { return group + QLatin1Char('\n') + topic; }
    [[nodiscard]] QVector<engine::LagRow> rowsOf(const QString& key) const;
    [[nodiscard]] const engine::LagRow* row(const QString& key, int cell) const;
    [[nodiscard]] const engine::GroupState* group(const QString& name) const;
    [[nodiscard]] const std::map<QString, std::pair<qsizetype, qsizetype>>& spans() const { return m_spans; }
    [[nodiscard]] QStringList topics() const;
    [[nodiscard]] QStringList states() const;
    [[nodiscard]] QStringList owners() const;  // at most 50

private:
    engine::LagSample m_sample;
    std::map<QString, std::pair<qsizetype, qsizetype>> m_spans;  // key → first, past the last of the sample's rows
    std::map<QString, qsizetype> m_groups;
};

struct ShownRows {
    std::vector<charts::HeatRow> rows;
    int hiddenIdle = 0, hiddenConsole = 0, filteredOut = 0;
};
using RuleOf = std::function<engine::LagRule(const QString& group)>;

// Pinned first, then the worst; muted last. `order`: keys in the order they have to keep; empty: by the sample.
ShownRows shownRows(const LagIndex& index, const LagFilter& filter, const QSet<QString>& pinned, bool seconds,
                    const RuleOf& ruleOf, const QStringList& order = {});
constexpr double secondsThreshold = 60;  // colours of ages where the profile has no limit for them

}  // namespace nova::views
