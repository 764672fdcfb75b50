// Parses the schema language as far as Schema knows it. Types are named, not yet linked.
#pragma once

#include <deque>
#include <string>

#include "gateway/graphql/schema.h"

namespace nova::graphql {

struct SdlDocument {
    std::deque<TypeDef> types;
    std::deque<DirectiveDef> directives;
};

Result<SdlDocument> parseSdl(const std::string& sdl);

}  // namespace nova::graphql
