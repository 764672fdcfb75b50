#include "tests/engine/actions/story.h"

#include <map>
#include <sstream>

#include "contract/topics.h"

namespace nova::test {
namespace {

namespace attr = contract::attr;

std::string padded(const std::string& id) {
    return id == "-" ? std::string() : std::string(16 - id.size(), '0') + id;
}

std::int64_t ns(const std::string& ms) {
    return zeroNs + static_cast<std::int64_t>(std::stod(ms) * 1e6);
}

std::string spaced(std::string name) {
    for (char& c : name) c = c == '_' ? ' ' : c;
    return name;
}

std::string attributeName(const std::string& key) {
    static const std::map<std::string, std::string_view> names{{"action", attr::action},
                                                               {"user", attr::userId},
                                                               {"handle", attr::userHandle},
                                                               {"event", attr::eventId},
                                                               {"topic", attr::topicName},
                                                               {"partition", attr::partition},
                                                               {"offset", attr::offset},
                                                               {"group", attr::group},
                                                               {"outcome", attr::outcome},
                                                               {"effect", attr::effect},
                                                               {"recipients", attr::recipients},
                                                               {"tries", attr::tries},
                                                               {"statements", attr::statements},
                                                               {"repeated", attr::repeated},
                                                               {"more", attr::more},
                                                               {"mode", attr::mode}};
    return std::string(names.at(key));
}

engine::SpanRecord spanOf(std::istringstream& in) {
    static const std::map<std::string, int> sides{
        {"internal", 1}, {"server", 2}, {"client", 3}, {"producer", 4}, {"consumer", 5}};
    std::string id, parent, side, start, duration, pair;
    engine::SpanRecord span;
    in >> id >> parent >> span.service >> span.hopKind >> side >> start >> duration >> span.name;
    span.traceId = traceId;
    span.spanId = padded(id);
    span.parentId = padded(parent);
    span.instance = span.service + "/0";
    span.kind = sides.at(side);
    span.name = spaced(span.name);
    span.startNs = ns(start);
    span.endNs = ns(std::to_string(std::stod(start) + std::stod(duration)));
    while (in >> pair) {
        const auto equals = pair.find('=');
        const auto key = pair.substr(0, equals), value = pair.substr(equals + 1);
        if (key == "error") {
            span.failed = true;
            span.error = spaced(value);
        } else {
            span.attributes[attributeName(key)] = value;
        }
    }
    return span;
}

engine::EventFact eventOf(std::istringstream& in) {
    std::string ceTime, recordTime, pair;
    engine::EventFact event;
    in >> event.eventId >> event.type >> event.topic >> event.partition >> event.offset >> ceTime >> recordTime;
    event.source = "content-service";
    event.ceTimeUs = ns(ceTime) / 1'000;
    event.timestampMs = ns(recordTime) / 1'000'000;
    while (in >> pair) event.deadLetterGroup = pair.substr(4);
    return event;
}

}  // namespace

Story Story::of(const char* text) {
    Story story;
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream in(line);
        std::string what;
        in >> what;
        if (what == "span") story.spans.push_back(spanOf(in));
        if (what == "event") story.events.push_back(eventOf(in));
    }
    return story;
}

Story Story::without(const char* id) const {
    Story rest = *this;
    std::erase_if(rest.spans, [&](const auto& span) { return span.spanId == padded(id); });
    std::erase_if(rest.events, [&](const auto& event) { return event.eventId == id; });
    return rest;
}

engine::TraceParts Story::parts() const {
    engine::TraceParts parts;
    for (auto span : spans) parts.add(std::move(span), zeroMs);
    for (auto event : events) parts.add(std::move(event), zeroMs);
    return parts;
}

const char* createPostText() {
    return "span a0 -  console          http    client   0    41   POST_/graphql\n"
           "span b1 a0 graphql-gateway  http    server   1    39   POST_/graphql action=createPost user=u1 "
           "handle=alice\n"
           "span b2 b1 graphql-gateway  grpc    client   2    36   Content/CreatePost\n"
           "span c1 b2 content-service  grpc    server   3    34   Content/CreatePost\n"
           "span c2 c1 content-service  sql     client   4    30   posts_+_outbox event=E1 topic=nova.content.events "
           "statements=2\n"
           "span c3 c2 content-service  outbox  internal 33   7    outbox_wait event=E1 topic=nova.content.events\n"
           "span c4 c3 content-service  produce producer 40   4    publish_nova.content.events event=E1 "
           "topic=nova.content.events partition=3 offset=48\n"
           "span d1 c4 feed-service     kafka   internal 42   50   in_Kafka event=E1 topic=nova.content.events "
           "partition=3 offset=48 group=feed-service\n"
           "span d2 d1 feed-service     consume consumer 92   70   feed-service_PostCreated event=E1 "
           "topic=nova.content.events partition=3 offset=48 "
           "group=feed-service outcome=done tries=1\n"
           "span d3 d2 feed-service     sql     client   95   20   followers statements=1\n"
           "span d4 d2 feed-service     redis   client   116  40   feeds effect=feed recipients=2 statements=5\n"
           "span e1 c4 social-service   kafka   internal 42   8    in_Kafka event=E1 topic=nova.content.events "
           "partition=3 offset=48 group=social-service\n"
           "span e2 e1 social-service   consume consumer 50   6    social-service_PostCreated event=E1 "
           "topic=nova.content.events partition=3 offset=48 "
           "group=social-service outcome=done tries=1\n"
           "event E1 PostCreated nova.content.events 3 48 30 42\n";
}

}  // namespace nova::test
