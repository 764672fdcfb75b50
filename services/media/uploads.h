// From a spooled file to media that others see: the object first, then the row with its event. Thread: any.
#pragma once

#include <atomic>
#include <string>

#include "kit/rpc/auth.h"
#include "kit/runtime/config.h"
#include "media/spool.h"
#include "media/store.h"

namespace nova::kit {
class ObjectStore;
class RpcClients;
}  // namespace nova::kit

namespace nova::media {

struct Upload {
    std::string fileName, postId;  // as the user gave them; postId may be empty
    kit::Claims owner;
    std::string token;  // of the owner, to pass on
    kit::Mode mode = kit::Mode::events;
};

class Uploads {
public:
    // `baseUrl`: of this service's own HTTP port, "http://host:port".
    Uploads(Store& store, kit::ObjectStore& objects, kit::RpcClients& clients, std::string baseUrl)
        : m_store(store), m_objects(objects), m_clients(clients), m_baseUrl(std::move(baseUrl)) {}

    // badInput: empty, of a kind that is not taken, more than 50 megapixels, a wrong name or post id. transient: a
    // store is away; nothing of the upload is seen then. With Mode::sync also: content-service did not attach it; its
    // refusal (notFound, forbidden) as it is.
    kit::Result<Media> finish(Spool& file, const Upload& upload);
    std::string urlOf(const std::string& mediaId) const { return m_baseUrl + "/media/" + mediaId; }

private:
    kit::Result<void> storeObject(const Media& media, const Spool& file, const std::string& md5);
    kit::Result<void> attach(const Media& media, const Upload& upload);
    kit::Error undo(const Media& media, const kit::Error& cause);

    Store& m_store;
    kit::ObjectStore& m_objects;
    kit::RpcClients& m_clients;
    std::string m_baseUrl;
};

// The name to show: no folders, no control characters. badInput: not valid UTF-8, or longer than 255 characters.
kit::Result<std::string> cleanName(const std::string& name);

}  // namespace nova::media
