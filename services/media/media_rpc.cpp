#include "media/media_rpc.h"

#include "kit/rpc/mode.h"
#include "kit/rpc/server.h"
#include "kit/runtime/times.h"
#include "media/media_type.h"
#include "media/uploads.h"

namespace nova::media {
namespace {

using kit::Claims;
using kit::NeedsUser;
using kit::Result;
using Reader = grpc::ServerReader<rpc::v1::UploadMediaRequest>;

constexpr int mostUploads = 16;
constexpr std::size_t largestChunk = 256 * 1024;

// One of the uploads under way, or none when there are enough.
class Place {
public:
    explicit Place(std::atomic<int>& count) : m_count(count), m_taken(++count <= mostUploads) {}
    ~Place() { --m_count; }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;
    [[nodiscard]] bool taken() const { return m_taken; }

private:
    std::atomic<int>& m_count;
    const bool m_taken;
};

// The stream's messages into the file and the names that came with them.
class Receiver {
public:
    Receiver(Spool& file, Upload& upload) : m_file(file), m_upload(upload) {}

    Result<void> take(const rpc::v1::UploadMediaRequest& message) {
        if (m_ended) return kit::badInput("nothing follows `end`");
        if (m_started == message.has_start()) return kit::badInput("an upload begins with `start`, once");
        if (message.has_start()) {
            m_started = true;
            m_upload.fileName = message.start().file_name();
            m_upload.postId = message.start().post_id();
            return kit::outcome::success();
        }
        if (message.has_chunk()) return append(message.chunk());
        if (!message.has_end()) return kit::badInput("a message of an upload is `start`, `chunk` or `end`");
        m_ended = true;
        if (!message.end().post_id().empty()) m_upload.postId = message.end().post_id();
        return kit::outcome::success();
    }
    [[nodiscard]] bool ended() const { return m_ended; }

private:
    Result<void> append(const std::string& chunk) {
        if (chunk.size() > largestChunk) return kit::badInput("a chunk is at most 256 KiB");
        if (!m_told) {
            m_head.append(chunk, 0, bytesToTell - m_head.size());
            if (m_head.size() >= bytesToTell) {
                m_told = true;
                if (auto kind = kindOf(m_head); !kind) return kind.error();
            }
        }
        return m_file.append(chunk);
    }

    Spool& m_file;
    Upload& m_upload;
    std::string m_head;
    bool m_started = false, m_told = false, m_ended = false;
};

Result<void> receive(Reader& reader, Spool& file, Upload& upload) {
    Receiver receiver(file, upload);
    rpc::v1::UploadMediaRequest message;
    while (reader.Read(&message))
        if (auto taken = receiver.take(message); !taken) return taken.error();
    if (!receiver.ended()) return kit::transient("the upload was cut before its end", "send it again");
    return kit::outcome::success();
}

}  // namespace

grpc::Status MediaRpc::UploadMedia(grpc::ServerContext* context, Reader* reader, rpc::v1::UploadMediaReply* reply) {
    return kit::serveCall(*context, {"Media/UploadMedia", &m_tokens, NeedsUser::yes, m_config.rpcDelayMs},
                          [&](const Claims& user) -> Result<void> {
                              const Place place(m_underWay);
                              if (!place.taken())
                                  return kit::transient("too many uploads at once", "send it again in a moment");
                              auto file = Spool::open(m_config.uploadLimit);
                              if (!file) return file.error();
                              Upload upload{.fileName = {},
                                            .postId = {},
                                            .owner = user,
                                            .token = kit::bearerToken(*context),
                                            .mode = kit::requestMode(*context, m_config)};
                              if (auto received = receive(*reader, file.value(), upload); !received)
                                  return received.error();
                              auto media = m_uploads.finish(file.value(), upload);
                              if (!media) return media.error();
                              reply->set_media_id(media.value().id);
                              reply->set_upload_id(media.value().uploadId);
                              reply->set_size_bytes(media.value().sizeBytes);
                              reply->set_url(m_uploads.urlOf(media.value().id));
                              return kit::outcome::success();
                          });
}

grpc::Status MediaRpc::GetMedia(grpc::ServerContext* context, const rpc::v1::GetMediaRequest* request,
                                rpc::v1::GetMediaReply* reply) {
    return kit::serveCall(*context, {"Media/GetMedia", &m_tokens, NeedsUser::no, m_config.rpcDelayMs},
                          [&](const Claims&) -> Result<void> {
                              auto found = m_store.get({request->ids().begin(), request->ids().end()});
                              if (!found) return found.error();
                              for (const auto& media : found.value()) {
                                  auto* const item = reply->add_media();
                                  item->set_id(media.id);
                                  item->set_url(m_uploads.urlOf(media.id));
                                  item->set_file_name(media.fileName);
                                  item->set_size_bytes(media.sizeBytes);
                                  item->set_content_type(media.contentType);
                                  item->set_owner_id(media.ownerId);
                                  kit::setTime(item->mutable_created_at(), media.createdAt);
                              }
                              return kit::outcome::success();
                          });
}

}  // namespace nova::media
