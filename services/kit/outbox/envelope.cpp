#include "kit/outbox/envelope.h"

#include <nlohmann/json.hpp>

#include "contract/topics.h"

namespace nova::kit::envelope {

namespace header = contract::header;

std::string toJson(const OutEvent& event, const std::string& service, const trace::Context& context) {
    nlohmann::json json{{header::source, "/nova/" + service},
                        {header::type, event.type},
                        {header::time, rfc3339(event.time)},
                        {header::subject, event.aggId},
                        {header::dataSchema, event.dataSchema}};
    if (context.valid()) json[std::string(header::traceParent)] = context.traceparent();
    return json.dump();
}

Stored fromJson(const std::string& text) {
    const auto json = nlohmann::json::parse(text);
    const auto field = [&](std::string_view name) { return json.at(std::string(name)).get<std::string>(); };
    Stored stored{field(header::source),  field(header::type),       field(header::time),
                  field(header::subject), field(header::dataSchema), {}};
    if (const auto found = json.find(std::string(header::traceParent)); found != json.end()) {
        if (const auto context = trace::Context::parse(found->get<std::string>())) stored.context = *context;
    }
    return stored;
}

kafka::HeaderList headers(const Stored& stored, const std::string& eventId, std::int64_t version,
                          const trace::Context& context) {
    kafka::HeaderList list;
    const auto add = [&](std::string_view name, std::string value) {
        list.emplace_back(std::string(name), std::move(value));
    };
    add(header::specVersion, "1.0");
    add(header::id, eventId);
    add(header::source, stored.source);
    add(header::type, stored.type);
    add(header::time, stored.time);
    add(header::subject, stored.subject);
    add(header::dataSchema, stored.dataSchema);
    add(header::contentType, "application/protobuf");
    if (context.valid()) add(header::traceParent, context.traceparent());
    add(header::version, std::to_string(version));
    return list;
}

std::vector<kafka::OutRecord> records(const kafka::OutRecord& own, const OlderForms& forms) {
    std::vector<kafka::OutRecord> all;
    const auto [begin, end] = forms.equal_range(std::string(kafka::header(own.headers, header::dataSchema)));
    for (auto form = begin; form != end; ++form) {
        kafka::OutRecord& older = all.emplace_back(own);
        older.value = form->second.payload(own.value);
        for (auto& [name, value] : older.headers)
            if (name == header::dataSchema) value = form->second.dataSchema;
    }
    all.push_back(own);
    return all;
}

}  // namespace nova::kit::envelope
