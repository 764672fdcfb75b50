// One GraphQL request, from text to JSON: prepare (parse, limits, validation; remembered), then run. Free of I/O;
// resolvers do theirs. Thread: any.
#pragma once

#include <memory>
#include <string>

#include "gateway/graphql/execute.h"
#include "kit/runtime/lru.h"

namespace nova::graphql {

struct Prepared {
    ast::Document document;
    Errors errors;  // not empty: it cannot run
};

class Engine {
public:
    Engine(std::shared_ptr<const Resolvers> resolvers, Limits limits = {});

    // Remembers the last 512 good documents of at most 8 KiB.
    std::shared_ptr<const Prepared> prepare(const std::string& query);
    // The operation of that name; without a name the only one.
    static Result<const ast::Operation*> choose(const Prepared& prepared, const std::string& operationName);
    // The root fields of the operation in order, those of its fragments too, without introspection; @skip and @include
    // not yet decided.
    static std::vector<std::string> rootFields(const Prepared& prepared, const ast::Operation& operation);

    struct Answer {
        std::string data;  // JSON, empty when nothing was executed
        Errors errors;
    };
    Answer run(const Prepared& prepared, const ast::Operation& operation, const Value& variables,
               Request& request) const;
    [[nodiscard]] const Limits& limits() const { return m_limits; }

private:
    std::shared_ptr<const Resolvers> m_resolvers;
    Limits m_limits;
    Lru<std::string, std::shared_ptr<const Prepared>> m_prepared;
};

// {"errors":[…],"data":…,"extensions":{…}}; `extensions` is a JSON object or empty.
std::string writeResponse(const Engine::Answer& answer, const std::string& extensions = {});

}  // namespace nova::graphql
