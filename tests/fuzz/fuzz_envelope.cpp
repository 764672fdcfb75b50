// Any record as a topic may hold it: its headers, key, value and time become an event, a line of JSON, a search and
// what a filter looks at; none of them may fail, and the line is valid JSON. The input: see recordOf().
#include <google/protobuf/stubs/logging.h>

#include <nlohmann/json.hpp>

#include "app/engine/traffic/decode.h"
#include "app/engine/traffic/filter.h"
#include "contract/topics.h"
#include "tests/fuzz/fuzz.h"

using namespace nova::engine;
using nova::fuzz::Input;
using nova::fuzz::require;
namespace header = nova::contract::header;

namespace {

constexpr std::array names{header::id,      header::source,     header::type,        header::time,
                           header::subject, header::dataSchema, header::traceParent, header::version,
                           header::replay,  header::contentType};
constexpr std::array topics{nova::contract::topic::content, nova::contract::topic::spans,
                            std::string_view("__consumer_offsets"), std::string_view("orders.dlq")};

// Bytes: flags (1 a key, 2 a tombstone), topic, time (8), headers: their count, each of name (≥ 10: a length − 10, and
// that many bytes), length of the value, the value; length of the key, the key; the rest is the value.
Event recordOf(Input input) {
    Event event;
    const auto flags = input.byte();
    event.topic = Names::topic(topics[input.byte() % topics.size()]);
    event.timestampMs = static_cast<std::int64_t>(input.number(8));
    nova::kit::kafka::HeaderList headers;
    for (int i = input.byte() % 16; i > 0; --i) {
        const auto which = input.byte();
        const auto name = which < names.size() ? names[which] : input.take(which - names.size());
        headers.emplace_back(name, input.take(input.byte()));
    }
    event.headerBlob = packHeaders(headers);
    event.hasKey = (flags & 1) != 0;
    event.tombstone = (flags & 2) != 0;
    const auto key = input.take(input.byte());
    if (event.hasKey) event.key = key;
    if (!event.tombstone) event.value = input.rest();
    readParts(event, {});
    require(event.headers() == headers, "headers as they came");
    return event;
}

std::vector<Filter>& filters() {
    static std::vector<Filter> all = [] {
        std::vector<Filter> made;
        for (const auto& text :
             {QStringLiteral("golden or 7 or málaga"), QStringLiteral("payload.version>2 or payload.event_time>-5m"),
              QStringLiteral("latency>1s or time>-1d or version:1 or header.ce_time>-1h"),
              QStringLiteral("payload.resource_spans.scope_spans.spans.name:a or source~/a/ or is:undecodable")})
            made.push_back(std::get<Filter>(Filter::compile(text)));
        return made;
    }();
    return all;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const bool quiet = (google::protobuf::SetLogHandler(nullptr), true);  // else a line for each refused message
    static_cast<void>(quiet);
    const auto event = recordOf(Input(data, size));
    const auto line = toJson(event).dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
    require(nlohmann::json::accept(line), "a line of JSON");
    const auto decoded = decode(event);
    require(decoded.ok || event.tombstone || !decoded.faults.empty(), "a reason where nothing decoded");
    require(!decoded.ok || nlohmann::json::accept(decoded.json), "a payload of JSON");
    static_cast<void>(containsText(event, "golden"));
    for (auto& filter : filters()) static_cast<void>(filter.matches(event));
    return 0;
}
