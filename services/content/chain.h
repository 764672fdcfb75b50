// mode=sync (contract §6): feed-service is told of a change of a post before its author is answered. Thread: any.
#pragma once

#include <string>

#include "content/store.h"

namespace nova::kit {
class RpcClients;
}

namespace nova::content {

class Chain {
public:
    Chain(Store& store, kit::RpcClients& clients) : m_store(store), m_clients(clients) {}
    // Nothing to do for a change that was none. transient: feed-service did not do its part within a second; the change
    // was taken back by a newer version, and feed-service told of that where it answers. `token`: the author's.
    kit::Result<void> finish(const Undo& change, const std::string& token);

private:
    kit::Result<void> tell(const Post& post, const std::string& token);

    Store& m_store;
    kit::RpcClients& m_clients;
};

}  // namespace nova::content
