#include "gateway/graphql/introspection.h"

#include "gateway/graphql/resolve.h"

namespace nova::graphql {
namespace {

using Wrap = ast::TypeRef::Wrap;

// A __Type: a named type, or a list or non-null of one with `wraps` of the use still to unwrap.
struct TypeView {
    const TypeDef* type = nullptr;
    std::vector<Wrap> wraps;
};

template <typename T>
Object borrowed(const T& lasting) {  // lives in the Schema, longer than any request
    return {std::shared_ptr<void>(), &lasting};
}
Object view(const TypeUse& use) {
    return std::make_shared<TypeView>(TypeView{use.type, use.ref.wraps});
}
Object view(const TypeDef& type) {
    return std::make_shared<TypeView>(TypeView{&type, {}});
}
Value textOrNull(const std::string& text) {
    return text.empty() ? Value() : Value(text);
}
Value textOrNull(const std::optional<std::string>& text) {
    return text ? Value(*text) : Value();
}

const char* kindOf(const TypeView& v) {
    if (!v.wraps.empty()) return v.wraps.back() == Wrap::list ? "LIST" : "NON_NULL";
    switch (v.type->kind) {
        case TypeDef::Kind::scalar:
            return "SCALAR";
        case TypeDef::Kind::enumeration:
            return "ENUM";
        case TypeDef::Kind::object:
            break;
    }
    return "OBJECT";
}

template <typename Def>
Resolved listOf(const std::vector<Def>& definitions, bool withDeprecated) {
    Resolved::List list;
    for (const auto& definition : definitions) {
        if (withDeprecated || !definition.deprecated) list.emplace_back(borrowed(definition));
    }
    return list;
}

// A resolver that looks at one parent and the arguments.
template <typename Parent, typename Get>
Resolver with(Get get) {
    return [get](const Call& call, std::span<const Object> parents) {
        std::vector<Resolved> answers;
        for (const auto& parent : parents) {
            answers.push_back(get(*static_cast<const Parent*>(parent.get()), call.arguments.flag("includeDeprecated")));
        }
        return answers;
    };
}

void addSchema(Resolvers& r) {
    const Schema& schema = r.schema();
    const std::string query = schema.query().name;
    r.root(query + ".__schema", [&schema](const Call&) { return Resolved(borrowed(schema)); });
    r.root(query + ".__type", [&schema](const Call& call) {
        const TypeDef* type = schema.find(call.arguments.text("name"));
        return type != nullptr ? Resolved(view(*type)) : Resolved();
    });
    r.each<Schema>("__Schema.description", [](const Schema&) { return Value(); });
    r.each<Schema>("__Schema.types", [](const Schema& s) {
        Resolved::List list;
        for (const auto& type : s.types()) list.emplace_back(view(type));
        return list;
    });
    r.each<Schema>("__Schema.queryType", [](const Schema& s) { return view(s.query()); });
    r.each<Schema>("__Schema.mutationType", [](const Schema& s) {
        return s.mutation() != nullptr ? Resolved(view(*s.mutation())) : Resolved();
    });
    r.each<Schema>("__Schema.subscriptionType", [](const Schema&) { return Value(); });
    r.each<Schema>("__Schema.directives", [](const Schema& s) {
        Resolved::List list;
        for (const auto& directive : s.directives()) list.emplace_back(borrowed(directive));
        return list;
    });
}

void addType(Resolvers& r) {
    const auto named = [](const TypeView& v) { return v.wraps.empty(); };
    r.each<TypeView>("__Type.kind", [](const TypeView& v) { return Value(kindOf(v)); });
    r.each<TypeView>("__Type.name", [named](const TypeView& v) { return named(v) ? Value(v.type->name) : Value(); });
    r.each<TypeView>("__Type.description",
                     [named](const TypeView& v) { return named(v) ? textOrNull(v.type->description) : Value(); });
    r.set("__Type.fields", with<TypeView>([named](const TypeView& v, bool all) {
              return named(v) && v.type->kind == TypeDef::Kind::object ? listOf(v.type->fields, all) : Resolved();
          }));
    r.each<TypeView>("__Type.interfaces", [named](const TypeView& v) {
        return named(v) && v.type->kind == TypeDef::Kind::object ? Resolved(Resolved::List{}) : Resolved();
    });
    r.set("__Type.enumValues", with<TypeView>([named](const TypeView& v, bool all) {
              return named(v) && v.type->kind == TypeDef::Kind::enumeration ? listOf(v.type->values, all) : Resolved();
          }));
    for (const char* none : {"__Type.possibleTypes", "__Type.inputFields", "__Type.isOneOf"}) {
        r.each<TypeView>(none, [](const TypeView&) { return Value(); });
    }
    r.each<TypeView>("__Type.ofType", [named](const TypeView& v) {
        if (named(v)) return Resolved();
        return Resolved(Object(std::make_shared<TypeView>(TypeView{v.type, {v.wraps.begin(), v.wraps.end() - 1}})));
    });
    r.each<TypeView>("__Type.specifiedByURL",
                     [named](const TypeView& v) { return named(v) ? textOrNull(v.type->specifiedBy) : Value(); });
}

template <typename Def>
void addDeprecation(Resolvers& r, const std::string& type) {
    r.each<Def>(type + ".name", [](const Def& d) { return Value(d.name); });
    r.each<Def>(type + ".description", [](const Def& d) { return textOrNull(d.description); });
    r.each<Def>(type + ".isDeprecated", [](const Def& d) { return Value(d.deprecated.has_value()); });
    r.each<Def>(type + ".deprecationReason", [](const Def& d) { return textOrNull(d.deprecated); });
}

void addFields(Resolvers& r) {
    addDeprecation<FieldDef>(r, "__Field");
    addDeprecation<InputDef>(r, "__InputValue");
    addDeprecation<EnumValueDef>(r, "__EnumValue");
    r.set("__Field.args", with<FieldDef>([](const FieldDef& f, bool all) { return listOf(f.arguments, all); }));
    r.each<FieldDef>("__Field.type", [](const FieldDef& f) { return view(f.type); });
    r.each<InputDef>("__InputValue.type", [](const InputDef& i) { return view(i.type); });
    r.each<InputDef>("__InputValue.defaultValue",
                     [](const InputDef& i) { return i.defaultValue ? Value(ast::print(*i.defaultValue)) : Value(); });
}

void addDirectives(Resolvers& r) {
    r.each<DirectiveDef>("__Directive.name", [](const DirectiveDef& d) { return Value(d.name); });
    r.each<DirectiveDef>("__Directive.description", [](const DirectiveDef& d) { return textOrNull(d.description); });
    r.each<DirectiveDef>("__Directive.isRepeatable", [](const DirectiveDef& d) { return Value(d.repeatable); });
    r.each<DirectiveDef>("__Directive.locations", [](const DirectiveDef& d) {
        Resolved::List list;
        for (const auto& location : d.locations) list.emplace_back(Value(location));
        return list;
    });
    r.set("__Directive.args",
          with<DirectiveDef>([](const DirectiveDef& d, bool all) { return listOf(d.arguments, all); }));
}

}  // namespace

void addIntrospection(Resolvers& resolvers) {
    addSchema(resolvers);
    addType(resolvers);
    addFields(resolvers);
    addDirectives(resolvers);
}

}  // namespace nova::graphql
