// Any text as a filter: it is refused with a place inside the text, or it runs, and its canonical text is a filter with
// the same tree that matches the same events.
#include "app/engine/traffic/filter.h"
#include "nova/events/v1/events.pb.h"
#include "tests/fuzz/fuzz.h"

using namespace nova::engine;
using nova::fuzz::require;

namespace {

std::vector<Event> someEvents() {
    nova::events::v1::PostCreated created;
    created.set_post_id("0193a8e3-1c40-7a2e-b7f0-55d1c0a94e91");
    created.set_version(3);
    created.set_author_id("u-1");
    created.set_content("Golden Hour \"at\" Málaga");
    created.add_media_ids("m1");
    created.mutable_event_time()->set_seconds(1'795'395'723);
    Event event;
    event.topic = Names::topic("nova.content.events");
    event.type = Names::type("PostCreated");
    event.offset = 51'880;
    event.timestampMs = 1'795'395'723'456;
    event.ceTimeUs = 1'795'395'723'400'000;
    event.version = 3;
    event.hasKey = true;
    event.key = created.post_id();
    event.eventId = "e1";
    event.user = "u-1";
    event.value = created.SerializeAsString();
    event.headerBlob = packHeaders({{"ce_source", "/nova/content-service"},
                                    {"ce_dataschema", "nova.events.v1.PostCreated"},
                                    {"x", "\xFF\x01"},
                                    {"x", "2"}});
    std::vector<Event> all(3, event);
    all[1].value.pop_back();
    all[1].undecodable = true;
    all[2] = Event();
    all[2].tombstone = true;
    return all;
}

FilterContext context() {
    FilterContext given;
    given.nowMs = 1'795'395'723'456;
    given.zone = QStringLiteral("America/New_York");
    given.handleOf = [](const std::string&) { return std::string("alice"); };
    given.isDuplicate = [](const Event& event) { return event.offset == 0; };
    return given;
}

void completeAnywhere(const QString& text) {
    static const SeenValues seen{{QStringLiteral("t")}, {QStringLiteral("T")}, {QStringLiteral("u")},
                                 {QStringLiteral("h")}, {QStringLiteral("p")}, {QStringLiteral("s")}};
    for (const int cursor : {0, static_cast<int>(text.size()) / 2, static_cast<int>(text.size())}) {
        for (const auto& each : completions(text, cursor, seen))
            require(each.from >= 0 && each.length >= 0 && each.from + each.length <= text.size(),
                    "completion inside the text");
    }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const auto events = someEvents();
    const auto text = QString::fromUtf8(reinterpret_cast<const char*>(data), static_cast<qsizetype>(size));
    completeAnywhere(text);
    auto compiled = Filter::compile(text, context());
    if (const auto* error = std::get_if<FilterError>(&compiled)) {
        require(error->position >= 0 && error->position <= text.size() && error->length > 0, "fault inside the text");
        require(!error->sentence().isEmpty(), "fault in words");
        return 0;
    }
    auto& filter = std::get<Filter>(compiled);
    auto again = Filter::compile(filter.canonical(), context());
    // Terms that stood without a space between them make it longer than the text was.
    if (filter.canonical().toUtf8().size() > 4'096) return 0;
    require(std::holds_alternative<Filter>(again), "canonical text is a filter");
    auto& second = std::get<Filter>(again);
    require(second.canonical() == filter.canonical(), "canonical text is its own");
    for (const auto& event : events) require(filter.matches(event) == second.matches(event), "same matches");
    require(filter.errors() == second.errors(), "same errors");
    return 0;
}
