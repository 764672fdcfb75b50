#include "app/engine/traffic/proto_json.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <sodium.h>

#include <chrono>
#include <cstdio>
#include <nlohmann/json.hpp>

namespace nova::engine {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using Json = nlohmann::ordered_json;

Json text(const FieldDescriptor& field, const std::string& value) {
    return field.type() == FieldDescriptor::TYPE_BYTES ? Json(base64(value)) : Json(value);
}

Json fieldOf(const Message& message, const FieldDescriptor& field);

// One value of a field: of a repeated one at `index`, else index is −1.
Json valueOf(const Message& message, const FieldDescriptor& field, int index) {
    const Reflection& r = *message.GetReflection();
    const bool many = index >= 0;
    switch (field.cpp_type()) {
        case FieldDescriptor::CPPTYPE_INT32:
            return many ? r.GetRepeatedInt32(message, &field, index) : r.GetInt32(message, &field);
        case FieldDescriptor::CPPTYPE_INT64:
            return many ? r.GetRepeatedInt64(message, &field, index) : r.GetInt64(message, &field);
        case FieldDescriptor::CPPTYPE_UINT32:
            return many ? r.GetRepeatedUInt32(message, &field, index) : r.GetUInt32(message, &field);
        case FieldDescriptor::CPPTYPE_UINT64:
            return many ? r.GetRepeatedUInt64(message, &field, index) : r.GetUInt64(message, &field);
        case FieldDescriptor::CPPTYPE_DOUBLE:
            return many ? r.GetRepeatedDouble(message, &field, index) : r.GetDouble(message, &field);
        case FieldDescriptor::CPPTYPE_FLOAT:
            return many ? r.GetRepeatedFloat(message, &field, index) : r.GetFloat(message, &field);
        case FieldDescriptor::CPPTYPE_BOOL:
            return many ? r.GetRepeatedBool(message, &field, index) : r.GetBool(message, &field);
        case FieldDescriptor::CPPTYPE_ENUM:
            return (many ? r.GetRepeatedEnum(message, &field, index) : r.GetEnum(message, &field))->name();
        case FieldDescriptor::CPPTYPE_STRING:
            return text(field, many ? r.GetRepeatedString(message, &field, index) : r.GetString(message, &field));
        case FieldDescriptor::CPPTYPE_MESSAGE:
            return protoToJson(many ? r.GetRepeatedMessage(message, &field, index) : r.GetMessage(message, &field));
    }
    return nullptr;
}

// An object by the keys as text; of a key that comes twice the last one counts, as in Protobuf.
Json mapOf(const Message& message, const FieldDescriptor& field) {
    Json map = Json::object();
    const auto& reflection = *message.GetReflection();
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) {
        const auto& entry = reflection.GetRepeatedMessage(message, &field, i);
        const Json key = valueOf(entry, *entry.GetDescriptor()->map_key(), -1);
        map[key.is_string() ? key.get<std::string>() : key.dump()] =
            fieldOf(entry, *entry.GetDescriptor()->map_value());
    }
    return map;
}

Json fieldOf(const Message& message, const FieldDescriptor& field) {
    const Reflection& reflection = *message.GetReflection();
    if (!field.is_repeated()) {
        const bool absent = field.has_presence() && !reflection.HasField(message, &field);
        return absent && field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE ? Json(nullptr)
                                                                              : valueOf(message, field, -1);
    }
    if (field.is_map()) return mapOf(message, field);
    Json list = Json::array();
    for (int i = 0; i < reflection.FieldSize(message, &field); ++i) list.push_back(valueOf(message, field, i));
    return list;
}

}  // namespace

std::string base64(const std::string& bytes) {
    std::string out(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(out.data(), out.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                      sodium_base64_VARIANT_ORIGINAL);
    out.pop_back();  // its terminating zero
    return out;
}

std::string timestampText(std::int64_t seconds, std::int32_t nanos) {
    constexpr std::int64_t year1 = -62'135'596'800, year10000 = 253'402'300'800;
    if (seconds < year1 || seconds >= year10000 || nanos < 0 || nanos > 999'999'999)
        return std::to_string(seconds) + '.' + std::to_string(nanos) + " s since 1970";
    const auto day = std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(seconds)));
    const std::chrono::year_month_day date{day};
    const auto ofDay = static_cast<int>(seconds - day.time_since_epoch().count() * std::int64_t{86'400});
    char text[96];
    std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), ofDay / 3'600,
                  ofDay / 60 % 60, ofDay % 60, nanos / 1'000);
    return text;
}

Json protoToJson(const Message& message) {
    if (message.GetDescriptor()->full_name() == "google.protobuf.Timestamp") {
        // By reflection: a type of the user's own files is another one than ours, though its name is the same.
        const auto& reflection = *message.GetReflection();
        const auto* seconds = message.GetDescriptor()->FindFieldByNumber(1);
        const auto* nanos = message.GetDescriptor()->FindFieldByNumber(2);
        if (seconds && nanos && seconds->cpp_type() == FieldDescriptor::CPPTYPE_INT64 &&
            nanos->cpp_type() == FieldDescriptor::CPPTYPE_INT32 && !seconds->is_repeated() && !nanos->is_repeated())
            return timestampText(reflection.GetInt64(message, seconds), reflection.GetInt32(message, nanos));
    }
    Json json = Json::object();
    const auto* descriptor = message.GetDescriptor();
    for (int i = 0; i < descriptor->field_count(); ++i) {
        const auto* field = descriptor->field(i);
        // Of a oneof only the member that is set: the others' defaults would say what nobody wrote.
        if (field->real_containing_oneof() && !message.GetReflection()->HasField(message, field)) continue;
        json[field->name()] = fieldOf(message, *field);
    }
    return json;
}

}  // namespace nova::engine
