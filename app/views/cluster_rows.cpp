#include "app/views/cluster_rows.h"

#include <QCoreApplication>
#include <algorithm>
#include <map>

#include "widgets/theme/numbers.h"

namespace nova::views {

using namespace Qt::StringLiterals;
using engine::ClusterLook;
using models::Cell;
using models::CellRow;
using models::CellTone;
using theme::Status;

namespace {

struct Text {
    Q_DECLARE_TR_FUNCTIONS(ClusterRows)
};

Cell withStatus(Cell cell, Status status, const QString& toolTip = {}) {
    cell.status = status;
    if (!toolTip.isEmpty()) cell.toolTip = toolTip;
    return cell;
}

// A count that is a problem unless it is 0.
Cell troubleCount(int number, CellTone tone) {
    auto cell = Cell::count(number);
    cell.tone = number > 0 ? tone : CellTone::second;
    return cell;
}

QString idsOf(const QVector<int>& ids) {
    QStringList words;
    words.reserve(ids.size());
    for (const int id : ids) words << QString::number(id);
    return words.join(u", "_s);
}

int replicationOf(const engine::TopicRow& topic) {
    int most = 0;
    for (const auto& partition : topic.partitions) most = std::max(most, int(partition.replicas.size()));
    return most;
}

// "7 d", "forever", "10 min": what a person says of retention.ms.
QString retentionWord(const QString& ms) {
    bool number = false;
    const qint64 value = ms.toLongLong(&number);
    if (!number) return ms;
    if (value < 0) return Text::tr("forever");
    constexpr qint64 minute = 60'000, hour = 60 * minute, day = 24 * hour;
    if (value >= day && value % day == 0) return Text::tr("%1 d").arg(value / day);
    if (value >= hour && value % hour == 0) return Text::tr("%1 h").arg(value / hour);
    if (value >= minute) return Text::tr("%1 min").arg(value / minute);
    return Text::tr("%1 s").arg(double(value) / 1000);
}

Cell keptCell(const TopicConfigs& configs, const QString& topic) {
    const auto found = configs.constFind(topic);
    if (found == configs.cend()) return Cell::of(QString(QChar(0x2026)), CellTone::second);
    if (!found->trouble.isEmpty()) {
        auto cell = Cell::of(Text::tr("not readable"), CellTone::second);
        cell.toolTip = found->trouble;
        return cell;
    }
    QStringList words;
    const QString policy = found->values.value(u"cleanup.policy"_s, u"delete"_s);
    if (policy.contains("compact"_L1)) words << Text::tr("compacted");
    if (policy.contains("delete"_L1)) {
        if (const QString ms = found->values.value(u"retention.ms"_s); !ms.isEmpty()) words << retentionWord(ms);
        const qint64 bytes = found->values.value(u"retention.bytes"_s, u"-1"_s).toLongLong();
        if (bytes >= 0) words << theme::bytes(bytes);
    }
    return Cell::of(words.join(u", "_s), CellTone::second);
}

Status statusOf(const engine::TopicRow& topic) {
    if (topic.leaderless() > 0) return Status::Err;
    if (topic.underReplicated() > 0) return Status::Warn;
    return topic.trouble.isEmpty() ? Status::Ok : Status::Unknown;
}

int badnessOf(Status status) {
    return status == Status::Err ? 3 : status == Status::Warn ? 2 : status == Status::Unknown ? 1 : 0;
}

Cell stateCell(const QString& state) {
    static const std::map<QString, QString> meanings{
        {u"Stable"_s, Text::tr("Every member has its partitions")},
        {u"Empty"_s, Text::tr("No member; its commits are kept")},
        {u"PreparingRebalance"_s, Text::tr("Members join or leave; nobody reads meanwhile")},
        {u"CompletingRebalance"_s, Text::tr("Members wait for their partitions")},
        {u"Dead"_s, Text::tr("No member and no commit; about to go")}};
    const auto meaning = meanings.find(state);
    const bool stable = state == "Stable"_L1;
    const bool rebalances = state.endsWith("Rebalance"_L1);
    auto cell = Cell::of(state, rebalances ? CellTone::warn : stable ? CellTone::plain : CellTone::second);
    return withStatus(std::move(cell),
                      stable                      ? Status::Ok
                      : rebalances                ? Status::Warn
                      : meaning == meanings.end() ? Status::Unknown
                                                  : Status::Off,
                      meaning == meanings.end() ? QString() : meaning->second);
}

}  // namespace

std::vector<models::CellColumn> topicColumns() {
    return {
        {Text::tr("Topic"), {}},
        {Text::tr("Partitions"), {}, true},
        {Text::tr("Replicas"), Text::tr("Copies of each partition, the leader's among them"), true},
        {Text::tr("Under-repl."), Text::tr("Partitions whose in-sync replicas are fewer than their replicas"), true},
        {Text::tr("Leaderless"), Text::tr("Partitions that nobody can read or write"), true},
        {Text::tr("Rate"), Text::tr("Offsets a second, from the ends of the partitions"), true},
        {Text::tr("Kept"), Text::tr("cleanup.policy, retention.ms and retention.bytes")}};
}

std::vector<CellRow> topicRows(const ClusterLook& look, const TopicConfigs& configs) {
    std::vector<CellRow> rows;
    rows.reserve(std::size_t(look.topics.size()));
    for (const auto& topic : look.topics) {
        const auto status = statusOf(topic);
        rows.push_back({topic.name,
                        {withStatus(Cell::of(topic.name), status, topic.trouble), Cell::count(topic.partitions.size()),
                         Cell::count(replicationOf(topic)), troubleCount(topic.underReplicated(), CellTone::warn),
                         troubleCount(topic.leaderless(), CellTone::err),
                         Cell::rate(topic.rate, Text::tr("Known after the second look, some seconds on")),
                         keptCell(configs, topic.name)},
                        badnessOf(status)});
    }
    return rows;
}

std::vector<models::CellColumn> partitionColumns() {
    return {{Text::tr("Part."), Text::tr("Partition"), true},
            {Text::tr("Leader"), Text::tr("The broker that reads and writes it"), true},
            {Text::tr("Replicas"), Text::tr("Brokers that hold a copy, the preferred leader first")},
            {Text::tr("In sync"), Text::tr("Replicas that have all that the leader has")},
            {Text::tr("End"), Text::tr("Log end: the high watermark"), true},
            {Text::tr("Rate"), Text::tr("Offsets a second"), true}};
}

std::vector<CellRow> partitionRows(const engine::TopicRow& topic) {
    std::vector<CellRow> rows;
    rows.reserve(std::size_t(topic.partitions.size()));
    for (const auto& partition : topic.partitions) {
        const bool bad = partition.leaderless(), weak = partition.underReplicated();
        auto number = Cell::count(partition.partition);
        if (bad || weak) number = withStatus(std::move(number), bad ? Status::Err : Status::Warn, partition.trouble);
        auto leader = bad ? Cell::of(Text::tr("none"), CellTone::err) : Cell::count(partition.leader);
        leader.toolTip = partition.trouble;
        rows.push_back({u"%1"_s.arg(partition.partition, 8, 10, QChar(u'0')),
                        {std::move(number), std::move(leader), Cell::of(idsOf(partition.replicas), CellTone::second),
                         Cell::of(idsOf(partition.inSync), weak ? CellTone::warn : CellTone::second),
                         Cell::count(partition.end, partition.trouble),
                         Cell::rate(partition.rate, Text::tr("Known after the second look"))},
                        bad    ? 2
                        : weak ? 1
                               : 0});
    }
    return rows;
}

std::vector<models::CellColumn> brokerColumns() {
    return {
        {Text::tr("Broker"), Text::tr("Its id"), true},
        {Text::tr("Address"), Text::tr("As it tells clients"), false, true},
        {Text::tr("Leads"), Text::tr("Partitions of which it is the leader"), true},
        {Text::tr("Holds"), Text::tr("Partitions of which it has a copy"), true},
        {Text::tr("Role"), Text::tr("Brokers name one controller; with KRaft it may be any that passes requests on")}};
}

std::vector<CellRow> brokerRows(const ClusterLook& look) {
    std::map<int, int> leads, holds;
    for (const auto& topic : look.topics) {
        for (const auto& partition : topic.partitions) {
            ++leads[partition.leader];
            for (const int id : partition.replicas) ++holds[id];
        }
    }
    std::vector<CellRow> rows;
    for (const auto& broker : look.brokers) {
        auto host = Cell::of(broker.there ? broker.host : Text::tr("not listed"),
                             broker.there ? CellTone::plain : CellTone::err);
        if (!broker.there)
            host.toolTip = Text::tr("Replicas are assigned to it and the cluster does not list it: it is down");
        rows.push_back({u"%1"_s.arg(broker.id, 8, 10, QChar(u'0')),
                        {withStatus(Cell::count(broker.id), broker.there ? Status::Ok : Status::Err), std::move(host),
                         Cell::count(leads[broker.id]), Cell::count(holds[broker.id]),
                         Cell::of(broker.controller ? Text::tr("controller") : QString())},
                        broker.there ? 0 : 1});
    }
    return rows;
}

std::vector<models::CellColumn> groupColumns() {
    return {{Text::tr("Group"), {}},
            {Text::tr("State"), Text::tr("As its coordinator says")},
            {Text::tr("Members"), {}, true},
            {Text::tr("Lag"), Text::tr("Offsets behind, over all its partitions"), true}};
}

std::vector<CellRow> groupRows(const ClusterLook& look, const QVector<engine::GroupState>& groups) {
    std::vector<CellRow> rows;
    for (const auto& group : groups) {
        if (group.isConsole) continue;
        const auto& told = group.description;
        const QString state = told.state.isEmpty() ? group.listing.state : told.state;
        auto members =
            Cell::count(told.membersKnown ? std::optional<double>(double(told.members.size())) : std::nullopt,
                        told.trouble.isEmpty() ? Text::tr("members unknown") : told.trouble);
        rows.push_back(
            {group.listing.group,
             {Cell::of(group.listing.group), stateCell(state), std::move(members), Cell::count(double(group.lag))},
             int(group.worst)});
    }
    if (!rows.empty() || !groups.isEmpty()) return rows;
    for (auto it = look.groups.cbegin(); it != look.groups.cend(); ++it)
        rows.push_back({it.key(),
                        {Cell::of(Text::tr("%1 groups").arg(it.value())), stateCell(it.key()),
                         Cell::count({}, Text::tr("Being asked")), Cell::count({}, Text::tr("Being asked"))},
                        it.value()});
    return rows;
}

std::vector<models::CellColumn> configColumns() {
    return {{Text::tr("Setting"), Text::tr("What differs from Kafka’s defaults, and how long records are kept"), false,
             true},
            {Text::tr("Value"), {}, false, true}};
}

std::vector<CellRow> configRows(const engine::TopicConfig& config) {
    std::vector<CellRow> rows;
    for (auto it = config.values.cbegin(); it != config.values.cend(); ++it) {
        auto value = Cell::of(it.value());
        if (it.key() == "retention.ms"_L1) value.toolTip = retentionWord(it.value());
        rows.push_back({it.key(), {Cell::of(it.key(), CellTone::second), std::move(value)}});
    }
    return rows;
}

QString summaryOf(const ClusterLook& look) {
    const auto there =
        std::count_if(look.brokers.begin(), look.brokers.end(), [](const auto& broker) { return broker.there; });
    std::optional<double> rate;
    for (const auto& topic : look.topics) {
        if (topic.rate) rate = rate.value_or(0) + *topic.rate;
    }
    QStringList words{
        there == 1 ? Text::tr("1 broker") : Text::tr("%1 brokers").arg(there),
        look.topics.size() == 1 ? Text::tr("1 topic") : Text::tr("%1 topics").arg(theme::count(look.topics.size())),
        Text::tr("%1 partitions").arg(theme::count(look.partitions()))};
    if (rate) words << theme::rate(*rate);
    return words.join(u" · "_s);
}

QString groupStatesOf(const ClusterLook& look) {
    QStringList words;
    for (auto it = look.groups.cbegin(); it != look.groups.cend(); ++it)
        words << it.key() + u' ' + theme::count(it.value());
    return words.join(u" · "_s);
}

}  // namespace nova::views
