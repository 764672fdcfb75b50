#include "app/commands/cluster.h"

#include <CLI/App.hpp>
#include <chrono>
#include <thread>

#include "app/commands/attach.h"
#include "app/commands/cluster_report.h"
#include "app/commands/output.h"
#include "app/engine/cluster/cluster_reader.h"

namespace nova::commands {
namespace {

using engine::ClusterLook;
using engine::TopicConfig;
using engine::TopicRow;
constexpr int timeoutMs = 5'000;
constexpr std::chrono::milliseconds betweenLooks{1'000};
const QString dash = QStringLiteral("–");

// Two looks, for the rates between them; the configuration is read meanwhile.
kit::Result<ClusterSeen> see(const engine::ReadSession& session) {
    BOOST_OUTCOME_TRY(auto reader, engine::ClusterReader::make(session));
    BOOST_OUTCOME_TRY(const auto first, reader.look(timeoutMs));
    const auto next = std::chrono::steady_clock::now() + betweenLooks;
    ClusterSeen seen;
    QStringList names;
    for (const auto& topic : first.topics) names << topic.name;
    reader.configs(names, timeoutMs, [&seen](const TopicConfig& config) {
        if (!config.trouble.isEmpty() && seen.configsTrouble.isEmpty())
            seen.configsTrouble = config.topic + QStringLiteral(": ") + config.trouble;
        seen.configs.insert(config.topic, config);
    });
    std::this_thread::sleep_until(next);
    BOOST_OUTCOME_TRY(seen.look, reader.look(timeoutMs));
    return seen;
}

QString configText(const ClusterSeen& seen, const QString& topic) {
    const auto config = seen.configs.find(topic);
    if (config == seen.configs.end() || !config->trouble.isEmpty()) return dash;
    QStringList words;
    for (auto it = config->values.begin(); it != config->values.end(); ++it)
        words << it.key() + QLatin1Char('=') + it.value();
    return words.join(QLatin1Char(' '));
}

QString idsText(const QVector<int>& ids) {
    QStringList words;
    for (const int id : ids) words << QString::number(id);
    return words.join(QLatin1Char(','));
}

QString countText(int count) {
    return count == 0 ? QStringLiteral("0") : paint(Colour::bad, QString::number(count));
}

void printBrokers(const ClusterLook& look) {
    Table table({QStringLiteral("broker"), QStringLiteral("host"), QString()},
                {Table::Align::right, Table::Align::left, Table::Align::left});
    for (const auto& broker : look.brokers) {
        table.add({QString::number(broker.id), broker.host.isEmpty() ? dash : broker.host,
                   !broker.there       ? paint(Colour::bad, QStringLiteral("not there"))
                   : broker.controller ? QStringLiteral("controller")
                                       : QString()});
    }
    for (const auto& line : table.lines()) print(line);
}

// A line more for each partition that something is wrong with.
QStringList troubledPartitions(const TopicRow& topic) {
    QStringList lines;
    for (const auto& row : topic.partitions) {
        if (!row.leaderless() && !row.underReplicated() && row.trouble.isEmpty()) continue;
        lines << QStringLiteral("  %1 p%2: leader %3, replicas %4, in sync %5%6")
                     .arg(topic.name)
                     .arg(row.partition)
                     .arg(row.leaderless() ? QStringLiteral("none") : QString::number(row.leader),
                          idsText(row.replicas), row.inSync.isEmpty() ? dash : idsText(row.inSync),
                          row.trouble.isEmpty() ? QString() : QStringLiteral(": ") + row.trouble);
    }
    return lines;
}

void printTopics(const ClusterSeen& seen) {
    using Align = Table::Align;
    Table table({QStringLiteral("topic"), QStringLiteral("partitions"), QStringLiteral("no leader"),
                 QStringLiteral("under-replicated"), QStringLiteral("offsets/s"), QStringLiteral("configuration")},
                {Align::left, Align::right, Align::right, Align::right, Align::right, Align::left}, {5, 4, 3});
    QStringList troubled;
    for (const auto& topic : seen.look.topics) {
        table.add({topic.name, QString::number(topic.partitions.size()), countText(topic.leaderless()),
                   countText(topic.underReplicated()), topic.rate ? QString::number(*topic.rate, 'f', 1) : dash,
                   configText(seen, topic.name)});
        troubled << troubledPartitions(topic);
    }
    for (const auto& line : table.lines()) print(line);
    for (const auto& line : troubled) print(paint(Colour::bad, line));
}

void printAll(const ClusterSeen& seen) {
    const auto& look = seen.look;
    printBrokers(look);
    print(QString());
    printTopics(seen);
    print(QString());
    QStringList groups;
    for (auto it = look.groups.begin(); it != look.groups.end(); ++it)
        groups << QStringLiteral("%1 %2").arg(it.value()).arg(it.key());
    print(QStringLiteral("%1 topics, %2 partitions; consumer groups: %3")
              .arg(look.topics.size())
              .arg(look.partitions())
              .arg(groups.isEmpty()
                       ? (look.groupsTrouble.isEmpty() ? QStringLiteral("none") : QStringLiteral("not known"))
                       : groups.join(QStringLiteral(", "))));
    const std::pair<const char*, QString> parts[]{{"brokers", look.brokersTrouble},
                                                  {"end offsets", look.endsTrouble},
                                                  {"configuration", seen.configsTrouble},
                                                  {"groups", look.groupsTrouble}};
    for (const auto& [part, trouble] : parts) {
        if (!trouble.isEmpty()) print(paint(Colour::warn, QLatin1String(part) + QStringLiteral(": ") + trouble));
    }
}

}  // namespace

int runCluster(const Arguments& arguments) {
    CLI::App app(
        "What Kafka itself knows: brokers, topics (those without a leader or replicas first), configuration that\n"
        "differs from the defaults, offsets a second, consumer groups by state. Reads no record.");
    CommonOptions common;
    if (const auto done = parse(app, arguments, common)) return *done;
    const auto attached = attach(arguments, common);
    if (!attached.target) return attached.exit;
    const auto seen = see(attached.target->kafka);
    if (!seen) return fail(exitCode::cannotConnect, QString::fromStdString(seen.error().what));
    if (common.json)
        print(QString::fromStdString(clusterJson(seen.value())));
    else
        printAll(seen.value());
    return exitCode::done;
}

}  // namespace nova::commands
