#include "app/commands/cluster_report.h"

#include <nlohmann/json.hpp>

#include "app/engine/cluster/session.h"

namespace nova::commands {
namespace {

using engine::ReadSession;
using engine::TopicConfig;
using engine::TopicRow;
using Json = nlohmann::ordered_json;
using Configs = QHash<QString, TopicConfig>;

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
    const auto detail = trouble.toStdString();
    const char* state = trouble.isEmpty() ? "ok" : ReadSession::isRefusal(detail) ? "refused" : "unreachable";
    return {{"name", name}, {"state", state}, {"detail", detail}};
}

}  // namespace

std::string clusterJson(const ClusterSeen& seen) {
    Json json{{"brokers", Json::array()}, {"topics", Json::array()}, {"groups", Json::object()}};
    for (const auto& broker : seen.look.brokers) {
        json["brokers"].push_back({{"id", broker.id},
                                   {"host", broker.there ? Json(broker.host.toStdString()) : Json()},
                                   {"controller", broker.controller},
                                   {"there", broker.there}});
    }
    for (const auto& topic : seen.look.topics) json["topics"].push_back(toJson(topic, seen.configs));
    for (auto it = seen.look.groups.begin(); it != seen.look.groups.end(); ++it)
        json["groups"][it.key().toStdString()] = it.value();
    json["sources"] = {sourceOf("brokers", seen.look.brokersTrouble), sourceOf("ends", seen.look.endsTrouble),
                       sourceOf("configuration", seen.configsTrouble), sourceOf("groups", seen.look.groupsTrouble)};
    return json.dump();
}

}  // namespace nova::commands
