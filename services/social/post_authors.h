// Who wrote which post, and whether it still lives: table post_authors, from content events. A row's version is its
// gate: what is not newer changes nothing; authors never change and deletion is final, so that a gap needs no reload.
// Thread: any.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "kit/runtime/error.h"
#include "kit/trace/span.h"

namespace nova::kit {
class PostgresPool;
class RpcClients;
}  // namespace nova::kit

namespace nova::social {

struct PostAuthor {
    std::string postId, authorId;
    std::int64_t version = 0;
    bool deleted = false;
};

class PostAuthors {
public:
    PostAuthors(kit::PostgresPool& pool, kit::RpcClients& clients) : m_pool(pool), m_clients(clients) {}
    // Returns the posts whose row was made or is newer now. One entry a post. `owners`: traces that see the statement.
    kit::Result<std::set<std::string>> note(const std::vector<PostAuthor>& posts,
                                            const std::vector<kit::trace::Context>& owners);
    // What content-service knows of these posts; the others are left out.
    kit::Result<std::vector<PostAuthor>> ask(const std::vector<std::string>& ids);
    // Asks content-service for a post that no event told of yet. notFound: it has none either.
    kit::Result<void> learn(const std::string& postId);

private:
    kit::PostgresPool& m_pool;
    kit::RpcClients& m_clients;
};

}  // namespace nova::social
