#include "tests/engine/traffic/filter_records.h"

#include <map>

#include "app/engine/traffic/acting_user.h"
#include "app/engine/traffic/decode.h"
#include "contract/topics.h"
#include "kit/runtime/ids.h"
#include "nova/events/v1/events.pb.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.pb.h"

namespace nova::test {
namespace {

using namespace engine;
namespace events = nova::events::v1;
namespace header = nova::contract::header;

const std::map<std::string, std::string> handles{{"u-1", "alice"}, {"u-2", "bob"}};

Event eventOf(const Draft& draft) {
    nova::kit::kafka::HeaderList headers;
    const auto put = [&](std::string_view name, const std::string& text) {
        if (!text.empty()) headers.emplace_back(name, text);
    };
    Event event;
    put(header::id, event.eventId = draft.id);
    put(header::type, draft.type);
    put(header::source, draft.source);
    if (draft.latencyUs >= 0) {
        event.ceTimeUs = draft.timeMs * 1'000 - draft.latencyUs;
        put(header::time, nova::kit::rfc3339(nova::kit::WallTime(std::chrono::microseconds(event.ceTimeUs))));
    }
    put(header::dataSchema, draft.message ? draft.message->GetDescriptor()->full_name() : draft.schema);
    if (!draft.trace.empty()) put(header::traceParent, "00-" + (event.traceId = draft.trace) + "-00f067aa0ba902b7-01");
    if (draft.version >= 0) put(header::version, std::to_string(event.version = draft.version));
    headers.insert(headers.end(), draft.more.begin(), draft.more.end());
    event.topic = Names::topic(draft.topic);
    event.type = Names::type(draft.type);
    event.partition = draft.partition;
    event.offset = draft.offset;
    event.timestampMs = draft.timeMs;
    event.hasKey = draft.key.has_value();
    event.key = draft.key.value_or("");
    event.user = draft.user;
    event.replayed = draft.replayed;
    event.headerBlob = packHeaders(headers);
    event.tombstone = !draft.message && !draft.value;
    event.value = draft.value ? *draft.value : draft.message ? draft.message->SerializeAsString() : std::string();
    event.undecodable = !event.tombstone && !decode(event).ok;
    return event;
}

Json described(const Draft& draft, const Event& event) {
    Json said{{"topic", draft.topic}, {"partition", draft.partition}, {"offset", draft.offset}};
    said["time"] = draft.timeMs;
    said["size"] = event.value.size();
    if (draft.key) said["key"] = *draft.key;
    for (const auto& [name, text] : {std::pair<const char*, const std::string&>{"event", draft.id},
                                     {"type", draft.type},
                                     {"source", draft.source},
                                     {"trace", draft.trace},
                                     {"user", draft.user}}) {
        if (!text.empty()) said[name] = text;
    }
    if (const auto known = handles.find(draft.user); known != handles.end()) said["handle"] = known->second;
    if (draft.version >= 0) said["version"] = draft.version;
    if (draft.latencyUs >= 0) said["latency"] = static_cast<double>(draft.latencyUs) / 1'000;
    said["headers"] = Json::array();
    for (const auto& [name, text] : event.headers()) said["headers"].push_back({name, text});
    if (const auto decoded = decode(event); decoded.ok) said["payload"] = Json::parse(decoded.json);
    said["flags"] = {{"duplicate", draft.duplicate},     {"stale", draft.stale},
                     {"replayed", draft.replayed},       {"tombstone", event.tombstone},
                     {"undecodable", event.undecodable}, {"dlq", draft.topic.ends_with(".dlq")}};
    return said;
}

template <typename Message>
Message post(const char* id, std::int64_t version, const char* author = "u-1") {
    Message message;
    message.set_post_id(id);
    message.set_version(version);
    message.set_user_tier("premium");
    message.set_author_id(author);
    message.mutable_event_time()->set_seconds(nowMs / 1'000 - 60);
    message.mutable_event_time()->set_nanos(456'789'000);
    return message;
}

events::PostCreated createdPost() {
    auto message = post<events::PostCreated>("p1", 1);
    message.set_content("Golden Hour at MÁLAGA");
    message.add_media_ids("m1");
    message.add_media_ids("m2");
    return message;
}

events::PostUpdated updatedPost() {
    auto message = post<events::PostUpdated>("p1", 3);
    message.set_content("say \"hi\" (x), 100%\nnew line");
    return message;
}

}  // namespace

FilterRecords::FilterRecords() {
    addPosts();
    addOthers();
    addBroken();
    addSpans();
}

void FilterRecords::addPosts() {
    const auto created = createdPost();
    const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";
    add({.name = "created",
         .key = "p1",
         .id = "e1",
         .type = "PostCreated",
         .source = "/nova/content-service",
         .trace = trace,
         .user = "u-1",
         .latencyUs = 45'000,
         .version = 1,
         .message = &created,
         .more = {{"x", "1"}, {"x", "two"}}});
    add({.name = "twin",
         .partition = 1,
         .offset = 7,
         .timeMs = nowMs - 400'000,
         .key = "p1",
         .id = "e1",
         .type = "PostCreated",
         .source = "/nova/content-service",
         .trace = trace,
         .user = "u-1",
         .latencyUs = 250'000,
         .version = 1,
         .message = &created,
         .more = {{"nova-replay", "r1"}},
         .replayed = true,
         .duplicate = true});
    const auto updated = updatedPost();
    add({.name = "updated",
         .offset = 11,
         .key = "p1",
         .id = "e2",
         .type = "PostUpdated",
         .source = "/nova/content-service",
         .user = "u-1",
         .latencyUs = 250'001,
         .version = 3,
         .message = &updated,
         .stale = true});
    auto deleted = post<events::PostDeleted>("p2", 9'007'199'254'740'993, "u-3");
    add({.name = "deleted",
         .partition = 2,
         .offset = 12,
         .key = "p 2",
         .id = "e3",
         .type = "PostDeleted",
         .source = "/nova/content-service",
         .user = "u-3",
         .latencyUs = 0,
         .version = 9'007'199'254'740'993,
         .message = &deleted});
}

void FilterRecords::addOthers() {
    events::PostLiked liked;
    liked.set_post_id("p1");
    liked.set_user_id("u-2");
    liked.set_author_id("u-1");
    liked.set_like_count(41);
    add({.name = "liked",
         .topic = "nova.social.events",
         .offset = 3,
         .key = "p1",
         .id = "e4",
         .type = "PostLiked",
         .source = "/nova/social-service",
         .user = "u-2",
         .latencyUs = 1'500'000,
         .message = &liked});
    events::MediaUploadCompleted uploaded;
    uploaded.set_upload_id("up1");
    uploaded.set_user_id("u-2");
    uploaded.set_file_name("photo 1.png");
    uploaded.set_size_bytes(1'500'000);
    add({.name = "uploaded",
         .topic = "nova.media.events",
         .key = "",
         .id = "e5",
         .type = "media.upload.completed",
         .source = "/nova/media-service",
         .user = "u-2",
         .message = &uploaded});
}

// Of no use to a decoder, without a value, and given up by a consumer.
void FilterRecords::addBroken() {
    const auto updated = updatedPost();
    auto cut = createdPost().SerializeAsString();
    cut.pop_back();
    add({.name = "cut",
         .offset = 13,
         .timeMs = nowMs,
         .key = "p9",
         .id = "e6",
         .type = "PostCreated",
         .schema = "nova.events.v1.PostCreated",
         .value = cut});
    add({.name = "tombstone", .offset = 14, .key = "p1"});
    add({.name = "dead",
         .topic = "nova.content.events.dlq",
         .id = "e2",
         .type = "PostUpdated",
         .version = 3,
         .message = &updated,
         .more = {
             {"nova-dlq-offset", "11"}, {"nova-dlq-error", "bad Content"}, {"at", "2026-11-23T01:00:00.000Z"}}});
}

void FilterRecords::add(const Draft& draft) {
    names.push_back(draft.name);
    all.push_back(eventOf(draft));
    said.push_back(described(draft, all.back()));
    m_drafts.push_back(draft);
}

void FilterRecords::addSpans() {
    opentelemetry::proto::collector::trace::v1::ExportTraceServiceRequest request;
    auto* scope = request.add_resource_spans()->add_scope_spans();
    for (const char* name : {"POST /graphql", "feed fan-out"}) {
        auto* span = scope->add_spans();
        span->set_name(name);
        span->set_trace_id("\x01\xFF");
        span->set_kind(opentelemetry::proto::trace::v1::Span::SPAN_KIND_SERVER);
        span->set_start_time_unix_nano(18'446'744'073'709'551'615u);
        auto* attribute = span->add_attributes();
        attribute->set_key("sampled");
        attribute->mutable_value()->set_bool_value(true);
        attribute = span->add_attributes();
        attribute->set_key("ratio");
        attribute->mutable_value()->set_double_value(0.25);
    }
    add({.name = "spans",
         .topic = "otlp_spans",
         .partition = 5,
         .offset = 99,
         .timeMs = nowMs - 1,
         .message = &request});
}

FilterContext FilterRecords::context() const {
    FilterContext given;
    const auto flag = [this](const Event& event, bool Draft::*which) {
        const auto at = static_cast<std::size_t>(&event - all.data());
        return m_drafts[at].*which;
    };
    given.isDuplicate = [flag](const Event& event) { return flag(event, &Draft::duplicate); };
    given.isStale = [flag](const Event& event) { return flag(event, &Draft::stale); };
    given.handleOf = [](const std::string& id) { return handles.contains(id) ? handles.at(id) : std::string(); };
    given.nowMs = nowMs;
    return given;
}

}  // namespace nova::test
