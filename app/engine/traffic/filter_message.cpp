#include "app/engine/traffic/filter_message.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>

#include <array>
#include <charconv>

#include "app/engine/traffic/proto_json.h"

namespace nova::engine::filter {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;
using google::protobuf::Timestamp;

// One value; `text` keeps what a string_view of it points to.
Scalar scalarOf(const Message& message, const FieldDescriptor& field, int index, std::string& text) {
    const Reflection& r = *message.GetReflection();
    const bool many = index >= 0;
    const auto integer = [](std::int64_t value) { return Scalar{Scalar::Kind::integer, value, 0, 0, false, {}}; };
    const auto positive = [](std::uint64_t value) {
        return Scalar{Scalar::Kind::unsignedInteger, 0, value, 0, false, {}};
    };
    const auto real = [](double value) { return Scalar{Scalar::Kind::real, 0, 0, value, false, {}}; };
    Scalar scalar;
    switch (field.cpp_type()) {
        case FieldDescriptor::CPPTYPE_INT32:
            return integer(many ? r.GetRepeatedInt32(message, &field, index) : r.GetInt32(message, &field));
        case FieldDescriptor::CPPTYPE_INT64:
            return integer(many ? r.GetRepeatedInt64(message, &field, index) : r.GetInt64(message, &field));
        case FieldDescriptor::CPPTYPE_UINT32:
            return positive(many ? r.GetRepeatedUInt32(message, &field, index) : r.GetUInt32(message, &field));
        case FieldDescriptor::CPPTYPE_UINT64:
            return positive(many ? r.GetRepeatedUInt64(message, &field, index) : r.GetUInt64(message, &field));
        case FieldDescriptor::CPPTYPE_DOUBLE:
            return real(many ? r.GetRepeatedDouble(message, &field, index) : r.GetDouble(message, &field));
        case FieldDescriptor::CPPTYPE_FLOAT:
            return real(many ? r.GetRepeatedFloat(message, &field, index) : r.GetFloat(message, &field));
        case FieldDescriptor::CPPTYPE_BOOL:
            scalar.kind = Scalar::Kind::boolean;
            scalar.boolean = many ? r.GetRepeatedBool(message, &field, index) : r.GetBool(message, &field);
            return scalar;
        case FieldDescriptor::CPPTYPE_ENUM:
            scalar.text = (many ? r.GetRepeatedEnum(message, &field, index) : r.GetEnum(message, &field))->name();
            return scalar;
        case FieldDescriptor::CPPTYPE_STRING: {
            const auto& value = many ? r.GetRepeatedStringReference(message, &field, index, &text)
                                     : r.GetStringReference(message, &field, &text);
            if (field.type() == FieldDescriptor::TYPE_BYTES) {
                text = base64(value);
                scalar.text = text;
            } else {
                scalar.text = value;
            }
            return scalar;
        }
        case FieldDescriptor::CPPTYPE_MESSAGE:
            break;
    }
    return scalar;
}

bool isTime(const FieldDescriptor& field) {
    return field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
           field.message_type()->well_known_type() == google::protobuf::Descriptor::WELLKNOWNTYPE_TIMESTAMP;
}

Scalar timeOf(const Message& message, std::string& text) {
    const auto& fields = *message.GetDescriptor();
    const auto& r = *message.GetReflection();
    const auto seconds = r.GetInt64(message, fields.FindFieldByNumber(Timestamp::kSecondsFieldNumber));
    const auto nanos = r.GetInt32(message, fields.FindFieldByNumber(Timestamp::kNanosFieldNumber));
    text = timestampText(seconds, nanos);
    Scalar scalar;
    scalar.text = text;
    if (!text.ends_with('Z')) return scalar;  // in no calendar
    scalar.kind = Scalar::Kind::time;
    scalar.integer = seconds * 1'000'000 + nanos / 1'000;
    return scalar;
}

const Message& childOf(const Message& message, const FieldDescriptor& field, int index) {
    const auto& r = *message.GetReflection();
    return index >= 0 ? r.GetRepeatedMessage(message, &field, index) : r.GetMessage(message, &field);
}

// Not there: an unset message, an unset member of a oneof. Other fields have their default.
bool isAbsent(const Message& message, const FieldDescriptor& field) {
    const bool canBe =
        field.real_containing_oneof() || (field.has_presence() && field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE);
    return canBe && !message.GetReflection()->HasField(message, &field);
}

// Calls `visit(message, field, index)` for each value at the path.
template <typename Visit>
bool walk(const Message& message, std::span<const std::string> path, const Visit& visit) {
    if (path.empty()) return false;
    const auto* field = message.GetDescriptor()->FindFieldByName(path.front());
    if (!field) return false;
    const bool last = path.size() == 1;
    const bool enters = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE && !isTime(*field);
    if (!last && !enters) return false;
    const auto one = [&](int index) {
        return last ? visit(message, *field, index) : walk(childOf(message, *field, index), path.subspan(1), visit);
    };
    if (!field->is_repeated()) return !isAbsent(message, *field) && one(-1);
    const int count = message.GetReflection()->FieldSize(message, field);
    for (int i = 0; i < count; ++i) {
        if (one(i)) return true;
    }
    return false;
}

template <typename T>
void appendNumber(T value, std::string& text) {
    std::array<char, 32> digits;
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    text.append(digits.data(), end);
}

void appendScalar(const Scalar& scalar, std::string& text) {
    switch (scalar.kind) {
        case Scalar::Kind::integer:
            return appendNumber(scalar.integer, text);
        case Scalar::Kind::unsignedInteger:
            return appendNumber(scalar.unsignedInteger, text);
        case Scalar::Kind::real:
            return appendNumber(scalar.real, text);
        case Scalar::Kind::boolean:
            text += scalar.boolean ? "true" : "false";
            return;
        case Scalar::Kind::text:
        case Scalar::Kind::time:
            text.append(1, '"').append(scalar.text).append(1, '"');
    }
}

void appendValue(const Message& message, const FieldDescriptor& field, int index, std::string& text) {
    std::string held;
    if (isTime(field))
        appendScalar(timeOf(childOf(message, field, index), held), text);
    else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE)
        appendMessage(childOf(message, field, index), text);
    else
        appendScalar(scalarOf(message, field, index, held), text);
}

}  // namespace

bool visitMessage(const Message& message, std::span<const std::string> path,
                  const std::function<bool(const Scalar&)>& visit) {
    return walk(message, path, [&](const Message& holder, const FieldDescriptor& field, int index) {
        std::string held;
        if (isTime(field)) return visit(timeOf(childOf(holder, field, index), held));
        return field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE && visit(scalarOf(holder, field, index, held));
    });
}

bool hasInMessage(const Message& message, std::span<const std::string> path) {
    return walk(message, path, [](const Message&, const FieldDescriptor&, int) { return true; });
}

void appendMessage(const Message& message, std::string& text) {
    const auto& descriptor = *message.GetDescriptor();
    text += '{';
    for (int i = 0; i < descriptor.field_count(); ++i) {
        const auto& field = *descriptor.field(i);
        if (field.real_containing_oneof() && isAbsent(message, field)) continue;
        if (text.back() != '{') text += ',';
        text.append(1, '"').append(field.name()).append("\":");
        if (!field.is_repeated()) {
            if (isAbsent(message, field))
                text += "null";
            else
                appendValue(message, field, -1, text);
            continue;
        }
        text += '[';
        const int count = message.GetReflection()->FieldSize(message, &field);
        for (int j = 0; j < count; ++j) {
            if (j > 0) text += ',';
            appendValue(message, field, j, text);
        }
        text += ']';
    }
    text += '}';
}

}  // namespace nova::engine::filter
