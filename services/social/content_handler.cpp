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
    if (!kit::isUuid(event.post_id()) || !kit::isUuid(event.author_id()) || event.version() < 1) return std::nullopt;
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
    std::map<std::string, PostAuthor> newest;
    std::vector<kit::trace::Context> owners;
    for (const auto* record : batch) {
        read.push_back(social::read(*record));
        if (!read.back()) continue;
        owners.push_back(record->trace);
        auto& post = newest[read.back()->postId];
        if (read.back()->version > post.version) post = *read.back();
    }
    std::vector<PostAuthor> posts;
    for (const auto& [id, post] : newest) posts.push_back(post);
    auto applied =
        posts.empty() ? kit::Result<std::set<std::string>>(std::set<std::string>{}) : m_authors.note(posts, owners);

    std::vector<Handled> handled;
    for (const auto& post : read) {
        if (!post)
            handled.push_back(Handled::undecodable("a content event without valid ids and version"));
        else if (!applied)
            handled.push_back(Handled::failure(applied.error()));
        else
            handled.push_back(Handled::of(applied.value().contains(post->postId) ? Outcome::done : Outcome::stale));
    }
    return handled;
}

}  // namespace nova::social
