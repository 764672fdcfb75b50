// `Idempotency-Key` of a mutation (contract §7): kept by the owner in the transaction of the effect, for 24 h. The
// table, in the service's schema.sql:
//
//   CREATE TABLE idempotency_keys (user_id uuid NOT NULL, key text NOT NULL, operation text NOT NULL, arguments text
//   NOT NULL,
//                                  result_id uuid NOT NULL, created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
//                                  PRIMARY KEY (user_id, key));
#pragma once

#include <optional>
#include <string>

#include "kit/postgres/pool.h"

namespace nova::kit {

struct IdempotentCall {
    std::string userId;     // of the caller
    std::string key;        // as the caller sent it
    std::string operation;  // "createPost"
    std::string arguments;  // any text that is equal exactly for equal arguments; stored as its SHA-256
};

// Badly formed keys: empty, above 255 bytes, not valid UTF-8.
Result<void> checkKey(const std::string& key);
// Claims the key for `resultId` within `t`; waits for a concurrent holder. Nothing: the key is ours, go on. An id: the
// result of an earlier call, do nothing but answer with it. Refuses (conflict) a key used with another operation or
// other arguments.
std::optional<std::string> claimKey(Transaction& t, const IdempotentCall& call, const std::string& resultId);
// The operation that this service did for the user under the key in the last 24 h; "" when there is none. A call that
// is not committed yet is not seen.
Result<std::string> operationOf(PostgresPool& pool, const std::string& userId, const std::string& key);

}  // namespace nova::kit
