// Idempotency keys in Redis (contract §4): a record is claimed before its effect by a lease, marked `done` (604,800 s)
// after it. An optimisation and the console's evidence; correctness lies in the handlers' unique keys and gates.
// Thread: the loop's.
#pragma once

#include <string>
#include <vector>

#include "kit/consume/handler.h"
#include "kit/redis/client.h"

namespace nova::kit::consume {

// The key's text: {group} {event_id} {post_id} (ce_subject) {timestamp} (ce_time in Unix ms). A template without
// {group} gets
// "{group}:" in front unless `sharedKeys`. A record that lacks a field of the template uses the default template.
std::string claimKey(const std::string& keyTemplate, bool sharedKeys, const std::string& group, const Record& record);

enum class Claim { claimed, done, busy };

class Claims {
public:
    // `holder`: the same for every run of one replica, so that a restarted one takes up its own leases.
    Claims(RedisClient& redis, const std::string& holder);
    // Claims the keys, or renews the claim, for 5 s. One answer a key.
    Result<std::vector<Claim>> claim(const std::vector<std::string>& keys);
    Result<void> complete(const std::vector<std::string>& keys);
    Result<void> release(const std::vector<std::string>& keys);  // no effect happened: the next one may claim

private:
    Result<std::vector<RedisReply>> call(const char* script, std::string& sha, const std::vector<std::string>& keys,
                                         const std::string& argument);
    RedisClient& m_redis;
    std::string m_token, m_completeSha, m_releaseSha;
};

}  // namespace nova::kit::consume
