// mode=sync (contract §6): whoever an event would have told is called before the user is answered. Thread: any.
#pragma once

#include <string>

#include "kit/runtime/error.h"
#include "social/social_events.h"

namespace nova::kit {
class RpcClients;
}

namespace nova::social {

class Follows;
class Likes;

// Both: nothing to do for a change that was none (version 0). transient: one of those called did not do its part within
// a second; the change was taken back by a newer version, and those called before told of that where they answer.
// `token`: the user's.
class Chain {
public:
    Chain(Follows& follows, Likes& likes, kit::RpcClients& clients)
        : m_follows(follows), m_likes(likes), m_clients(clients) {}
    kit::Result<void> finish(const FollowChange& change, bool following, const std::string& token);
    // `idempotencyKey`: of the change; it is forgotten with it.
    kit::Result<void> finish(const LikeChange& change, bool liking, const std::string& idempotencyKey,
                             const std::string& token);

private:
    kit::Result<void> takeBack(const FollowChange& change, bool following, bool feedCalled, const kit::Error& why,
                               const std::string& token);
    kit::Result<void> tellFeed(const FollowChange& change, bool following, const std::string& token);
    kit::Result<void> notify(const FollowChange& change, bool undo, const std::string& token);
    kit::Result<void> notify(const LikeChange& change, bool undo, const std::string& token);

    Follows& m_follows;
    Likes& m_likes;
    kit::RpcClients& m_clients;
};

}  // namespace nova::social
