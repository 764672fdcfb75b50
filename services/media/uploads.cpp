#include "media/uploads.h"

#include <algorithm>

#include "kit/objects/object_store.h"
#include "kit/rpc/client.h"
#include "kit/runtime/log.h"
#include "kit/runtime/text.h"
#include "media/media_type.h"
#include "nova/rpc/v1/content.grpc.pb.h"

namespace nova::media {
namespace {

constexpr std::size_t longestName = 255;
constexpr std::chrono::milliseconds attachTime{1'000};

// The nameless file becomes what its kind is called: "upload.png".
std::string nameFor(const std::string& name, const std::string& contentType) {
    if (!name.empty()) return name;
    const auto kind = contentType.substr(contentType.find('/') + 1);
    return "upload." + (kind == "jpeg" ? "jpg" : kind);
}

rpc::v1::AttachMediaRequest attachRequest(const Media& media, bool detach) {
    rpc::v1::AttachMediaRequest request;
    request.set_post_id(media.postId);
    request.set_media_id(media.id);
    request.set_detach(detach);
    return request;
}

}  // namespace

kit::Result<std::string> cleanName(const std::string& name) {
    std::string clean = name.substr(name.find_last_of("/\\") + 1);
    std::erase_if(clean, [](char c) { return (c >= 0 && c < 0x20) || c == 0x7f; });
    const auto length = kit::codePoints(clean);
    if (!length) return kit::badInput("the file's name is not valid UTF-8");
    if (*length > longestName) return kit::badInput("the file's name is longer than 255 characters");
    return clean;
}

kit::Result<Media> Uploads::finish(Spool& file, const Upload& upload) {
    if (!upload.postId.empty() && !kit::isUuid(upload.postId))
        return kit::badInput("post_id \"" + upload.postId.substr(0, 64) + "\" is not the id of a post");
    auto name = cleanName(upload.fileName);
    if (!name) return name.error();
    const Spool::View view(file);
    auto type = typeOf(view.bytes());
    if (!type) return type.error();
    const auto digests = file.digests();
    Media media{.id = kit::newUuid(),
                .uploadId = kit::newUuid(),
                .ownerId = upload.owner.userId,
                .postId = upload.postId,
                .fileName = nameFor(name.value(), type.value().contentType),
                .contentType = type.value().contentType,
                .sizeBytes = file.size(),
                .sha256 = digests.sha256,
                .createdAt = {}};
    if (auto begun = m_store.begin(media); !begun) return begun.error();
    if (auto stored = storeObject(media, file, digests.md5); !stored) return undo(media, stored.error());
    const bool sync = upload.mode == kit::Mode::sync;
    auto done = m_store.complete(media, urlOf(media.id), sync ? Store::Announce::no : Store::Announce::yes);
    if (!done) return done.error();
    if (sync && !media.postId.empty())
        if (auto attached = attach(media, upload); !attached) return undo(media, attached.error());
    return media;
}

kit::Result<void> Uploads::storeObject(const Media& media, const Spool& file, const std::string& md5) {
    const auto key = objectKey(media.sha256);
    const auto there = m_objects.head(key);
    if (there && there.value().size == media.sizeBytes) return kit::outcome::success();
    if (!there && there.error().kind != kit::ErrorKind::notFound) return there.error();
    return m_objects.put(key,
                         {.file = file.file(), .size = media.sizeBytes, .contentType = media.contentType, .md5 = md5});
}

// The chain of the synchronous mode: content-service first, and it goes on from there.
kit::Result<void> Uploads::attach(const Media& media, const Upload& upload) {
    const auto call = [&](bool detach) {
        return kit::unary<rpc::v1::Content>(
            m_clients, {"content-service", "Content/AttachMedia", upload.token, attachTime, upload.mode},
            &rpc::v1::Content::Stub::AttachMedia, attachRequest(media, detach));
    };
    auto attached = call(false);
    if (attached) return kit::outcome::success();
    if (attached.error().retryable()) {
        // It may have been done all the same.
        if (auto undone = call(true); !undone && undone.error().kind != kit::ErrorKind::notFound)
            kit::logWarn("media", "media {} may be attached to post {} although its upload failed: {}", media.id,
                         media.postId, undone.error().what);
    }
    return attached.error();
}

kit::Error Uploads::undo(const Media& media, const kit::Error& cause) {
    if (auto failed = m_store.fail(media.id); !failed)
        kit::logWarn("media", "upload {} failed and is left to the sweep: {}", media.uploadId, failed.error().what);
    return cause;
}

}  // namespace nova::media
