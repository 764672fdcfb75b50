// Introspection (October 2021, §4): types, and resolvers over the Schema itself.
#pragma once

namespace nova::graphql {

class Resolvers;

const char* introspectionSdl();
void addIntrospection(Resolvers& resolvers);

}  // namespace nova::graphql
