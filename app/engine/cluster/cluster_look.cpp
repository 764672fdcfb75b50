#include "app/engine/cluster/cluster_look.h"

#include <algorithm>

namespace nova::engine {
namespace {

template <typename Of>
int sum(const QVector<TopicRow>& topics, Of of) {
    int all = 0;
    for (const auto& topic : topics) all += of(topic);
    return all;
}

}  // namespace

int TopicRow::leaderless() const {
    return static_cast<int>(
        std::count_if(partitions.begin(), partitions.end(), [](const auto& one) { return one.leaderless(); }));
}

int TopicRow::underReplicated() const {
    return static_cast<int>(
        std::count_if(partitions.begin(), partitions.end(), [](const auto& one) { return one.underReplicated(); }));
}

int ClusterLook::partitions() const {
    return sum(topics, [](const TopicRow& topic) { return static_cast<int>(topic.partitions.size()); });
}
int ClusterLook::leaderless() const {
    return sum(topics, [](const TopicRow& topic) { return topic.leaderless(); });
}
int ClusterLook::underReplicated() const {
    return sum(topics, [](const TopicRow& topic) { return topic.underReplicated(); });
}

}  // namespace nova::engine
