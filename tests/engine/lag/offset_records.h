// Records of __consumer_offsets written by hand, field by field as the broker's message files have them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace nova::test {

class Bytes {
public:
    template <typename T>
    Bytes& number(T value) {
        for (int shift = static_cast<int>(sizeof(T)) * 8 - 8; shift >= 0; shift -= 8)
            m_text.push_back(static_cast<char>(static_cast<std::uint64_t>(value) >> shift & 0xff));
        return *this;
    }
    Bytes& i16(int value) { return number(static_cast<std::int16_t>(value)); }
    Bytes& i32(int value) { return number(static_cast<std::int32_t>(value)); }
    Bytes& i64(std::int64_t value) { return number(value); }
    Bytes& string(const std::string& text) { return i16(static_cast<int>(text.size())).raw(text); }
    Bytes& null() { return i16(-1); }
    Bytes& bytes(const std::string& text) { return i32(static_cast<int>(text.size())).raw(text); }
    Bytes& compact(const std::string& text) { return varint(text.size() + 1).raw(text); }
    Bytes& varint(std::size_t value) {
        for (; value >= 0x80; value >>= 7) m_text.push_back(static_cast<char>(value | 0x80));
        m_text.push_back(static_cast<char>(value));
        return *this;
    }
    Bytes& raw(const std::string& text) {
        m_text += text;
        return *this;
    }
    const std::string& text() const { return m_text; }

private:
    std::string m_text;
};

inline std::string commitKey(const std::string& group, const std::string& topic, int partition) {
    return Bytes().i16(1).string(group).string(topic).i32(partition).text();
}
inline std::string commitValue(std::int64_t offset, std::int64_t atMs) {
    return Bytes().i16(3).i64(offset).i32(-1).string("").i64(atMs).text();
}
inline std::string groupKey(const std::string& group) {
    return Bytes().i16(2).string(group).text();
}
// One member that holds these partitions of one topic; none: no member.
inline std::string groupValue(int generation, std::int64_t atMs, const std::string& topic,
                              const std::vector<int>& partitions) {
    Bytes value;
    value.i16(3)
        .string("consumer")
        .i32(generation)
        .string("range")
        .string("m-1")
        .i64(atMs)
        .i32(partitions.empty() ? 0 : 1);
    if (partitions.empty()) return value.text();
    Bytes assignment;
    assignment.i16(1).i32(1).string(topic).i32(static_cast<int>(partitions.size()));
    for (const int partition : partitions) assignment.i32(partition);
    assignment.i32(-1);
    value.string("m-1").null().string("client-1").string("/127.0.0.1").i32(300'000).i32(45'000);
    return value.bytes("subscription").bytes(assignment.text()).text();
}

}  // namespace nova::test
