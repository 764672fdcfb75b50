// Consumer of nova.content.events: keeps post_authors.
#pragma once

#include <optional>

#include "kit/consume/handler.h"

namespace nova::social {

class PostAuthors;
struct PostAuthor;

class ContentHandler final : public kit::RecordHandler {
public:
    explicit ContentHandler(PostAuthors& authors) : m_authors(authors) {}
    bool knows(const kit::Record& record) const override;
    std::vector<kit::Handled> handle(const std::vector<kit::Record*>& batch) override;

private:
    kit::Result<void> complete(std::vector<std::optional<PostAuthor>>& posts);

    PostAuthors& m_authors;
};

}  // namespace nova::social
