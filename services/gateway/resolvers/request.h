// One GraphQL request at the gateway: who asks, what was loaded already, and what is stale. Loads are batched and
// remembered, so that each owner is asked at most once for one thing; an owner that does not answer costs its 100 ms
// once. Thread: one.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "gateway/graphql/resolve.h"
#include "gateway/resolvers/owners.h"
#include "gateway/resolvers/views.h"
#include "kit/rpc/auth.h"
#include "kit/runtime/lru.h"

namespace nova::gateway {

// What outlives a request: profiles and media, which never change.
struct Memory {
    Lru<std::string, std::shared_ptr<const Profile>> profiles{20'000};  // by id
    Lru<std::string, std::shared_ptr<const Profile>> handles{20'000};   // by handle
    Lru<std::string, std::shared_ptr<const Media>> media{10'000};       // by id
};

struct PostStats {
    std::int64_t likes = 0;
    bool mine = false;
};

class GatewayRequest final : public graphql::Request {
public:
    GatewayRequest(Owners& owners, Memory& memory, OnBehalf caller, kit::Result<kit::Claims> claims,
                   std::string idempotencyKey);

    Owners& owners() { return m_owners; }
    const OnBehalf& caller() const { return m_caller; }
    const std::string& idempotencyKey() const { return m_idempotencyKey; }
    // The signed-in user, or the failure to answer with.
    const kit::Claims* user() const { return m_claims ? &m_claims.value() : nullptr; }
    graphql::Failure notSignedIn() const;

    // Each loads what is not known yet; look it up afterwards. nullptr: unknown, or its owner did not answer.
    void loadProfiles(const std::vector<std::string>& ids);
    // When content-service does not answer: as feed-service has them.
    void loadPosts(const std::vector<std::string>& ids);
    // When content-service does not answer: none.
    void loadOwnersPosts(const std::vector<std::string>& ids);
    void loadPostStats(const std::vector<std::string>& ids);
    void loadUserStats(const std::vector<std::string>& ids);
    void loadMedia(const std::vector<std::string>& ids);
    const Profile* profile(const std::string& id) const;
    std::shared_ptr<const PostState> post(const std::string& id) const;
    const PostStats* postStats(const std::string& id) const;
    const std::int64_t* userStats(const std::string& id) const;
    std::shared_ptr<const Media> media(const std::string& id) const;
    bool identityAnswered() const { return m_identityAnswered; }
    bool contentAnswered() const { return m_contentAnswered; }
    bool mediaAnswered() const { return m_mediaAnswered; }

    // A profile by handle: nullptr when there is none.
    kit::Result<std::shared_ptr<const Profile>> profileByHandle(const std::string& handle);
    void remember(std::shared_ptr<const Profile> profile);
    void remember(std::shared_ptr<const PostState> post);
    void forgetPost(const std::string& id);

    // The field at `path` is not what its owner would say now.
    void stale(const std::string& path, const StaleMark& mark);
    const std::set<std::string>& staleFields() const { return m_stale; }

    // Who the root span names: the signed-in user, or who just signed in.
    void actsAs(const Profile& profile) { m_actor = profile; }
    const Profile& actor() const { return m_actor; }

private:
    std::vector<std::string> loadFromContent(const std::vector<std::string>& ids);

    Owners& m_owners;
    Memory& m_memory;
    OnBehalf m_caller;
    kit::Result<kit::Claims> m_claims;
    std::string m_idempotencyKey;
    Profile m_actor;
    std::set<std::string> m_stale;
    bool m_identityAnswered = true;
    bool m_contentAnswered = true;
    bool m_socialAnswered = true;
    bool m_mediaAnswered = true;

    std::unordered_map<std::string, std::shared_ptr<const Profile>> m_profiles;
    std::unordered_map<std::string, std::shared_ptr<const PostState>> m_posts;
    std::unordered_map<std::string, PostStats> m_postStats;
    std::unordered_map<std::string, std::int64_t> m_userStats;
    std::unordered_map<std::string, std::shared_ptr<const Media>> m_media;
    std::unordered_set<std::string> m_askedProfiles, m_askedPosts, m_askedPostStats, m_askedUserStats, m_askedMedia;
};

std::shared_ptr<const Profile> profileOf(const rpc::v1::User& user);
std::shared_ptr<const PostState> stateOf(const rpc::v1::Post& post);
std::shared_ptr<const PostState> stateOf(const rpc::v1::FeedEntry& entry);
graphql::Failure failureOf(const kit::Error& error);

}  // namespace nova::gateway
