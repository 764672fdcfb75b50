#include "app/commands/cluster.h"

#include <CLI/App.hpp>
#include <QHash>
#include <chrono>
#include <nlohmann/json.hpp>
#include <thread>

#include "app/commands/attach.h"
#include "app/commands/output.h"
#include "app/engine/cluster/cluster_reader.h"

namespace nova::commands {
namespace {

using engine::ClusterLook;
using engine::PartitionRow;
using engine::TopicConfig;
using engine::TopicRow;
using Json = nlohmann::ordered_json;
using Configs = QHash<QString, TopicConfig>;
constexpr int timeoutMs = 5'000;
constexpr std::chrono::milliseconds betweenLooks{1'000};
const QString dash = QStringLiteral("–");

struct Seen {
    ClusterLook look;
    Configs configs;
    QString configsTrouble;
};

// Two looks, for the rates between them; the configuration is read meanwhile.
kit::Result<Seen> see(const engine::ReadSession& session) {
    BOOST_OUTCOME_TRY(auto reader, engine::ClusterReader::make(session));
    BOOST_OUTCOME_TRY(const auto first, reader.look(timeoutMs));
    const auto next = std::chrono::steady_clock::now() + betweenLooks;
    Seen seen;
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

Json layoutOf(const TopicRow& topic) {
    auto list = Json::array();
    for (const auto& row : topic.partitions) {
        list.push_back({{"partition", row.partition},
                        {"leader", row.leaderless() ? Json() : Json(row.leader)},
                        {"replicas", std::vector<int>(row.replicas.begin(), row.replicas.end())},
                        {"in_sync", std::vector<int>(row.inSync.begin(), row.inSync.end())},
                        {"end", row.end ? Json(*row.end) : Json()}});
        if (!row.trouble.isEmpty()) list.back()["trouble"] = row.trouble.toStdString();
    }
    return list;
}

Json toJson(const TopicRow& topic, const Configs& configs) {
    Json json{{"topic", topic.name.toStdString()},
              {"partitions", topic.partitions.size()},
              {"under_replicated", topic.underReplicated()},
              {"leaderless", topic.leaderless()},
              {"rate", topic.rate ? Json(*topic.rate) : Json()},
              {"config", nullptr},
              {"layout", layoutOf(topic)}};
    if (const auto config = configs.find(topic.name); config != configs.end() && config->trouble.isEmpty()) {
        json["config"] = Json::object();
        for (auto it = config->values.begin(); it != config->values.end(); ++it)
            json["config"][it.key().toStdString()] = it.value().toStdString();
    }
    return json;
}

Json sourceOf(const char* name, const QString& trouble) {
    return {{"name", name}, {"state", trouble.isEmpty() ? "ok" : "refused"}, {"detail", trouble.toStdString()}};
}

Json toJson(const Seen& seen) {
    Json json{{"brokers", Json::array()}, {"topics", Json::array()}, {"groups", Json::object()}};
    for (const auto& broker : seen.look.brokers) {
        if (!broker.there) continue;
        json["brokers"].push_back(
            {{"id", broker.id}, {"host", broker.host.toStdString()}, {"controller", broker.controller}});
    }
    for (const auto& topic : seen.look.topics) json["topics"].push_back(toJson(topic, seen.configs));
    for (auto it = seen.look.groups.begin(); it != seen.look.groups.end(); ++it)
        json["groups"][it.key().toStdString()] = it.value();
    json["sources"] = {sourceOf("brokers", seen.look.brokersTrouble), sourceOf("ends", seen.look.endsTrouble),
                       sourceOf("configuration", seen.configsTrouble), sourceOf("groups", seen.look.groupsTrouble)};
    return json;
}

QString configText(const Seen& seen, const QString& topic) {
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

void printTopics(const Seen& seen) {
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

void printAll(const Seen& seen) {
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
        print(QString::fromStdString(toJson(seen.value()).dump()));
    else
        printAll(seen.value());
    return exitCode::done;
}

}  // namespace nova::commands
