// What a service gives the executor: a resolver for each field of its schema. A resolver answers for many parents at
// once, all the objects that stand at one place of the query, so that it can ask their owner once. Thread: a request
// runs on one thread, many at the same time.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "gateway/graphql/coerce.h"
#include "gateway/graphql/schema.h"

namespace nova::graphql {

// What the resolvers of a service share during one request; derive from it.
class Request {
public:
    virtual ~Request() = default;
};

using Object = std::shared_ptr<const void>;  // of the C++ type that the service uses for the field's object type

struct Failure {
    std::string message;
    std::string code{code::unavailable};
};

// What a field is: a leaf, null, an object, a list of these, a failure, or a leaf that is known only when all else is
// resolved.
class Resolved {
public:
    using List = std::vector<Resolved>;
    using Late = std::function<Value()>;

    Resolved() = default;
    Resolved(Value leaf) : m_data(std::move(leaf)) {}          // NOLINT(google-explicit-constructor)
    Resolved(Object object) : m_data(std::move(object)) {}     // NOLINT(google-explicit-constructor)
    Resolved(List list) : m_data(std::move(list)) {}           // NOLINT(google-explicit-constructor)
    Resolved(Failure failure) : m_data(std::move(failure)) {}  // NOLINT(google-explicit-constructor)
    static Resolved late(Late leaf) {
        Resolved resolved;
        resolved.m_data = std::move(leaf);
        return resolved;
    }
    template <typename T>
    T* as() {
        return std::get_if<T>(&m_data);
    }

private:
    std::variant<Value, Object, List, Failure, Late> m_data;
};

struct Call {
    Request& request;
    const FieldDef& field;
    const Arguments& arguments;
    const std::string& path;  // response keys from the root, without indexes: "feed.posts.author"
};

using Resolver = std::function<std::vector<Resolved>(const Call&, std::span<const Object>)>;

class Resolvers {
public:
    // Introspection answers by itself.
    explicit Resolvers(std::shared_ptr<const Schema> schema);

    // `field` is "Post.author"; it must exist. The resolver answers as many values as it was given parents.
    void set(std::string_view field, Resolver resolver);
    // A resolver that looks at one parent at a time.
    template <typename Parent, typename Get>
    void each(std::string_view field, Get get) {
        set(field, [get = std::move(get)](const Call&, std::span<const Object> parents) {
            std::vector<Resolved> answers;
            answers.reserve(parents.size());
            for (const auto& parent : parents) answers.emplace_back(get(*static_cast<const Parent*>(parent.get())));
            return answers;
        });
    }
    // A resolver of a root field.
    void root(std::string_view field, std::function<Resolved(const Call&)> resolver);

    [[nodiscard]] const Resolver& of(const FieldDef& field) const {
        return m_byField[static_cast<std::size_t>(field.id)];
    }
    [[nodiscard]] std::vector<std::string> missing() const;  // fields without a resolver
    [[nodiscard]] const Schema& schema() const { return *m_schema; }

private:
    std::shared_ptr<const Schema> m_schema;
    std::vector<Resolver> m_byField;  // by FieldDef::id
};

}  // namespace nova::graphql
