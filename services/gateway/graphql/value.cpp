#include "gateway/graphql/value.h"

namespace nova::graphql {

// Here and not in the header: inlined everywhere, moves of the variant make GCC 12 warn of members it only thinks
// uninitialized.
Value::Value() = default;
Value::Value(const Value& other) = default;
Value::Value(Value&& other) noexcept = default;
Value& Value::operator=(const Value& other) = default;
Value& Value::operator=(Value&& other) noexcept = default;
Value::~Value() = default;

const Value* Value::find(std::string_view name) const {
    const auto* object = as<Object>();
    if (object == nullptr) return nullptr;
    for (auto member = object->rbegin(); member != object->rend(); ++member) {
        if (member->first == name) return &member->second;
    }
    return nullptr;
}

}  // namespace nova::graphql
