#include "gateway/graphql/resolve.h"

#include <stdexcept>

#include "gateway/graphql/introspection.h"

namespace nova::graphql {

Resolvers::Resolvers(std::shared_ptr<const Schema> schema)
    : m_schema(std::move(schema)), m_byField(static_cast<std::size_t>(m_schema->fieldCount())) {
    addIntrospection(*this);
}

void Resolvers::set(std::string_view field, Resolver resolver) {
    const std::size_t dot = field.find('.');
    const TypeDef* type = m_schema->find(field.substr(0, dot));
    const FieldDef* definition =
        type != nullptr && dot != std::string_view::npos ? m_schema->field(*type, field.substr(dot + 1)) : nullptr;
    if (definition == nullptr) throw std::logic_error("no field " + std::string(field) + " in the schema");
    m_byField[static_cast<std::size_t>(definition->id)] = std::move(resolver);
}

void Resolvers::root(std::string_view field, std::function<Resolved(const Call&)> resolver) {
    set(field, [resolver = std::move(resolver)](const Call& call, std::span<const Object> parents) {
        std::vector<Resolved> answers;
        for (std::size_t i = 0; i < parents.size(); ++i) answers.push_back(resolver(call));
        return answers;
    });
}

std::vector<std::string> Resolvers::missing() const {
    std::vector<std::string> names;
    for (const auto& type : m_schema->types()) {
        for (const auto& field : type.fields) {
            if (!of(field)) names.push_back(type.name + "." + field.name);
        }
    }
    return names;
}

}  // namespace nova::graphql
