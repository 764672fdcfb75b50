#include "kit/postgres/idempotency.h"

#include <sodium.h>

#include <array>
#include <atomic>

#include "kit/runtime/text.h"

namespace nova::kit {
namespace {

constexpr std::size_t maxKeyBytes = 255;
constexpr unsigned pruneEvery = 64;  // calls; keeps the table near one day's keys

std::string sha256(const std::string& text) {
    std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
    crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
    std::string hex(hash.size() * 2 + 1, '\0');
    sodium_bin2hex(hex.data(), hex.size(), hash.data(), hash.size());
    hex.pop_back();
    return hex;
}

void prune(Transaction& t) {
    static std::atomic<unsigned> calls{0};
    if (++calls % pruneEvery != 0) return;
    t.exec(
        "DELETE FROM idempotency_keys WHERE (user_id, key) IN (SELECT user_id, key FROM idempotency_keys"
        " WHERE created_at < now() - interval '24 hours' ORDER BY created_at LIMIT 256 FOR UPDATE SKIP LOCKED)");
}

}  // namespace

Result<void> checkKey(const std::string& key) {
    if (key.empty() || key.size() > maxKeyBytes || !codePoints(key))
        return badInput("an idempotency key is 1 to 255 bytes of valid UTF-8");
    return outcome::success();
}

std::optional<std::string> claimKey(Transaction& t, const IdempotentCall& call, const std::string& resultId) {
    const std::string hash = sha256(call.arguments);
    prune(t);
    // An expired key is taken over; the insert waits for a concurrent holder's commit or rollback.
    const auto claimed = t.exec(
        "INSERT INTO idempotency_keys AS k (user_id, key, operation, arguments, result_id) VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (user_id, key) DO UPDATE SET operation = excluded.operation, arguments = excluded.arguments,"
        " result_id = excluded.result_id, created_at = clock_timestamp()"
        " WHERE k.created_at < now() - interval '24 hours' RETURNING 1",
        call.userId, call.key, call.operation, hash, resultId);
    if (!claimed.empty()) return std::nullopt;
    const auto held =
        t.exec("SELECT operation, arguments, result_id FROM idempotency_keys WHERE user_id = $1 AND key = $2",
               call.userId, call.key);
    if (held.empty()) t.refuse(transient("the idempotency key expired just now", "try again"));
    if (held[0][0].as<std::string>() != call.operation || held[0][1].as<std::string>() != hash)
        t.refuse({ErrorKind::conflict, "this idempotency key was used with another operation or other arguments",
                  "use a new key for a new request"});
    return held[0][2].as<std::string>();
}

Result<std::string> operationOf(PostgresPool& pool, const std::string& userId, const std::string& key) {
    if (auto fine = checkKey(key); !fine) return fine.error();
    return pool.run<std::string>("idempotency_keys", [&](Transaction& t) {
        const auto held = t.exec(
            "SELECT operation FROM idempotency_keys WHERE user_id = $1 AND key = $2"
            " AND created_at >= now() - interval '24 hours'",
            userId, key);
        return held.empty() ? std::string() : held[0][0].as<std::string>();
    });
}

}  // namespace nova::kit
