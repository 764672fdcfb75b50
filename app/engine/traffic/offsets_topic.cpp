#include "app/engine/traffic/offsets_topic.h"

#include <array>
#include <limits>

namespace nova::engine {
namespace {

constexpr int flexibleFrom = 4, newestCommit = 4, newestGroup = 4;

// Big-endian fields one after the other; after the first fault all reads give nothing and `fault` names it.
class Reader {
public:
    explicit Reader(std::string_view bytes) : m_bytes(bytes) {}
    bool ok() const { return m_fault.empty(); }
    const std::string& fault() const { return m_fault; }

    std::int64_t integer(std::size_t size, const char* what) {
        if (!need(size, what)) return 0;
        std::uint64_t value =
            static_cast<signed char>(m_bytes[m_at]) < 0 ? std::numeric_limits<std::uint64_t>::max() : 0;
        for (std::size_t i = 0; i < size; ++i) value = value << 8 | static_cast<unsigned char>(m_bytes[m_at + i]);
        m_at += size;
        return static_cast<std::int64_t>(value);
    }
    int int16(const char* what) { return static_cast<int>(integer(2, what)); }
    int int32(const char* what) { return static_cast<int>(integer(4, what)); }
    std::int64_t int64(const char* what) { return integer(8, what); }

    std::uint32_t varint(const char* what) {
        std::uint32_t value = 0;
        for (int shift = 0; shift < 35; shift += 7) {
            if (!need(1, what)) return 0;
            const auto byte = static_cast<unsigned char>(m_bytes[m_at++]);
            value |= static_cast<std::uint32_t>(byte & 0x7f) << shift;
            if (!(byte & 0x80)) return value;
        }
        fail(what);
        return 0;
    }
    // A null string reads as "".
    std::string string(bool compact, const char* what) { return std::string(span(compact, 2, what)); }
    std::string_view bytes(bool compact, const char* what) { return span(compact, 4, what); }
    // Number of entries; bounded by what is left, an entry has a byte at least.
    std::size_t count(bool compact, const char* what) {
        const auto size = length(compact, 4, what);
        if (size > 0 && static_cast<std::size_t>(size) > m_bytes.size() - m_at) fail(what);
        return ok() && size > 0 ? static_cast<std::size_t>(size) : 0;
    }
    void tags(bool flexible) {
        if (!flexible) return;
        for (auto n = varint("tagged fields"); n > 0 && ok(); --n) {
            varint("tag");
            skip(varint("size of a tagged field"), "tagged field");
        }
    }

private:
    bool need(std::size_t size, const char* what) {
        if (ok() && m_bytes.size() - m_at >= size) return true;
        fail(what);
        return false;
    }
    void fail(const char* what) {
        if (ok())
            m_fault = std::string(what) + " at byte " + std::to_string(m_at) + " of " + std::to_string(m_bytes.size());
    }
    void skip(std::size_t size, const char* what) {
        if (need(size, what)) m_at += size;
    }
    std::int64_t length(bool compact, std::size_t width, const char* what) {
        return compact ? static_cast<std::int64_t>(varint(what)) - 1 : integer(width, what);
    }
    std::string_view span(bool compact, std::size_t width, const char* what) {
        const auto size = length(compact, width, what);
        if (!ok() || size <= 0) return {};
        if (!need(static_cast<std::size_t>(size), what)) return {};
        const auto part = m_bytes.substr(m_at, static_cast<std::size_t>(size));
        m_at += part.size();
        return part;
    }

    std::string_view m_bytes;
    std::size_t m_at = 0;
    std::string m_fault;
};

kit::Error broken(const char* record, const std::string& fault) {
    return kit::badInput(std::string(record) + ": cut off or malformed: " + fault);
}

const char* nameOfKey(int version) {
    static constexpr std::array names{"ConsumerGroupMetadata",         "ConsumerGroupPartitionMetadata",
                                      "ConsumerGroupMemberMetadata",   "ConsumerGroupTargetAssignmentMetadata",
                                      "ConsumerGroupTargetAssignment", "ConsumerGroupCurrentMemberAssignment"};
    const auto index = static_cast<std::size_t>(version - 3);
    return version >= 3 && index < names.size() ? names[index] : nullptr;
}

kit::Result<void> readCommit(std::string_view value, OffsetCommitRecord& record) {
    Reader reader(value);
    record.valueVersion = reader.int16("version");
    if (!reader.ok() || record.valueVersion < 0 || record.valueVersion > newestCommit)
        return kit::badInput("OffsetCommitValue: version " + std::to_string(record.valueVersion) +
                             ", known are 0 to 4");
    const bool flexible = record.valueVersion >= flexibleFrom;
    record.offset = reader.int64("offset");
    if (record.valueVersion >= 3) record.leaderEpoch = reader.int32("leader epoch");
    record.metadata = reader.string(flexible, "metadata");
    record.commitTimeMs = reader.int64("commit timestamp");
    if (record.valueVersion == 1) reader.int64("expire timestamp");
    reader.tags(flexible);
    if (!reader.ok()) return broken("OffsetCommitValue", reader.fault());
    return kit::outcome::success();
}

// ConsumerProtocolAssignment: version, [topic, [partition]], user data. Of other protocols it means something else, so
// a fault is no fault of the record.
void readAssignment(std::string_view bytes, GroupMetadataRecord::Member& member) {
    Reader reader(bytes);
    reader.int16("version");
    for (auto topics = reader.count(false, "topics"); topics > 0 && reader.ok(); --topics) {
        auto topic = reader.string(false, "topic");
        std::vector<int> partitions;
        for (auto n = reader.count(false, "partitions"); n > 0 && reader.ok(); --n)
            partitions.push_back(reader.int32("partition"));
        if (reader.ok()) member.partitions.emplace_back(std::move(topic), std::move(partitions));
    }
    if (!reader.ok()) member.partitions.clear();
}

kit::Result<void> readGroup(std::string_view value, GroupMetadataRecord& record) {
    Reader reader(value);
    const int version = reader.int16("version");
    if (!reader.ok() || version < 0 || version > newestGroup)
        return kit::badInput("GroupMetadataValue: version " + std::to_string(version) + ", known are 0 to 4");
    const bool flexible = version >= flexibleFrom;
    record.protocolType = reader.string(flexible, "protocol type");
    record.generation = reader.int32("generation");
    record.protocol = reader.string(flexible, "protocol");
    record.leader = reader.string(flexible, "leader");
    if (version >= 2) record.stateTimeMs = reader.int64("state timestamp");
    for (auto n = reader.count(flexible, "members"); n > 0 && reader.ok(); --n) {
        GroupMetadataRecord::Member member;
        member.id = reader.string(flexible, "member id");
        if (version >= 3) reader.string(flexible, "group instance id");
        member.clientId = reader.string(flexible, "client id");
        member.host = reader.string(flexible, "client host");
        if (version >= 1) reader.int32("rebalance timeout");
        reader.int32("session timeout");
        reader.bytes(flexible, "subscription");
        const auto assignment = reader.bytes(flexible, "assignment");
        reader.tags(flexible);
        if (record.protocolType == "consumer") readAssignment(assignment, member);
        record.members.push_back(std::move(member));
    }
    reader.tags(flexible);
    if (!reader.ok()) return broken("GroupMetadataValue", reader.fault());
    return kit::outcome::success();
}

}  // namespace

kit::Result<OffsetsTopicRecord> decodeOffsetsTopic(std::string_view key, std::optional<std::string_view> value) {
    Reader reader(key);
    const int version = reader.int16("version");
    if (!reader.ok()) return broken("key of __consumer_offsets", reader.fault());
    OffsetsTopicRecord record;
    if (version == 0 || version == 1) {
        OffsetCommitRecord commit;
        commit.group = reader.string(false, "group");
        commit.topic = reader.string(false, "topic");
        commit.partition = reader.int32("partition");
        if (!reader.ok()) return broken("OffsetCommitKey", reader.fault());
        commit.deleted = !value;
        if (value) {
            BOOST_OUTCOME_TRYV(readCommit(*value, commit));
        }
        record.commit = std::move(commit);
    } else if (version == 2) {
        GroupMetadataRecord group;
        group.group = reader.string(false, "group");
        if (!reader.ok()) return broken("GroupMetadataKey", reader.fault());
        group.deleted = !value;
        if (value) {
            BOOST_OUTCOME_TRYV(readGroup(*value, group));
        }
        record.group = std::move(group);
    } else {
        const char* name = nameOfKey(version);
        record.other = name ? name : "record of key version " + std::to_string(version);
    }
    return record;
}

}  // namespace nova::engine
