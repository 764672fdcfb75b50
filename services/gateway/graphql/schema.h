// The type system of a service, made from SDL text. Objects, enums, scalars and directives; no interfaces, unions or
// input objects: the parser names what it does not know. Immutable once made; pointers into it live as long as the
// Schema. Thread: any.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "gateway/graphql/ast.h"
#include "gateway/graphql/parser.h"

namespace nova::graphql {

struct TypeDef;

// A type with its wrappers from the inside out, as ast::TypeRef.
struct TypeUse {
    const TypeDef* type = nullptr;
    ast::TypeRef ref;

    [[nodiscard]] bool nonNull() const { return !ref.wraps.empty() && ref.wraps.back() == ast::TypeRef::Wrap::nonNull; }
    [[nodiscard]] bool isList() const;  // a list, non-null or not
};

struct InputDef {  // an argument
    std::string name, description;
    TypeUse type;
    std::optional<ast::Value> defaultValue;
    std::optional<std::string> deprecated;  // the reason

    [[nodiscard]] bool required() const { return type.nonNull() && !defaultValue; }
};

struct FieldDef {
    std::string name, description;
    std::vector<InputDef> arguments;
    TypeUse type;
    std::optional<std::string> deprecated;
    int id = -1;  // counts all fields of the schema from 0

    [[nodiscard]] const InputDef* argument(std::string_view wanted) const;
};

struct EnumValueDef {
    std::string name, description;
    std::optional<std::string> deprecated;
};

struct TypeDef {
    enum class Kind { scalar, object, enumeration };
    Kind kind = Kind::scalar;
    std::string name, description;
    std::vector<FieldDef> fields;      // of an object
    std::vector<EnumValueDef> values;  // of an enum
    std::optional<std::string> specifiedBy;

    [[nodiscard]] bool isInput() const { return kind != Kind::object; }
    [[nodiscard]] const FieldDef* field(std::string_view wanted) const;
    [[nodiscard]] bool hasValue(std::string_view wanted) const;
};

struct DirectiveDef {
    std::string name, description;
    std::vector<InputDef> arguments;
    std::vector<std::string> locations;
    bool repeatable = false;

    [[nodiscard]] const InputDef* argument(std::string_view wanted) const;
};

class Schema {
public:
    // `sdl` declares at least `type Query`; the introspection types, built-in scalars and directives are added to it.
    static Result<std::shared_ptr<const Schema>> fromSdl(const std::string& sdl);

    [[nodiscard]] const TypeDef* find(std::string_view name) const;
    [[nodiscard]] const TypeDef& query() const { return *m_query; }
    [[nodiscard]] const TypeDef* mutation() const { return m_mutation; }
    [[nodiscard]] const std::deque<TypeDef>& types() const { return m_types; }
    [[nodiscard]] const std::deque<DirectiveDef>& directives() const { return m_directives; }
    [[nodiscard]] const DirectiveDef* directive(std::string_view name) const;
    [[nodiscard]] int fieldCount() const { return m_fieldCount; }
    // A field of `type`, __typename everywhere, __schema and __type at the query root; or nullptr.
    [[nodiscard]] const FieldDef* field(const TypeDef& type, std::string_view name) const;
    [[nodiscard]] const FieldDef& typenameField() const { return m_meta->fields[0]; }

private:
    friend class SchemaLinker;
    std::deque<TypeDef> m_types;
    std::deque<DirectiveDef> m_directives;
    std::unordered_map<std::string, const TypeDef*> m_byName;
    const TypeDef* m_query = nullptr;
    const TypeDef* m_mutation = nullptr;
    std::unique_ptr<TypeDef> m_meta;  // owns __typename, __schema, __type
    int m_fieldCount = 0;
};

}  // namespace nova::graphql
