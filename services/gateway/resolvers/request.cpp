#include "gateway/resolvers/request.h"

#include "kit/runtime/times.h"

namespace nova::gateway {
namespace {

std::string tierName(const std::string& tier) {
    return tier == "premium" ? "PREMIUM" : "STANDARD";
}

// The ids that were not asked for before, each once; they count as asked from here on. What is no id belongs to
// nothing.
std::vector<std::string> unasked(const std::vector<std::string>& ids, std::unordered_set<std::string>& asked) {
    std::vector<std::string> fresh;
    for (const auto& id : ids) {
        if (kit::isUuid(id) && asked.insert(id).second) fresh.push_back(id);
    }
    return fresh;
}

template <typename Map>
auto* lookUp(const Map& map, const std::string& id) {
    const auto found = map.find(id);
    return found == map.end() ? nullptr : &found->second;
}

}  // namespace

std::shared_ptr<const Profile> profileOf(const rpc::v1::User& user) {
    return std::make_shared<Profile>(Profile{user.id(), user.handle(), user.display_name(), tierName(user.tier())});
}

std::shared_ptr<const PostState> stateOf(const rpc::v1::Post& post) {
    return std::make_shared<PostState>(PostState{post.id(),
                                                 post.author_id(),
                                                 post.content(),
                                                 {post.media_ids().begin(), post.media_ids().end()},
                                                 post.version(),
                                                 kit::timeOf(post.created_at()),
                                                 kit::timeOf(post.updated_at())});
}

std::shared_ptr<const PostState> stateOf(const rpc::v1::FeedEntry& entry) {
    return std::make_shared<PostState>(PostState{entry.post_id(),
                                                 entry.author_id(),
                                                 entry.content(),
                                                 {entry.media_ids().begin(), entry.media_ids().end()},
                                                 entry.version(),
                                                 kit::timeOf(entry.created_at()),
                                                 kit::timeOf(entry.updated_at())});
}

graphql::Failure failureOf(const kit::Error& error) {
    const auto named = [&](std::string_view code) {
        return graphql::Failure{error.hint.empty() ? error.what : error.what + ": " + error.hint, std::string(code)};
    };
    switch (error.kind) {
        case kit::ErrorKind::badInput:
            return named(graphql::code::badInput);
        case kit::ErrorKind::unauthenticated:
            return named(graphql::code::unauthenticated);
        case kit::ErrorKind::forbidden:
            return named(graphql::code::forbidden);
        case kit::ErrorKind::notFound:
            return named(graphql::code::notFound);
        case kit::ErrorKind::conflict:
            return named(graphql::code::conflict);
        case kit::ErrorKind::transient:
        case kit::ErrorKind::permanent:
            break;
    }
    return named(graphql::code::unavailable);
}

GatewayRequest::GatewayRequest(Owners& owners, Memory& memory, OnBehalf caller, kit::Result<kit::Claims> claims,
                               std::string idempotencyKey)
    : m_owners(owners),
      m_memory(memory),
      m_caller(std::move(caller)),
      m_claims(std::move(claims)),
      m_idempotencyKey(std::move(idempotencyKey)) {
    if (!m_claims) return;
    const auto& user = m_claims.value();
    m_caller.userId = user.userId;
    m_actor = {user.userId, user.handle, user.displayName, tierName(user.tier)};
    m_profiles.emplace(user.userId, std::make_shared<Profile>(m_actor));
    m_askedProfiles.insert(user.userId);
}

graphql::Failure GatewayRequest::notSignedIn() const {
    if (m_caller.token.empty())
        return {"Sign in first: this needs the header \"Authorization: Bearer <token>\".",
                std::string(graphql::code::unauthenticated)};
    return {"The token is not valid: " + m_claims.error().what + ". Sign in again.",
            std::string(graphql::code::unauthenticated)};
}

void GatewayRequest::loadProfiles(const std::vector<std::string>& ids) {
    rpc::v1::GetUsersRequest request;
    for (const auto& id : unasked(ids, m_askedProfiles)) {
        if (auto known = m_memory.profiles.find(id))
            m_profiles.emplace(id, std::move(*known));
        else
            request.add_ids(id);
    }
    if (request.ids().empty() || !m_identityAnswered) return;
    const auto reply = m_owners.getUsers(m_caller, request);
    m_identityAnswered = reply.has_value();
    if (!reply) return;
    for (const auto& user : reply.value().users()) remember(profileOf(user));
}

// Those that it could not be asked for.
std::vector<std::string> GatewayRequest::loadFromContent(const std::vector<std::string>& ids) {
    auto wanted = unasked(ids, m_askedPosts);
    if (wanted.empty() || !m_contentAnswered) return wanted;
    rpc::v1::GetPostsRequest request;
    for (const auto& id : wanted) request.add_ids(id);
    const auto reply = m_owners.getPosts(m_caller, request);
    m_contentAnswered = reply.has_value();
    if (!reply) return wanted;
    for (const auto& post : reply.value().posts()) remember(stateOf(post));
    return {};
}

void GatewayRequest::loadPosts(const std::vector<std::string>& ids) {
    rpc::v1::GetSnapshotsRequest request;
    for (const auto& id : loadFromContent(ids)) request.add_post_ids(id);
    if (request.post_ids().empty()) return;
    const auto reply = m_owners.getSnapshots(m_caller, request);
    if (!reply) return;
    for (const auto& entry : reply.value().entries()) remember(stateOf(entry));
}

void GatewayRequest::loadOwnersPosts(const std::vector<std::string>& ids) {
    static_cast<void>(loadFromContent(ids));
}

void GatewayRequest::loadPostStats(const std::vector<std::string>& ids) {
    rpc::v1::GetPostStatsRequest request;
    for (const auto& id : unasked(ids, m_askedPostStats)) request.add_post_ids(id);
    if (request.post_ids().empty() || !m_socialAnswered) return;
    const auto reply = m_owners.getPostStats(m_caller, request);
    m_socialAnswered = reply.has_value();
    if (!reply) return;
    for (const auto& id : request.post_ids()) m_postStats.emplace(id, PostStats{});  // nobody liked it
    for (const auto& stats : reply.value().stats())
        m_postStats[stats.post_id()] = {stats.like_count(), stats.liked_by_me()};
}

void GatewayRequest::loadUserStats(const std::vector<std::string>& ids) {
    rpc::v1::GetUserStatsRequest request;
    for (const auto& id : unasked(ids, m_askedUserStats)) request.add_user_ids(id);
    if (request.user_ids().empty() || !m_socialAnswered) return;
    const auto reply = m_owners.getUserStats(m_caller, request);
    m_socialAnswered = reply.has_value();
    if (!reply) return;
    for (const auto& id : request.user_ids()) m_userStats.emplace(id, 0);
    for (const auto& stats : reply.value().stats()) m_userStats[stats.user_id()] = stats.follower_count();
}

void GatewayRequest::loadMedia(const std::vector<std::string>& ids) {
    rpc::v1::GetMediaRequest request;
    for (const auto& id : unasked(ids, m_askedMedia)) {
        if (auto known = m_memory.media.find(id))
            m_media.emplace(id, std::move(*known));
        else
            request.add_ids(id);
    }
    if (request.ids().empty() || !m_mediaAnswered) return;
    const auto reply = m_owners.getMedia(m_caller, request);
    m_mediaAnswered = reply.has_value();
    if (!reply) return;
    for (const auto& item : reply.value().media()) {
        auto media = std::make_shared<const Media>(Media{item.id(), item.url(), item.file_name(), item.size_bytes()});
        m_memory.media.put(media->id, media);
        m_media.emplace(media->id, std::move(media));
    }
}

const Profile* GatewayRequest::profile(const std::string& id) const {
    const auto* found = lookUp(m_profiles, id);
    return found != nullptr ? found->get() : nullptr;
}
std::shared_ptr<const PostState> GatewayRequest::post(const std::string& id) const {
    const auto* found = lookUp(m_posts, id);
    return found != nullptr ? *found : nullptr;
}
const PostStats* GatewayRequest::postStats(const std::string& id) const {
    return lookUp(m_postStats, id);
}
const std::int64_t* GatewayRequest::userStats(const std::string& id) const {
    return lookUp(m_userStats, id);
}
std::shared_ptr<const Media> GatewayRequest::media(const std::string& id) const {
    const auto* found = lookUp(m_media, id);
    return found != nullptr ? *found : nullptr;
}

kit::Result<std::shared_ptr<const Profile>> GatewayRequest::profileByHandle(const std::string& handle) {
    if (!m_actor.id.empty() && handle == m_actor.handle) return m_profiles.at(m_actor.id);
    if (auto known = m_memory.handles.find(handle)) {
        remember(*known);
        return std::move(*known);
    }
    rpc::v1::GetUsersRequest request;
    request.add_handles(handle);
    const auto reply = m_owners.getUsers(m_caller, request);
    if (!reply) return reply.error();
    if (reply.value().users().empty()) return std::shared_ptr<const Profile>();
    auto profile = profileOf(reply.value().users(0));
    remember(profile);
    return profile;
}

void GatewayRequest::remember(std::shared_ptr<const Profile> profile) {
    m_memory.profiles.put(profile->id, profile);
    m_memory.handles.put(profile->handle, profile);
    m_askedProfiles.insert(profile->id);
    m_profiles.insert_or_assign(profile->id, std::move(profile));
}

void GatewayRequest::remember(std::shared_ptr<const PostState> post) {
    m_askedPosts.insert(post->id);
    m_posts.insert_or_assign(post->id, std::move(post));
}

void GatewayRequest::forgetPost(const std::string& id) {
    m_posts.erase(id);
}

void GatewayRequest::stale(const std::string& path, const StaleMark& mark) {
    m_stale.insert(path);
    if (mark) *mark = true;
}

}  // namespace nova::gateway
