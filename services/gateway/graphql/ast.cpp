#include "gateway/graphql/ast.h"

#include <algorithm>

#include "gateway/graphql/json.h"

namespace nova::graphql::ast {

const Fragment* Document::fragment(std::string_view wanted) const {
    const auto found =
        std::find_if(fragments.begin(), fragments.end(), [&](const Fragment& f) { return f.name == wanted; });
    return found == fragments.end() ? nullptr : &*found;
}

std::string print(const Value& value) {
    std::string out;
    switch (value.kind) {
        case Value::Kind::null:
            return "null";
        case Value::Kind::string:
            writeJsonString(out, value.text);
            return out;
        case Value::Kind::variable:
            return "$" + value.text;
        case Value::Kind::boolean:
        case Value::Kind::integer:
        case Value::Kind::floating:
        case Value::Kind::enumeration:
            return value.text;
        case Value::Kind::list:
        case Value::Kind::object:
            break;
    }
    const bool object = value.kind == Value::Kind::object;
    out.push_back(object ? '{' : '[');
    for (std::size_t i = 0; i < value.items.size(); ++i) {
        if (i > 0) out += ", ";
        if (object) out += value.names[i] + ": ";
        out += print(value.items[i]);
    }
    out.push_back(object ? '}' : ']');
    return out;
}

std::string print(const TypeRef& type) {
    std::string out = type.name;
    for (const auto wrap : type.wraps) {
        const bool list = wrap == TypeRef::Wrap::list;
        if (list) out.insert(0, 1, '[');
        out += list ? ']' : '!';
    }
    return out;
}

const char* name(Operation::Kind kind) {
    switch (kind) {
        case Operation::Kind::query:
            return "query";
        case Operation::Kind::mutation:
            return "mutation";
        case Operation::Kind::subscription:
            break;
    }
    return "subscription";
}

}  // namespace nova::graphql::ast
