// What the engine's tests share: a small schema of their own, and short ways to parse, validate and show.
#pragma once

#include <QString>
#include <string>
#include <vector>

#include "gateway/graphql/parser.h"
#include "gateway/graphql/validate.h"

namespace nova::test {

inline QString text(const std::string& utf8) {
    return QString::fromStdString(utf8);
}

inline const char* librarySdl() {
    return R"(
        "A genre" enum Genre { NOVEL POEM OLD @deprecated(reason: "none left") }
        scalar Long
        scalar Any @specifiedBy(url: "https://example.org/any")
        type Author { id: ID! name: String! books: [Book!]! rival: Author }
        type Book { id: ID! title: String! "How long" pages: Long! genre: Genre author: Author! notes: [String] grid: [[Int!]] price: Float
                    old: String @deprecated }
        type Query {
          book(id: ID!): Book  books(first: Int = 2, genre: Genre = NOVEL, tags: [String!], any: Any): [Book!]!  author(name: String!): Author
          sum(a: Int!, b: Int! = 2): Int!  truth(of: Boolean!): Boolean!
        }
        type Mutation { add(title: String!): Book!  fail: Book!  failSoftly: Book }
    )";
}

inline std::shared_ptr<const graphql::Schema> library() {
    static const auto schema = graphql::Schema::fromSdl(librarySdl()).value();
    return schema;
}

// "message @line:column,line:column" of each error.
inline std::vector<std::string> shown(const graphql::Errors& errors) {
    std::vector<std::string> all;
    for (const auto& error : errors) {
        std::string line = error.message;
        for (const auto& at : error.locations) {
            line += (&at == &error.locations.front() ? " @" : ",") + std::to_string(at.line) + ":" +
                    std::to_string(at.column);
        }
        all.push_back(line);
    }
    return all;
}

inline graphql::Errors validated(const std::string& source, const graphql::Limits& limits = {}) {
    auto document = graphql::parse(source, limits);
    if (!document) return {document.error()};
    return graphql::validate(*library(), document.value(), limits);
}

}  // namespace nova::test
