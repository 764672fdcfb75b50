#include "gateway/graphql/schema.h"

#include <algorithm>
#include <set>

#include "gateway/graphql/coerce.h"
#include "gateway/graphql/introspection.h"
#include "gateway/graphql/sdl.h"

namespace nova::graphql {
namespace {

template <typename List>
auto* byName(List& list, std::string_view name) {
    const auto found = std::find_if(list.begin(), list.end(), [&](const auto& item) { return item.name == name; });
    return found == list.end() ? nullptr : &*found;
}

Error schemaError(std::string message) {
    return {"Schema: " + std::move(message) + ".", {}, {}, std::string(code::badInput)};
}

FieldDef metaField(std::string name, std::string type, bool nonNull) {
    FieldDef field;
    field.name = std::move(name);
    field.type.ref.name = std::move(type);
    if (nonNull) field.type.ref.wraps.push_back(ast::TypeRef::Wrap::nonNull);
    return field;
}

std::unique_ptr<TypeDef> metaFields() {
    auto meta = std::make_unique<TypeDef>();
    meta->kind = TypeDef::Kind::object;
    meta->fields = {metaField("__typename", "String", true), metaField("__schema", "__Schema", true),
                    metaField("__type", "__Type", false)};
    InputDef name;
    name.name = "name";
    name.type.ref = {"String", {ast::TypeRef::Wrap::nonNull}, 0};
    meta->fields[2].arguments.push_back(std::move(name));
    return meta;
}

}  // namespace

bool TypeUse::isList() const {
    return std::find(ref.wraps.begin(), ref.wraps.end(), ast::TypeRef::Wrap::list) != ref.wraps.end();
}
const InputDef* FieldDef::argument(std::string_view wanted) const {
    return byName(arguments, wanted);
}
const InputDef* DirectiveDef::argument(std::string_view wanted) const {
    return byName(arguments, wanted);
}
const FieldDef* TypeDef::field(std::string_view wanted) const {
    return byName(fields, wanted);
}
bool TypeDef::hasValue(std::string_view wanted) const {
    return byName(values, wanted) != nullptr;
}
const DirectiveDef* Schema::directive(std::string_view name) const {
    return byName(m_directives, name);
}

const TypeDef* Schema::find(std::string_view name) const {
    const auto found = m_byName.find(std::string(name));
    return found == m_byName.end() ? nullptr : found->second;
}

const FieldDef* Schema::field(const TypeDef& type, std::string_view name) const {
    if (!name.starts_with("__")) return type.field(name);
    if (name == "__typename") return m_meta->fields.data();
    return &type == m_query ? m_meta->field(name) : nullptr;
}

// Joins the names of a parsed schema to types and checks what the parser could not.
class SchemaLinker {
public:
    explicit SchemaLinker(Schema& schema) : m_schema(schema) {}

    std::optional<Error> link() {
        m_schema.m_meta = metaFields();
        addBuiltInScalars();
        for (const auto& type : m_schema.m_types) {
            if (!m_schema.m_byName.emplace(type.name, &type).second) fail("type " + type.name + " is defined twice");
        }
        for (auto& type : m_schema.m_types) linkFields(type);
        linkFields(*m_schema.m_meta);
        for (auto& directive : m_schema.m_directives) linkInputs(directive.arguments, "@" + directive.name);
        m_schema.m_query = m_schema.find("Query");
        m_schema.m_mutation = m_schema.find("Mutation");
        if (m_schema.m_query == nullptr) fail("type Query is missing");
        if (m_error.empty()) return std::nullopt;
        return schemaError(m_error);
    }

private:
    // Int and Float only where they are used, as the specification's §3.5 asks.
    void addBuiltInScalars() {
        std::set<std::string> used{"Boolean", "ID", "String"};
        const auto note = [&](const TypeUse& use) {
            if (use.ref.name == "Int" || use.ref.name == "Float") used.insert(use.ref.name);
        };
        for (const auto& type : m_schema.m_types) {
            for (const auto& field : type.fields) {
                note(field.type);
                for (const auto& argument : field.arguments) note(argument.type);
            }
        }
        for (const auto& name : used) m_schema.m_types.emplace_back().name = name;
    }

    void linkFields(TypeDef& type) {
        std::set<std::string> seen;
        for (auto& field : type.fields) {
            const std::string where = type.name + "." + field.name;
            if (!seen.insert(field.name).second) fail(where + " is defined twice");
            field.id = m_schema.m_fieldCount++;
            linkUse(field.type, where);
            linkInputs(field.arguments, where);
        }
    }
    void linkInputs(std::vector<InputDef>& inputs, const std::string& owner) {
        std::set<std::string> seen;
        for (auto& input : inputs) {
            const std::string where = owner + "(" + input.name + ":)";
            if (!seen.insert(input.name).second) fail(where + " is defined twice");
            if (!linkUse(input.type, where)) continue;
            if (!input.type.type->isInput())
                fail(where + " cannot be of type " + input.type.type->name);
            else if (input.defaultValue && !coerceLiteral(*input.defaultValue, input.type))
                fail(where + " has a default of another type");
        }
    }
    bool linkUse(TypeUse& use, const std::string& where) {
        use.type = m_schema.find(use.ref.name);
        if (use.type == nullptr) fail(where + " is of the unknown type " + use.ref.name);
        return use.type != nullptr;
    }
    void fail(const std::string& what) {
        if (m_error.empty()) m_error = what;
    }

    Schema& m_schema;
    std::string m_error;
};

Result<std::shared_ptr<const Schema>> Schema::fromSdl(const std::string& sdl) {
    auto schema = std::make_shared<Schema>();
    for (const std::string& text : {sdl, std::string(introspectionSdl())}) {
        auto document = parseSdl(text);
        if (!document) return document.error();
        std::move(document.value().types.begin(), document.value().types.end(), std::back_inserter(schema->m_types));
        std::move(document.value().directives.begin(), document.value().directives.end(),
                  std::back_inserter(schema->m_directives));
    }
    if (auto error = SchemaLinker(*schema).link()) return std::move(*error);
    return std::shared_ptr<const Schema>(std::move(schema));
}

}  // namespace nova::graphql
