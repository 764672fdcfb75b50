#include "app/engine/keys/facts.h"

#include <nlohmann/json.hpp>

#include "app/engine/traffic/decode.h"

namespace nova::engine {
namespace {

using namespace Qt::StringLiterals;

QString text(const nlohmann::json& payload, const char* name) {
    const auto found = payload.find(name);
    return found != payload.end() && found->is_string() ? QString::fromStdString(found->get<std::string>()) : QString();
}

}  // namespace

QString Facts::subjectId() const {
    switch (about) {
        case About::post:
        case About::like:
            return postId;
        case About::follow:
            return followeeId;
        case About::message:
            return messageId;
        case About::media:
            return mediaId;
        case About::user:
            return userId;
        case About::unknown:
            break;
    }
    return {};
}

Facts factsOf(const Event& event) {
    Facts facts;
    facts.type = QString::fromStdString(Names::typeName(event.type));
    if (event.version >= 0) facts.version = event.version;
    const auto payload = nlohmann::json::parse(decode(event).json, nullptr, false);
    if (!payload.is_object()) return facts;
    facts.postId = text(payload, "post_id");
    facts.authorId = text(payload, "author_id");
    if (facts.type == u"PostCreated" || facts.type == u"PostUpdated" || facts.type == u"PostDeleted") {
        facts.about = Facts::About::post;
    } else if (facts.type == u"PostLiked" || facts.type == u"PostUnliked") {
        facts.about = Facts::About::like;
        facts.actorId = text(payload, "user_id");
    } else if (facts.type == u"UserFollowed" || facts.type == u"UserUnfollowed") {
        facts.about = Facts::About::follow;
        facts.actorId = text(payload, "follower_id");
        facts.followeeId = text(payload, "followee_id");
    } else if (facts.type == u"MessageSent" || facts.type == u"MessageRead") {
        facts.about = Facts::About::message;
        facts.messageId = text(payload, "message_id");
        facts.receiverId = text(payload, facts.type == u"MessageSent" ? "to_id" : "sender_id");
    } else if (facts.type == u"media.upload.completed") {
        facts.about = Facts::About::media;
        facts.mediaId = text(payload, "media_id");
        facts.userId = text(payload, "user_id");
    } else if (facts.type == u"UserCreated") {
        facts.about = Facts::About::user;
        facts.userId = text(payload, "user_id");
    }
    return facts;
}

}  // namespace nova::engine
