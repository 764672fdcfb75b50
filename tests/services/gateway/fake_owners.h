// The owners as the gateway sees them: real gRPC servers over a little memory, each of which can be slowed or
// stopped.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "contract/topics.h"
#include "kit/rpc/listener.h"
#include "kit/rpc/server.h"
#include "nova/rpc/v1/content.grpc.pb.h"
#include "nova/rpc/v1/feed.grpc.pb.h"
#include "nova/rpc/v1/idempotency.grpc.pb.h"
#include "nova/rpc/v1/identity.grpc.pb.h"
#include "nova/rpc/v1/media.grpc.pb.h"
#include "nova/rpc/v1/messaging.grpc.pb.h"
#include "nova/rpc/v1/notification.grpc.pb.h"
#include "nova/rpc/v1/social.grpc.pb.h"

namespace nova::test {

namespace rpc = nova::rpc::v1;

// What the owners know, and what they were asked.
struct OwnersState {
    std::mutex mutex;
    std::map<std::string, rpc::User> users;              // by id
    std::map<std::string, rpc::Post> posts;              // by id
    std::map<std::string, std::set<std::string>> likes;  // post → users
    std::map<std::string, std::int64_t> followers;       // by user
    std::vector<rpc::FeedEntry> feed;
    bool rebuilding = false;
    std::map<std::string, rpc::MediaItem> media;       // by id
    std::vector<rpc::ChatMessage> messages;            // newest first
    std::vector<rpc::NotificationItem> notifications;  // newest first
    bool repeats = false;                              // the owners say that a call repeated an earlier one
    std::set<std::string> modes;                       // of the calls: "", "sync", "events"
    std::vector<std::string> calls;                    // "Content/GetPosts 3": method and number of ids
    std::string lastKey;                               // the idempotency key of the last keyed call
    // Idempotency keys by owner: which operation each stands for.
    std::map<std::string, std::map<std::string, std::string>> keys;
    std::map<std::string, int> delayMs;                // by method
    std::map<std::string, kit::Error> failure;         // by method

    kit::Result<void> enter(const std::string& method, int ids = -1) {
        int delay = 0;
        {
            const std::lock_guard lock(mutex);
            calls.push_back(ids < 0 ? method : method + " " + std::to_string(ids));
            delay = delayMs[method];
            if (const auto wrong = failure.find(method); wrong != failure.end()) return wrong->second;
        }
        if (delay > 0) std::this_thread::sleep_for(std::chrono::milliseconds(delay));
        return kit::outcome::success();
    }
};

template <typename Service>
class FakeOwner : public Service {
public:
    FakeOwner(OwnersState& state, kit::TokenVerifier& tokens) : m_state(state), m_tokens(tokens) {}

protected:
    grpc::Status serve(grpc::ServerContext* context, const char* method, int ids,
                       const std::function<kit::Result<void>(const kit::Claims&)>& body) {
        return kit::serveCall(*context, {method, &m_tokens, kit::NeedsUser::no},
                              [&](const kit::Claims& claims) -> kit::Result<void> {
                                  if (auto entered = m_state.enter(method, ids); !entered) return entered.error();
                                  const std::lock_guard lock(m_state.mutex);
                                  const auto mode = context->client_metadata().find(contract::metadata::mode.data());
                                  m_state.modes.insert(mode == context->client_metadata().end()
                                                           ? std::string()
                                                           : std::string(mode->second.data(), mode->second.size()));
                                  if (m_state.repeats) kit::noteRepeated();
                                  return body(claims);
                              });
    }
    void keep(const char* owner, const kit::Claims& user, const std::string& key, const char* operation) {
        if (!key.empty()) m_state.keys[owner][user.userId + key] = operation;
    }
    static kit::Error missing(const char* what) { return {kit::ErrorKind::notFound, what, {}}; }
    OwnersState& m_state;
    kit::TokenVerifier& m_tokens;
};

class FakeKeys final : public FakeOwner<rpc::IdempotencyKeys::Service> {
public:
    FakeKeys(std::string owner, OwnersState& state, kit::TokenVerifier& tokens)
        : FakeOwner(state, tokens), m_owner(std::move(owner)), m_method("IdempotencyKeys/Find at " + m_owner) {}
    grpc::Status Find(grpc::ServerContext* c, const rpc::FindKeyRequest* q, rpc::FindKeyReply* a) override {
        return serve(c, m_method.c_str(), -1, [&](const kit::Claims& user) -> kit::Result<void> {
            if (const auto& known = m_state.keys[m_owner]; known.contains(user.userId + q->key()))
                a->set_operation(known.at(user.userId + q->key()));
            return kit::outcome::success();
        });
    }

private:
    const std::string m_owner, m_method;
};

class FakeIdentity final : public FakeOwner<rpc::Identity::Service> {
public:
    using FakeOwner::FakeOwner;
    grpc::Status CreateUser(grpc::ServerContext* c, const rpc::CreateUserRequest* q, rpc::SessionReply* a) override {
        return serve(c, "Identity/CreateUser", -1, [&](const kit::Claims&) -> kit::Result<void> {
            auto& user = *a->mutable_user();
            user.set_id(kit::newUuid());
            user.set_handle(q->handle());
            user.set_display_name(q->display_name().empty() ? q->handle() : q->display_name());
            user.set_tier(q->tier());
            a->set_token("token of " + q->handle());
            a->mutable_expires_at()->set_seconds(1'800'000'000);
            m_state.users[user.id()] = user;
            return kit::outcome::success();
        });
    }
    grpc::Status Authenticate(grpc::ServerContext* c, const rpc::AuthenticateRequest*, rpc::SessionReply*) override {
        return serve(c, "Identity/Authenticate", -1, [&](const kit::Claims&) -> kit::Result<void> {
            return kit::Error{kit::ErrorKind::unauthenticated, "the handle or the password is wrong", {}};
        });
    }
    grpc::Status GetUsers(grpc::ServerContext* c, const rpc::GetUsersRequest* q, rpc::GetUsersReply* a) override {
        return serve(c, "Identity/GetUsers", q->ids_size() + q->handles_size(),
                     [&](const kit::Claims&) -> kit::Result<void> {
                         for (const auto& [id, user] : m_state.users) {
                             for (const auto& wanted : q->ids()) {
                                 if (wanted == id) *a->add_users() = user;
                             }
                             for (const auto& wanted : q->handles()) {
                                 if (wanted == user.handle()) *a->add_users() = user;
                             }
                         }
                         return kit::outcome::success();
                     });
    }
};

class FakeContent final : public FakeOwner<rpc::Content::Service> {
public:
    using FakeOwner::FakeOwner;
    grpc::Status CreatePost(grpc::ServerContext* c, const rpc::CreatePostRequest* q, rpc::Post* a) override {
        return serve(c, "Content/CreatePost", -1, [&](const kit::Claims& user) -> kit::Result<void> {
            m_state.lastKey = q->idempotency_key();
            a->set_id(kit::newUuid());
            a->set_author_id(user.userId);
            a->set_content(q->content());
            a->set_version(1);
            a->mutable_created_at()->set_seconds(1'700'000'000);
            a->mutable_updated_at()->set_seconds(1'700'000'000);
            m_state.posts[a->id()] = *a;
            keep("content-service", user, q->idempotency_key(), "createPost");
            return kit::outcome::success();
        });
    }
    grpc::Status UpdatePost(grpc::ServerContext* c, const rpc::UpdatePostRequest* q, rpc::Post* a) override {
        return serve(c, "Content/UpdatePost", -1, [&](const kit::Claims& user) -> kit::Result<void> {
            const auto found = m_state.posts.find(q->id());
            if (found == m_state.posts.end()) return missing("there is no such post");
            auto& post = found->second;
            if (post.author_id() != user.userId)
                return kit::Error{kit::ErrorKind::forbidden, "this is another's post", {}};
            if (q->has_expected_version() && q->expected_version() != post.version()) {
                return kit::Error{kit::ErrorKind::conflict, "the post has another version", {}};
            }
            post.set_content(q->content());
            post.set_version(post.version() + 1);
            *a = post;
            return kit::outcome::success();
        });
    }
    grpc::Status DeletePost(grpc::ServerContext* c, const rpc::DeletePostRequest* q, rpc::DeletePostReply*) override {
        return serve(c, "Content/DeletePost", -1, [&](const kit::Claims&) -> kit::Result<void> {
            return m_state.posts.erase(q->id()) > 0 ? kit::Result<void>(kit::outcome::success())
                                                    : missing("there is no such post");
        });
    }
    grpc::Status GetPosts(grpc::ServerContext* c, const rpc::GetPostsRequest* q, rpc::GetPostsReply* a) override {
        return serve(c, "Content/GetPosts", q->ids_size(), [&](const kit::Claims&) -> kit::Result<void> {
            for (const auto& id : q->ids()) {
                if (const auto found = m_state.posts.find(id); found != m_state.posts.end())
                    *a->add_posts() = found->second;
            }
            return kit::outcome::success();
        });
    }
    grpc::Status ListPosts(grpc::ServerContext* c, const rpc::ListPostsRequest* q, rpc::ListPostsReply* a) override {
        return serve(c, "Content/ListPosts", q->first(), [&](const kit::Claims&) -> kit::Result<void> {
            for (const auto& [id, post] : m_state.posts) {
                if (post.author_id() == q->author_ids(0)) *a->add_posts() = post;
            }
            a->set_end_cursor("the end of " + q->after());
            a->set_has_more(true);
            return kit::outcome::success();
        });
    }
};

class FakeSocial final : public FakeOwner<rpc::Social::Service> {
public:
    using FakeOwner::FakeOwner;
    grpc::Status Follow(grpc::ServerContext* c, const rpc::FollowRequest* q, rpc::FollowReply* a) override {
        return serve(c, "Social/Follow", -1, [&](const kit::Claims&) -> kit::Result<void> {
            a->set_follower_count(++m_state.followers[q->user_id()]);
            return kit::outcome::success();
        });
    }
    grpc::Status Unfollow(grpc::ServerContext* c, const rpc::FollowRequest* q, rpc::FollowReply* a) override {
        return serve(c, "Social/Unfollow", -1, [&](const kit::Claims&) -> kit::Result<void> {
            a->set_follower_count(--m_state.followers[q->user_id()]);
            return kit::outcome::success();
        });
    }
    grpc::Status LikePost(grpc::ServerContext* c, const rpc::LikeRequest* q, rpc::LikeReply* a) override {
        return serve(c, "Social/LikePost", -1, [&](const kit::Claims& user) -> kit::Result<void> {
            m_state.lastKey = q->idempotency_key();
            if (!m_state.posts.contains(q->post_id())) return missing("there is no such post");
            m_state.likes[q->post_id()].insert(user.userId);
            a->set_like_count(std::ssize(m_state.likes[q->post_id()]));
            keep("social-service", user, q->idempotency_key(), "likePost");
            return kit::outcome::success();
        });
    }
    grpc::Status UnlikePost(grpc::ServerContext* c, const rpc::LikeRequest* q, rpc::LikeReply* a) override {
        return serve(c, "Social/UnlikePost", -1, [&](const kit::Claims& user) -> kit::Result<void> {
            m_state.likes[q->post_id()].erase(user.userId);
            a->set_like_count(std::ssize(m_state.likes[q->post_id()]));
            return kit::outcome::success();
        });
    }
    grpc::Status GetPostStats(grpc::ServerContext* c, const rpc::GetPostStatsRequest* q,
                              rpc::GetPostStatsReply* a) override {
        return serve(c, "Social/GetPostStats", q->post_ids_size(), [&](const kit::Claims& user) -> kit::Result<void> {
            for (const auto& id : q->post_ids()) {
                if (!m_state.likes.contains(id)) continue;
                auto* stats = a->add_stats();
                stats->set_post_id(id);
                stats->set_like_count(std::ssize(m_state.likes[id]));
                stats->set_liked_by_me(m_state.likes[id].contains(user.userId));
            }
            return kit::outcome::success();
        });
    }
    grpc::Status GetUserStats(grpc::ServerContext* c, const rpc::GetUserStatsRequest* q,
                              rpc::GetUserStatsReply* a) override {
        return serve(c, "Social/GetUserStats", q->user_ids_size(), [&](const kit::Claims&) -> kit::Result<void> {
            for (const auto& id : q->user_ids()) {
                auto* stats = a->add_stats();
                stats->set_user_id(id);
                stats->set_follower_count(m_state.followers[id]);
            }
            return kit::outcome::success();
        });
    }
};

class FakeFeed final : public FakeOwner<rpc::Feed::Service> {
public:
    using FakeOwner::FakeOwner;
    grpc::Status GetFeed(grpc::ServerContext* c, const rpc::GetFeedRequest* q, rpc::GetFeedReply* a) override {
        return serve(c, "Feed/GetFeed", q->first(), [&](const kit::Claims&) -> kit::Result<void> {
            if (q->after() == "garbage") return kit::badInput("this is no cursor");
            for (const auto& entry : m_state.feed) *a->add_entries() = entry;
            a->set_end_cursor(q->after() + "+");
            a->set_rebuilding(m_state.rebuilding);
            return kit::outcome::success();
        });
    }
    grpc::Status GetSnapshots(grpc::ServerContext* c, const rpc::GetSnapshotsRequest* q,
                              rpc::GetSnapshotsReply* a) override {
        return serve(c, "Feed/GetSnapshots", q->post_ids_size(), [&](const kit::Claims&) -> kit::Result<void> {
            for (const auto& entry : m_state.feed)
                if (entry.has_snapshot() && std::ranges::count(q->post_ids(), entry.post_id()) > 0) *a->add_entries() = entry;
            return kit::outcome::success();
        });
    }
};

class FakeMedia final : public FakeOwner<rpc::Media::Service> {
public:
    using FakeOwner::FakeOwner;
    grpc::Status GetMedia(grpc::ServerContext* c, const rpc::GetMediaRequest* q, rpc::GetMediaReply* a) override {
        return serve(c, "Media/GetMedia", q->ids_size(), [&](const kit::Claims&) -> kit::Result<void> {
            for (const auto& id : q->ids()) {
                if (const auto found = m_state.media.find(id); found != m_state.media.end())
                    *a->add_media() = found->second;
            }
            return kit::outcome::success();
        });
    }
};

class FakeMessaging final : public FakeOwner<rpc::Messaging::Service> {
public:
    using FakeOwner::FakeOwner;
    grpc::Status SendMessage(grpc::ServerContext* c, const rpc::SendMessageRequest* q, rpc::ChatMessage* a) override {
        return serve(c, "Messaging/SendMessage", -1, [&](const kit::Claims& user) -> kit::Result<void> {
            m_state.lastKey = q->idempotency_key();
            if (!m_state.users.contains(q->to_id())) return missing("there is no such user");
            a->set_id(kit::newUuid());
            a->set_conversation_id("conversation");
            a->set_from_id(user.userId);
            a->set_to_id(q->to_id());
            a->set_text(q->text());
            a->mutable_sent_at()->set_seconds(1'700'000'000);
            m_state.messages.insert(m_state.messages.begin(), *a);
            keep("messaging-service", user, q->idempotency_key(), "sendMessage");
            return kit::outcome::success();
        });
    }
    grpc::Status ListMessages(grpc::ServerContext* c, const rpc::ListMessagesRequest* q,
                              rpc::ListMessagesReply* a) override {
        return serve(c, "Messaging/ListMessages", q->first(), [&](const kit::Claims&) -> kit::Result<void> {
            for (const auto& message : m_state.messages) {
                if (message.id() != q->before()) *a->add_messages() = message;
            }
            return kit::outcome::success();
        });
    }
    grpc::Status MarkRead(grpc::ServerContext* c, const rpc::MarkReadRequest* q, rpc::ChatMessage* a) override {
        return serve(c, "Messaging/MarkRead", -1, [&](const kit::Claims& user) -> kit::Result<void> {
            for (auto& message : m_state.messages) {
                if (message.id() != q->message_id()) continue;
                if (message.to_id() != user.userId)
                    return kit::Error{kit::ErrorKind::forbidden, "this message is to another", {}};
                message.mutable_read_at()->set_seconds(1'700'000'001);
                *a = message;
                return kit::outcome::success();
            }
            return missing("there is no such message");
        });
    }
};

class FakeNotifications final : public FakeOwner<rpc::Notifications::Service> {
public:
    using FakeOwner::FakeOwner;
    grpc::Status ListNotifications(grpc::ServerContext* c, const rpc::ListNotificationsRequest* q,
                                   rpc::ListNotificationsReply* a) override {
        return serve(c, "Notifications/ListNotifications", q->first(), [&](const kit::Claims&) -> kit::Result<void> {
            for (const auto& item : m_state.notifications) *a->add_notifications() = item;
            return kit::outcome::success();
        });
    }
    grpc::Status CountUnread(grpc::ServerContext* c, const rpc::CountUnreadRequest*,
                             rpc::CountUnreadReply* a) override {
        return serve(c, "Notifications/CountUnread", -1, [&](const kit::Claims&) -> kit::Result<void> {
            for (const auto& item : m_state.notifications) a->set_unread(a->unread() + (item.seen() ? 0 : 1));
            return kit::outcome::success();
        });
    }
    grpc::Status MarkSeen(grpc::ServerContext* c, const rpc::MarkSeenRequest*, rpc::MarkSeenReply* a) override {
        return serve(c, "Notifications/MarkSeen", -1, [&](const kit::Claims&) -> kit::Result<void> {
            for (auto& item : m_state.notifications) {
                a->set_marked(a->marked() + (item.seen() ? 0 : 1));
                item.set_seen(true);
            }
            return kit::outcome::success();
        });
    }
};

}  // namespace nova::test
