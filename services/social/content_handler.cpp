#include "social/content_handler.h"

#include <map>
#include <optional>

#include "kit/runtime/ids.h"
#include "nova/events/v1/events.pb.h"
#include "social/post_authors.h"

namespace nova::social {
namespace {

using kit::Handled;
using kit::Outcome;
using kit::Record;

template <typename Event>
std::optional<PostAuthor> read(const std::string& bytes, bool deleted) {
    Event event;
    if (!event.ParseFromString(bytes)) return std::nullopt;
    if (!kit::isUuid(event.post_id()) || event.version() < 1) return std::nullopt;
    if (!event.author_id().empty() && !kit::isUuid(event.author_id())) return std::nullopt;
    return PostAuthor{event.post_id(), event.author_id(), event.version(), deleted};
}

std::optional<PostAuthor> read(const Record& record) {
    if (record.dataSchema == "nova.events.v1.PostCreated") return read<events::v1::PostCreated>(record.value, false);
    if (record.dataSchema == "nova.events.v1.PostUpdated") return read<events::v1::PostUpdated>(record.value, false);
    return read<events::v1::PostDeleted>(record.value, true);
}

}  // namespace

bool ContentHandler::knows(const Record& record) const {
    return record.dataSchema == "nova.events.v1.PostCreated" || record.dataSchema == "nova.events.v1.PostUpdated" ||
           record.dataSchema == "nova.events.v1.PostDeleted";
}

std::vector<Handled> ContentHandler::handle(const std::vector<Record*>& batch) {
    std::vector<std::optional<PostAuthor>> read;
    for (const auto* record : batch) read.push_back(social::read(*record));
    const auto completed = complete(read);

    std::map<std::string, PostAuthor> newest;
    std::vector<kit::trace::Context> owners;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        if (!read[i] || read[i]->authorId.empty()) continue;
        owners.push_back(batch[i]->trace);
        auto& post = newest[read[i]->postId];
        if (read[i]->version > post.version) post = *read[i];
    }
    std::vector<PostAuthor> posts;
    for (const auto& [id, post] : newest) posts.push_back(post);
    auto applied =
        posts.empty() ? kit::Result<std::set<std::string>>(std::set<std::string>{}) : m_authors.note(posts, owners);

    std::vector<Handled> handled;
    for (const auto& post : read) {
        if (!post)
            handled.push_back(Handled::undecodable("a content event without valid ids and version"));
        else if (post->authorId.empty())
            handled.push_back(completed ? Handled::of(Outcome::skipped) : Handled::failure(completed.error()));
        else if (!applied)
            handled.push_back(Handled::failure(applied.error()));
        else
            handled.push_back(Handled::of(applied.value().contains(post->postId) ? Outcome::done : Outcome::stale));
    }
    return handled;
}

// Events of the design's first form name no author: content-service does. What it does not know stays as it is.
kit::Result<void> ContentHandler::complete(std::vector<std::optional<PostAuthor>>& posts) {
    std::map<std::string, std::vector<PostAuthor*>> bare;
    for (auto& post : posts)
        if (post && post->authorId.empty()) bare[post->postId].push_back(&*post);
    if (bare.empty()) return kit::outcome::success();
    std::vector<std::string> ids;
    for (const auto& [id, places] : bare) ids.push_back(id);
    const auto known = m_authors.ask(ids);
    if (!known) return known.error();
    for (const auto& post : known.value())
        for (auto* place : bare[post.postId]) *place = post;
    return kit::outcome::success();
}

}  // namespace nova::social
