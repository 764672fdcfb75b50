// Records of __consumer_offsets: the commits of every group, and what the coordinator knows of a group. Keys and values
// as Kafka 2.1 to 4.x writes them: offset commits v0–v4, group metadata v0–v4. The records of the new group protocol
// (keys of version 3 and above) are named and not taken apart. Format: the broker's OffsetCommitKey/Value and
// GroupMetadataKey/Value message files. Values only; input is never trusted. Thread: any.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kit/runtime/error.h"

namespace nova::engine {

struct OffsetCommitRecord {
    std::string group, topic;
    int partition = 0;
    bool deleted = false;  // a tombstone: the commit expired or was removed
    std::int64_t offset = 0;
    int leaderEpoch = -1;           // −1: not told
    std::string metadata;           // what the consumer added
    std::int64_t commitTimeMs = 0;  // the coordinator's clock
    int valueVersion = 0;
};

struct GroupMetadataRecord {
    struct Member {
        std::string id, clientId, host;
        std::vector<std::pair<std::string, std::vector<int>>>
            partitions;  // topic, partitions; protocol "consumer" only
    };
    std::string group, protocolType, protocol, leader;
    bool deleted = false;  // a tombstone: the group is gone
    int generation = 0;
    std::int64_t stateTimeMs = -1;  // −1: not told
    std::vector<Member> members;
};

// Exactly one of them; none: a record of the new group protocol, or of a later broker.
struct OffsetsTopicRecord {
    std::optional<OffsetCommitRecord> commit;
    std::optional<GroupMetadataRecord> group;
    std::string other;  // "ConsumerGroupMemberMetadata"
};

// `value` none: a tombstone. badInput says what was expected and where.
kit::Result<OffsetsTopicRecord> decodeOffsetsTopic(std::string_view key, std::optional<std::string_view> value);

}  // namespace nova::engine
