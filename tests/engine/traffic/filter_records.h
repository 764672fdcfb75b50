// The records that tests of filters search: as events, as the tail would read them, and as descriptions for another
// evaluator (naive_filter.py). Thread: the test's.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "app/engine/traffic/event.h"
#include "app/engine/traffic/filter.h"
#include "kit/kafka/handles.h"

namespace google::protobuf {
class Message;
}

namespace nova::test {

using Json = nlohmann::ordered_json;

constexpr std::int64_t nowMs = 1'795'395'723'456;  // 2026-11-23T01:02:03.456Z

// What is put into a record; from it an event as the tail would read it, and a description for the other evaluator.
struct Draft {
    std::string name = {}, topic = "nova.content.events";
    int partition = 0;
    std::int64_t offset = 10;
    std::int64_t timeMs = nowMs - 60'000;
    std::optional<std::string> key = {};
    std::string id = {}, type = {}, source = {}, trace = {}, user = {};
    std::int64_t latencyUs = -1, version = -1;  // −1: no such header
    const google::protobuf::Message* message = nullptr;
    std::string schema = {};
    std::optional<std::string> value = {};  // in place of the message's
    nova::kit::kafka::HeaderList more = {};
    bool replayed = false, duplicate = false, stale = false;
};

class FilterRecords {
public:
    FilterRecords();
    engine::FilterContext context() const;

    std::vector<std::string> names;  // of each record, in the order of `all`
    std::vector<engine::Event> all;
    Json said = Json::array();

private:
    void addPosts();
    void addOthers();
    void addBroken();
    void addSpans();
    void add(const Draft& draft);

    std::vector<Draft> m_drafts;
};

}  // namespace nova::test
