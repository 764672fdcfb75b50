// Events and spans as the services of one evening would have sent them.
#include <array>

#include "app/engine/traffic/event.h"
#include "contract/topics.h"
#include "nova/events/v1/events.pb.h"
#include "tests/views/fakes.h"

namespace nova::test {
namespace {

using engine::Event;
using engine::SpanRecord;
namespace attr = contract::attr;

constexpr std::int64_t evening = 1'795'390'912'000;  // 2026-11-22T23:41:52Z, ms

std::string idOf(int n) {
    char text[40];
    std::snprintf(text, sizeof text, "0193a8e3-%04x-7a2e-b7f0-55d1c0a9%04x", n * 7 % 65536, n % 65536);
    return text;
}

Event eventOf(std::string_view topic, const char* type, int n, std::string value) {
    Event event;
    event.topic = engine::Names::topic(topic);
    event.type = engine::Names::type(type);
    event.partition = n % 6;
    event.offset = 51'000 + n / 6;
    event.timestampMs = evening + n * 3;
    event.ceTimeUs = event.timestampMs * 1000 - 4'100 - (n % 13) * 1'700;
    event.version = 1;
    event.key = idOf(n);
    event.hasKey = true;
    event.eventId = n == 7 ? postedEvent.toStdString() : idOf(n + 9'000);
    event.traceId = completeTrace.toStdString();
    event.user = idOf(1);
    event.value = std::move(value);
    event.headerBlob = engine::packHeaders({{"ce_specversion", "1.0"},
                                            {"ce_id", event.eventId},
                                            {"ce_source", "/nova/content-service"},
                                            {"ce_type", type},
                                            {"ce_time", "2026-11-22T23:41:52.901318Z"},
                                            {"ce_subject", event.key},
                                            {"ce_dataschema", std::string("nova.events.v1.") + type},
                                            {"content-type", "application/protobuf"},
                                            {"traceparent", "00-" + event.traceId + "-00f067aa0ba902b7-01"},
                                            {"nova-version", "1"}});
    return event;
}

Event postCreated(int n) {
    events::v1::PostCreated post;
    post.set_post_id(idOf(n));
    post.set_version(1);
    post.set_user_tier("premium");
    post.set_author_id(idOf(1));
    post.set_content(n % 2 ? "Golden hour over the harbour" : "The ferry is late again");
    return eventOf(contract::topic::content, "PostCreated", n, post.SerializeAsString());
}

Event postLiked(int n) {
    events::v1::PostLiked like;
    like.set_post_id(idOf(n));
    like.set_version(2);
    like.set_user_id(idOf(2));
    like.set_like_count(3);
    return eventOf(contract::topic::social, "PostLiked", n, like.SerializeAsString());
}

Event userCreated() {
    events::v1::UserCreated user;
    user.set_user_id(idOf(1));
    user.set_handle("alice-x3k9");
    user.set_display_name("Alice");
    return eventOf(contract::topic::identity, "UserCreated", 0, user.SerializeAsString());
}

Event undecodable(int n) {
    auto event = postCreated(n);
    event.value = std::string("\x0a\xff\xff\x02 not a message", 18);
    event.undecodable = true;
    return event;
}

struct Step {
    const char* id;
    const char* parent;
    const char* name;
    const char* service;
    const char* kind;
    int otlp;
    double start, end;  // ms
    std::map<std::string, std::string, std::less<>> attributes;
};

std::string key(std::string_view name) {
    return std::string(name);
}

std::vector<Step> createPostSteps(double slow, bool whole) {
    const std::string topic(contract::topic::content), event = postedEvent.toStdString();
    const std::map<std::string, std::string, std::less<>> record{{key(attr::topicName), topic},
                                                                 {key(attr::partition), "3"},
                                                                 {key(attr::offset), "51880"},
                                                                 {key(attr::eventId), event}};
    auto consumed = record;
    consumed.insert({{key(attr::group), "feed-service"}, {key(attr::outcome), "done"}, {key(attr::tries), "1"}});
    auto queued = record;
    queued.insert({key(attr::group), "feed-service"});
    const double s = slow;
    std::vector<Step> steps{
        {"0000000000000001",
         "",
         "createPost",
         "console",
         "http",
         3,
         0,
         12.4,
         {{key(attr::action), "createPost"}, {key(attr::userHandle), "alice-x3k9"}}},
        {"0000000000000002",
         "0000000000000001",
         "POST /graphql",
         "graphql-gateway",
         "http",
         2,
         0.4,
         12.0,
         {{key(attr::action), "createPost"}, {key(attr::userHandle), "alice-x3k9"}}},
        {"0000000000000003", "0000000000000002", "Content/CreatePost", "graphql-gateway", "grpc", 3, 1.3, 11.6, {}},
        {"0000000000000004", "0000000000000003", "Content/CreatePost", "content-service", "grpc", 2, 1.9, 11.2, {}},
        {"0000000000000005",
         "0000000000000004",
         "posts + outbox",
         "content-service",
         "sql",
         3,
         2.6,
         10.4,
         {{key(attr::statements), "2"}}},
        {"0000000000000006",
         "0000000000000004",
         "outbox wait",
         "content-service",
         "outbox",
         1,
         9.8,
         12.9,
         {{key(attr::topicName), topic}, {key(attr::eventId), event}}},
        {"0000000000000007", "0000000000000006", "publish nova.content.events", "content-service", "produce", 4, 13.0,
         15.1, record}};
    if (!whole) return steps;
    const std::vector<Step> rest{
        {"0000000000000008", "0000000000000007", "in Kafka", "feed-service", "kafka", 5, 14.2, 16.0 + s, queued},
        {"0000000000000009", "0000000000000008", "feed-service PostCreated", "feed-service", "consume", 5, 16.1 + s,
         24.6 + s, consumed},
        {"000000000000000a",
         "0000000000000009",
         "followers",
         "feed-service",
         "sql",
         3,
         16.9 + s,
         19.8 + s,
         {{key(attr::statements), "1"}}},
        {"000000000000000b",
         "0000000000000009",
         "ZADD feeds",
         "feed-service",
         "redis",
         3,
         20.4 + s,
         22.9 + s,
         {{key(attr::effect), "feed"}, {key(attr::recipients), "1"}, {key(attr::eventId), event}}}};
    steps.insert(steps.end(), rest.begin(), rest.end());
    const std::vector<Step> social{
        {"000000000000000c", "0000000000000007", "in Kafka", "social-service", "kafka", 5, 14.2, 17.4, record},
        {"000000000000000d", "000000000000000c", "social-service PostCreated", "social-service", "consume", 5, 17.5,
         20.2, record}};
    for (auto step : social) {
        step.attributes.insert({key(attr::group), "social-service"});
        if (std::string_view(step.kind) == "consume") step.attributes.insert({key(attr::outcome), "done"});
        steps.push_back(step);
    }
    return steps;
}

}  // namespace

std::vector<SpanRecord> createPostSpans(const std::string& trace, qint64 startedUs, double slowerMs, bool whole) {
    std::vector<SpanRecord> spans;
    for (const auto& step : createPostSteps(slowerMs, whole)) {
        SpanRecord span;
        span.traceId = trace;
        span.spanId = step.id;
        span.parentId = step.parent;
        span.name = step.name;
        span.service = step.service;
        span.instance = std::string(step.service) + "/0";
        span.hopKind = step.kind;
        span.kind = step.otlp;
        span.startNs = startedUs * 1000 + static_cast<std::int64_t>(step.start * 1e6);
        span.endNs = startedUs * 1000 + static_cast<std::int64_t>(step.end * 1e6);
        span.attributes = step.attributes;
        span.attributes.insert({key(attr::kind), step.kind});
        spans.push_back(span);
    }
    return spans;
}

void fillRing(engine::EventRing& ring, int count, int firstOffset) {
    std::vector<Event> events;
    for (int i = firstOffset; i < firstOffset + count; ++i) {
        if (i == 0)
            events.push_back(userCreated());
        else if (i == firstOffset + count - 3)
            events.push_back(undecodable(i));
        else
            events.push_back(i % 3 == 1 ? postCreated(i) : postLiked(i));
    }
    ring.append(std::move(events));
}

void fillActions(engine::ActionStore& store) {
    const qint64 us = evening * 1000;
    store.feedSpans(createPostSpans(openTrace.toStdString(), us, 0, false));
    store.feedSpans(createPostSpans(slowTrace.toStdString(), us + 1'000'000, 260));
    store.feedSpans(createPostSpans(completeTrace.toStdString(), us + 2'000'000));
    store.flush();
}

}  // namespace nova::test
