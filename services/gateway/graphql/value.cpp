#include "gateway/graphql/value.h"

namespace nova::graphql {

const Value* Value::find(std::string_view name) const {
    const auto* object = as<Object>();
    if (object == nullptr) return nullptr;
    for (auto member = object->rbegin(); member != object->rend(); ++member) {
        if (member->first == name) return &member->second;
    }
    return nullptr;
}

}  // namespace nova::graphql
