// Which events a filter matches: a table by hand for every field and rule, and thousands of filters at random against
// an evaluator in Python that shares no code with ours (naive_filter.py).
#include <QProcess>
#include <QRandomGenerator>
#include <QTemporaryDir>
#include <QtTest>
#include <map>
#include <nlohmann/json.hpp>

#include "app/engine/traffic/acting_user.h"
#include "app/engine/traffic/decode.h"
#include "app/engine/traffic/filter.h"
#include "contract/topics.h"
#include "kit/runtime/ids.h"
#include "nova/events/v1/events.pb.h"
#include "opentelemetry/proto/collector/trace/v1/trace_service.pb.h"

using namespace nova::engine;
using namespace Qt::StringLiterals;
namespace events = nova::events::v1;
namespace header = nova::contract::header;
using Json = nlohmann::ordered_json;

namespace {

constexpr std::int64_t nowMs = 1'795'395'723'456;  // 2026-11-23T01:02:03.456Z
const std::map<std::string, std::string> handles{{"u-1", "alice"}, {"u-2", "bob"}};

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

class Records {
public:
    Records() {
        auto created = post<events::PostCreated>("p1", 1);
        created.set_content("Golden Hour at MÁLAGA");
        created.add_media_ids("m1");
        created.add_media_ids("m2");
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
        auto updated = post<events::PostUpdated>("p1", 3);
        updated.set_content("say \"hi\" (x), 100%\nnew line");
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
        auto cut = created.SerializeAsString();
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
        addSpans();
    }

    std::vector<std::string> names;
    std::vector<Event> all;
    Json said = Json::array();

private:
    void add(const Draft& draft) {
        names.push_back(draft.name);
        all.push_back(eventOf(draft));
        said.push_back(described(draft, all.back()));
        m_drafts.push_back(draft);
    }

    void addSpans() {
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

    std::vector<Draft> m_drafts;

public:
    FilterContext context() const {
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
};

// Filters at random, each valid, over words that stand in the records or nearly.
class Writer {
public:
    explicit Writer(quint32 seed) : m_random(seed) {}

    QString expression(int depth) {
        QStringList parts;
        for (int i = 1 + below(3); i > 0; --i) {
            QString part = depth > 0 && below(4) == 0 ? u'(' + expression(depth - 1) + u')' : term();
            if (below(4) == 0) part.prepend(u"not "_s);
            if (!parts.isEmpty()) parts << pick({u" "_s, u" and "_s, u" or "_s});
            parts << part;
        }
        return parts.join(QString());
    }

private:
    int below(int n) { return m_random.bounded(n); }
    QString pick(const QStringList& from) { return from[below(static_cast<int>(from.size()))]; }
    QString order() { return pick({u":"_s, u">"_s, u">="_s, u"<"_s, u"<="_s}); }

    QString text(const QString& field, const QStringList& values, const QStringList& expressions) {
        if (!expressions.isEmpty() && below(4) == 0) return field + u"~/"_s + pick(expressions) + u'/';
        QStringList list;
        for (int i = 1 + below(2); i > 0; --i) list << pick(values);
        return field + u':' + list.join(u',');
    }
    QString number(const QString& field, const QStringList& values) {
        const auto op = order();
        return field + op + pick(values) + (op == u":" && below(3) == 0 ? u","_s + pick(values) : QString());
    }

    QString term() {
        static const QStringList ids{u"p1"_s, u"p*"_s, u"\"p 2\""_s, u"\"\""_s,  u"*"_s,
                                     u"e1"_s, u"e*"_s, u"*2"_s,      u"\"*\""_s, u"zz"_s};
        static const QStringList expressions{u"^p"_s,         u"[0-9]$"_s, u"1|2"_s, u"(?i)POST"_s,
                                             u"\\/nova\\/"_s, u"^$"_s,     u"o.*e"_s};
        switch (below(17)) {
            case 0:
                return text(
                    u"topic"_s,
                    {u"nova.content.events"_s, u"nova.*"_s, u"*.dlq"_s, u"otlp_spans"_s, u"*a*e*s"_s, u"\"nova.*\""_s},
                    expressions);
            case 1:
                return text(u"type"_s,
                            {u"PostCreated"_s, u"Post*"_s, u"*d"_s, u"media.upload.completed"_s, u"postcreated"_s,
                             u"*"_s, u"\"\""_s},
                            expressions);
            case 2:
                return text(pick({u"key"_s, u"event"_s}), ids, expressions);
            case 3:
                return text(u"trace"_s, {u"4bf92f3577b34da6a3ce929d0e0e4736"_s, u"4bf9*"_s, u"0"_s}, {u"^4bf"_s});
            case 4:
                return text(u"user"_s, {u"alice"_s, u"u-1"_s, u"bob"_s, u"*o*"_s, u"u-3"_s, u"Alice"_s},
                            {u"^al"_s, u"^u"_s});
            case 5:
                return text(u"source"_s, {u"/nova/content-service"_s, u"*service"_s, u"/nova/*"_s}, expressions);
            case 6:
                return number(u"partition"_s, {u"0"_s, u"1"_s, u"5"_s, u"-1"_s});
            case 7:
                return number(u"offset"_s, {u"10"_s, u"11"_s, u"12.5"_s, u"99"_s});
            case 8:
                return number(u"version"_s, {u"1"_s, u"3"_s, u"9007199254740993"_s, u"9007199254740992"_s});
            case 9:
                return number(u"size"_s, {u"0"_s, u"60B"_s, u"0.1kB"_s, u"1MB"_s});
            case 10:
                return number(u"latency"_s,
                              {u"45ms"_s, u"0.25s"_s, u"250"_s, u"0s"_s, u"250001us"_s, u"1m"_s, u"-1ms"_s});
            case 11:
                return number(u"time"_s,
                              {u"-1m"_s, u"-5m"_s, u"2026-11-23T01:01:03.456Z"_s, u"01:02:03"_s, u"01:02"_s, u"-0s"_s});
            case 12:
                return text(u"is"_s,
                            {u"duplicate"_s, u"stale"_s, u"dlq"_s, u"undecodable"_s, u"tombstone"_s, u"replayed"_s},
                            {});
            case 13:
                return below(2) == 0
                           ? text(u"header."_s + pick({u"x"_s, u"ce_source"_s, u"nova-dlq-error"_s, u"none"_s}),
                                  {u"1"_s, u"two"_s, u"*"_s, u"/nova/*"_s, u"\"bad Content\""_s}, expressions)
                           : number(u"header."_s + pick({u"nova-version"_s, u"nova-dlq-offset"_s, u"x"_s, u"at"_s}),
                                    {u"1"_s, u"3"_s, u"11"_s, u"\"2\""_s, u"2026-11-23T01:00:00Z"_s, u"01:00"_s});
            case 14:
                return text(
                    u"payload."_s + pick({u"post_id"_s, u"author_id"_s, u"media_ids"_s, u"user_tier"_s, u"file_name"_s,
                                          u"event_time"_s, u"version"_s, u"resource_spans.scope_spans.spans.name"_s,
                                          u"resource_spans.scope_spans.spans.kind"_s,
                                          u"resource_spans.scope_spans.spans.attributes.value.bool_value"_s,
                                          u"resource_spans.scope_spans.spans.trace_id"_s, u"resource_spans.resource"_s,
                                          u"none.such"_s}),
                    {u"p1"_s, u"u-1"_s, u"m2"_s, u"premium"_s, u"*"_s, u"1"_s, u"3"_s, u"photo*"_s,
                     u"\"feed fan-out\""_s, u"SPAN_KIND_SERVER"_s, u"true"_s, u"Af8="_s,
                     u"2026-11-23T01:01:03.456789Z"_s},
                    expressions);
            case 15:
                return number(
                    u"payload."_s + pick({u"version"_s, u"like_count"_s, u"size_bytes"_s, u"event_time"_s,
                                          u"resource_spans.scope_spans.spans.start_time_unix_nano"_s,
                                          u"resource_spans.scope_spans.spans.attributes.value.double_value"_s,
                                          u"post_id"_s, u"seq"_s}),
                    {u"1"_s, u"3"_s, u"41"_s, u"1.5MB"_s, u"0.25"_s, u"9007199254740992"_s, u"18446744073709551615"_s,
                     u"\"p1\""_s, u"-1m"_s, u"2026-11-23T01:01:03.456789Z"_s, u"0"_s});
            default:
                return pick({u"golden"_s, u"\"golden hour\""_s, u"GOLD*our"_s, u"málaga"_s, u"alice"_s, u"41"_s,
                             u"\"p 2\""_s, u"4BF92F"_s, u"version"_s, u"content-service"_s, u"*"_s, u"span_kind"_s,
                             u"0.25"_s, u"zebra"_s, u"\"*\""_s, u"h*i*"_s});
        }
    }

    QRandomGenerator m_random;
};

}  // namespace

class FilterMatchTest : public QObject {
    Q_OBJECT

    const Records m_records;

    QString matched(const QString& text, std::uint64_t* errors = nullptr) const {
        auto compiled = Filter::compile(text, m_records.context());
        if (const auto* error = std::get_if<FilterError>(&compiled)) return u"! "_s + error->sentence();
        auto& filter = std::get<Filter>(compiled);
        QStringList names;
        for (std::size_t i = 0; i < m_records.all.size(); ++i) {
            if (filter.matches(m_records.all[i])) names << QString::fromStdString(m_records.names[i]);
        }
        if (errors) *errors = filter.errors();
        return names.join(u' ');
    }

private Q_SLOTS:
    void matches_data() {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("events");
        const auto row = [](const QString& text, const QString& names) {
            QTest::addRow("%s", qPrintable(text)) << text << names;
        };
        const auto all = u"created twin updated deleted liked uploaded cut tombstone dead spans"_s;
        row(u""_s, all);
        row(u"type:PostCreated,PostUpdated user:alice payload.version>2"_s, u"updated"_s);
        row(u"topic:nova.* latency>200ms or is:duplicate"_s, u"twin updated liked"_s);
        row(u"not header.ce_source:/nova/content-service key~/^p/"_s, u"liked cut tombstone"_s);
        // text: exact, with case, any of, wildcards
        row(u"topic:nova.content.events"_s, u"created twin updated deleted cut tombstone"_s);
        row(u"topic:nova.*"_s, u"created twin updated deleted liked uploaded cut tombstone dead"_s);
        row(u"topic:\"nova.*\""_s, u""_s);
        row(u"topic:*.dlq,otlp_spans"_s, u"dead spans"_s);
        row(u"type:postcreated"_s, u""_s);
        row(u"type:Post*ed"_s, u"created twin updated deleted liked cut dead"_s);
        row(u"type:*"_s, u"created twin updated deleted liked uploaded cut dead"_s);
        row(u"not type:*"_s, u"tombstone spans"_s);
        row(u"key:*"_s, u"created twin updated deleted liked uploaded cut tombstone"_s);
        row(u"key:\"\""_s, u"uploaded"_s);
        row(u"key:\"p 2\",p9"_s, u"deleted cut"_s);
        row(u"event:e1"_s, u"created twin"_s);
        row(u"trace:4bf92f3577b34da6a3ce929d0e0e4736"_s, u"created twin"_s);
        row(u"source~/social|media/"_s, u"liked uploaded"_s);
        row(u"key~/P/"_s, u""_s);
        row(u"key~/(?i)P \\d/"_s, u"deleted"_s);
        // users by id and by handle
        row(u"user:u-1"_s, u"created twin updated"_s);
        row(u"user:bob"_s, u"liked uploaded"_s);
        row(u"user:b*,u-3"_s, u"deleted liked uploaded"_s);
        // numbers, exactly
        row(u"version:9007199254740993"_s, u"deleted"_s);
        row(u"version:9007199254740992"_s, u""_s);
        row(u"version>9007199254740992"_s, u"deleted"_s);
        row(u"version:1,3"_s, u"created twin updated dead"_s);
        row(u"version:*"_s, u"created twin updated deleted dead"_s);
        row(u"not version<3"_s, u"updated deleted liked uploaded cut tombstone dead spans"_s);
        row(u"partition>=2"_s, u"deleted spans"_s);
        row(u"offset:10 partition:0"_s, u"created uploaded dead"_s);
        row(u"size:0"_s, u"tombstone"_s);
        row(u"size>0.2kB"_s, u""_s);
        // durations
        row(u"latency:250ms"_s, u"twin"_s);
        row(u"latency>250ms"_s, u"updated liked"_s);
        row(u"latency>=0.25s"_s, u"twin updated liked"_s);
        row(u"latency>250"_s, u"updated liked"_s);
        row(u"latency<=45000us"_s, u"created deleted"_s);
        row(u"latency>1m"_s, u""_s);
        row(u"not latency>=0ms"_s, u"uploaded cut tombstone dead spans"_s);
        // times
        row(u"time<-5m"_s, u"twin"_s);
        row(u"time>=01:02"_s, u"cut spans"_s);
        row(u"time>2026-11-23T01:02:03.455Z"_s, u"cut"_s);
        row(u"time:2026-11-23T02:02:03.456+01:00"_s, u"cut"_s);
        // headers: any of that name; an order of numbers and times
        row(u"header.x:two"_s, u"created"_s);
        row(u"header.x:*"_s, u"created"_s);
        row(u"header.nova-version>1"_s, u"updated deleted dead"_s);
        row(u"header.at>=2026-11-23T01:00:00Z"_s, u"dead"_s);
        row(u"header.at>01:00"_s, u""_s);
        row(u"header.X:two"_s, u""_s);
        // payloads
        row(u"payload.media_ids:m2"_s, u"created twin"_s);
        row(u"payload.version:1"_s, u"created twin"_s);
        row(u"payload.version:\"1\""_s, u""_s);
        row(u"payload.version:0"_s, u"liked"_s);  // defaults are printed
        row(u"payload.like_count>40 payload.like_count<42"_s, u"liked"_s);
        row(u"payload.size_bytes>=1.5MB"_s, u"uploaded"_s);
        row(u"payload.event_time<-1m"_s, u""_s);
        row(u"payload.event_time>-60001ms"_s, u"created twin updated deleted dead"_s);
        row(u"payload.event_time:2026-11-23T01:01:03.456789Z"_s, u"created twin updated deleted dead"_s);
        row(u"payload.event_time~/01:01:03/"_s, u"created twin updated deleted dead"_s);
        row(u"payload.event_time:*"_s, u"created twin updated deleted dead"_s);  // unset in liked and uploaded
        row(u"payload.content~/(?i)golden HOUR/"_s, u"created twin"_s);
        row(u"payload.author_id>\"u-2\""_s, u"deleted"_s);
        row(u"payload.author_id>2"_s, u""_s);  // text is no number
        row(u"payload.resource_spans.scope_spans.spans.name:\"feed fan-out\""_s, u"spans"_s);
        row(u"payload.resource_spans.scope_spans.spans.kind:SPAN_KIND_SERVER"_s, u"spans"_s);
        row(u"payload.resource_spans.scope_spans.spans.start_time_unix_nano:18446744073709551615"_s, u"spans"_s);
        row(u"payload.resource_spans.scope_spans.spans.start_time_unix_nano:18446744073709551614"_s, u""_s);
        row(u"payload.resource_spans.scope_spans.spans.attributes.value.bool_value:true"_s, u"spans"_s);
        row(u"payload.resource_spans.scope_spans.spans.attributes.value.double_value<0.3"_s, u"spans"_s);
        row(u"payload.resource_spans.scope_spans.spans.attributes.value.int_value:*"_s,
            u""_s);  // not the oneof's member
        row(u"payload.resource_spans.scope_spans.spans.trace_id:Af8="_s, u"spans"_s);
        row(u"payload.resource_spans:*"_s, u"spans"_s);
        row(u"payload.resource_spans.resource:*"_s, u""_s);
        row(u"not payload.post_id:p1"_s, u"deleted uploaded cut tombstone spans"_s);
        // flags
        row(u"is:duplicate"_s, u"twin"_s);
        row(u"is:stale,dlq"_s, u"updated dead"_s);
        row(u"is:undecodable"_s, u"cut"_s);
        row(u"is:tombstone,replayed"_s, u"twin tombstone"_s);
        // lone words: key, type, user, header values, payload; any case
        row(u"P9"_s, u"cut"_s);
        row(u"postliked"_s, u"liked"_s);
        row(u"BOB"_s, u"liked uploaded"_s);
        row(u"u-3"_s, u"deleted"_s);
        row(u"\"bad content\""_s, u"dead"_s);
        row(u"málaga"_s, u"created twin"_s);
        row(u"gold*málaga"_s, u"created twin"_s);
        row(u"málaga*gold"_s, u""_s);
        row(u"\"gold*\""_s, u""_s);
        row(u"\"say \\\"HI\\\" (x),\""_s, u"updated dead"_s);
        row(u"1500000"_s, u"uploaded"_s);
        row(u"span_kind_server"_s, u"spans"_s);
        row(u"0.25"_s, u"spans"_s);
        row(u"e6"_s, u"cut"_s);  // a header's value
        row(u"*"_s, all);
        row(u"\"\""_s, all);
        // logic
        row(u"user:alice or user:bob type:PostLiked"_s, u"created twin updated liked"_s);
        row(u"(user:alice or user:bob) type:PostLiked"_s, u"liked"_s);
        row(u"not (type:Post* or is:tombstone)"_s, u"uploaded spans"_s);
    }
    void matches() {
        QFETCH(QString, text);
        QFETCH(QString, events);
        QCOMPARE(matched(text), events);
    }

    void anotherEvaluatorAgrees() {
        constexpr quint32 filters = 3'000;
        Json given{{"now_ms", nowMs}, {"events", m_records.said}, {"filters", Json::array()}};
        QStringList texts, ours;
        for (quint32 seed = 1; seed <= filters; ++seed) {
            const auto text = Writer(seed).expression(2);
            const auto canonical = Filter::compile(text, m_records.context());
            const auto* error = std::get_if<FilterError>(&canonical);
            if (error && error->what == u"too many terms") continue;
            QVERIFY2(!error, qPrintable(text + u": "_s + (error ? error->sentence() : QString())));
            texts << text;
            given["filters"].push_back(text.toStdString());
        }
        QTemporaryDir folder;
        QFile file(folder.filePath(u"given.json"_s));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(QByteArray::fromStdString(given.dump()));
        file.close();
        QProcess python;
        python.start(u"python3"_s,
                     {QStringLiteral(NOVA_SOURCE_DIR "/tests/engine/traffic/naive_filter.py"), file.fileName()});
        QVERIFY(python.waitForFinished(60'000));
        QVERIFY2(python.exitCode() == 0, python.readAllStandardError().constData());
        const auto lines = python.readAllStandardOutput().trimmed().split('\n');
        QCOMPARE(lines.size(), texts.size());
        int some = 0;
        for (qsizetype i = 0; i < texts.size(); ++i) {
            QStringList theirs;
            for (const auto& index : Json::parse(lines[i].toStdString()))
                theirs << QString::fromStdString(m_records.names[index.get<std::size_t>()]);
            some += !theirs.isEmpty() && theirs.size() < static_cast<qsizetype>(m_records.all.size());
            QVERIFY2(matched(texts[i]) == theirs.join(u' '),
                     qPrintable(texts[i] + u"\n ours: "_s + matched(texts[i]) + u"\n theirs: "_s + theirs.join(u' ')));
            const auto canonical = std::get<Filter>(Filter::compile(texts[i], m_records.context())).canonical();
            QCOMPARE(matched(canonical), theirs.join(u' '));
        }
        QVERIFY2(some > 1'000, qPrintable(QString::number(some)));  // else the filters say nothing
    }

    void whatIsNotKnownIsFalse() {
        auto filter = std::get<Filter>(Filter::compile(u"is:duplicate or is:stale or user:alice"_s));
        for (const auto& event : m_records.all) QVERIFY(!filter.matches(event));
        auto opposite = std::get<Filter>(Filter::compile(u"not is:duplicate"_s));
        for (const auto& event : m_records.all) QVERIFY(opposite.matches(event));
    }

    // Wish 20: event type and trace live in headers, so they are searched: by name, by what they say, each of several.
    void headersAreSearchedByNameAndByWhatTheySay() {
        Event event;
        event.topic = Names::topic("orders");
        event.headerBlob = packHeaders({{"ce_type", "OrderPaid"},
                                        {"x-try", "1"},
                                        {"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"},
                                        {"x-try", "2"}});
        readParts(event);
        for (const auto& text : {u"header.x-try:1"_s, u"header.x-try:2"_s, u"header.x-try>1"_s, u"type:OrderPaid"_s,
                                 u"trace:0af7651916cd43dd8448eb211c80319c"_s, u"header.ce_type~/^order/"_s, u"orderpaid"_s})
            QCOMPARE(std::get<Filter>(Filter::compile(text)).matches(event), text != u"header.ce_type~/^order/"_s);
        for (const auto& text : {u"header.x-try:3"_s, u"header.other:*"_s, u"trace:0af7"_s})
            QVERIFY2(!std::get<Filter>(Filter::compile(text)).matches(event), qPrintable(text));
    }

    void errorsAreCountedOnceARecord() {
        std::uint64_t errors = 0;
        matched(u"payload.version>2 or payload.post_id:x or nothing"_s, &errors);
        QCOMPARE(errors, 1u);  // cut; a tombstone has no payload that could fail
        matched(u"type:PostUpdated payload.version>2"_s, &errors);
        QCOMPARE(errors, 0u);  // cut is decided by its type
        QCOMPARE(matched(u"not payload.version>0"_s, &errors), u"liked uploaded cut tombstone spans"_s);
        QCOMPARE(errors, 1u);
        matched(u"is:undecodable"_s, &errors);
        QCOMPARE(errors, 0u);
    }

    void copiesAreIndependent() {
        auto first = std::get<Filter>(Filter::compile(u"payload.version>0"_s));
        for (const auto& event : m_records.all) static_cast<void>(first.matches(event));
        auto second = first;
        QVERIFY(second.matches(m_records.all[0]) && !second.matches(m_records.all[6]));
        QCOMPARE(first.errors(), 1u);
        QCOMPARE(second.errors(), 2u);
        first = Filter();
        QVERIFY(first.matchesAll() && !second.matchesAll() && second.matches(m_records.all[0]));
    }
};

QTEST_GUILESS_MAIN(FilterMatchTest)
#include "tst_filter_match.moc"
