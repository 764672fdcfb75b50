// Records as a publisher of Nova's would write them, made by hand: poison, future schemas, repeats. Thread: the
// caller's.
#pragma once

#include <string>

#include "kit/kafka/producer.h"
#include "tests/support/live_nova.h"

namespace nova::test {

struct Envelope {
    std::string topic, key, type, schema, payload;
    std::int64_t version = 1;
    std::string eventId;  // empty: a new one
};

// With all headers of contract §2.
kit::kafka::OutRecord recordOf(const Envelope& envelope);
kit::kafka::OutRecord without(kit::kafka::OutRecord record, const std::string& header);
// Confirmed on return; false: the broker refused.
bool send(const LiveNova& nova, const std::vector<kit::kafka::OutRecord>& records);

// A serialised PostCreated, PostUpdated; `extra` bytes are appended: fields of a later version of the schema.
std::string postBytes(const std::string& post, const std::string& author, std::int64_t version,
                      const std::string& content, bool withUnknownField = false);
// A serialised PostDeleted.
std::string deletionBytes(const std::string& post, const std::string& author, std::int64_t version);

// As publishers of older days wrote them: content events with what the design's own schema has, a message before it
// bore its number in the inbox, an upload with the design's four fields, a follow before it bore the count.
std::string firstPostBytes(const std::string& post, std::int64_t version);
std::string firstMessageBytes(const std::string& conversation, const std::string& from, const std::string& to);
std::string firstUploadBytes(const std::string& upload, const std::string& user);
std::string firstFollowBytes(const std::string& follower, const std::string& followee, std::int64_t version);

}  // namespace nova::test
