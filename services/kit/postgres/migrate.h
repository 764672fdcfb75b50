// Versioned migrations from one schema.sql: parts that begin with a line `-- migration N: title`. Applied in order under
// an advisory lock, all that are due in one transaction, and noted in the table
// `schema_version(version, title, checksum, applied_at)`. A part whose text changed after it was applied, or a gap in
// the numbers, is a permanent error that says which; after any error the schema is as it was.
#pragma once

#include <string_view>

#include "kit/runtime/error.h"

namespace nova::kit {

class PostgresPool;
Result<void> migrate(PostgresPool& pool, std::string_view schemaSql);

}  // namespace nova::kit
