#include "media/store.h"

#include "contract/topics.h"
#include "kit/outbox/outbox.h"
#include "kit/postgres/pool.h"
#include "kit/runtime/times.h"
#include "nova/events/v1/events.pb.h"

namespace nova::media {
namespace {

constexpr std::size_t idsPerCall = 1'000;
constexpr std::int64_t firstVersion = 1;  // of what others see: ready

// A pending row and the removal of an object exclude each other.
void lockObject(kit::Transaction& t, const std::string& sha256) {
    t.exec("SELECT pg_advisory_xact_lock(hashtextextended('nova.media:' || $1, 0))", sha256);
}

kit::OutEvent uploadCompleted(const Media& media, const std::string& url, kit::WallTime at) {
    events::v1::MediaUploadCompleted event;
    event.set_upload_id(media.uploadId);
    event.set_user_id(media.ownerId);
    event.set_file_name(media.fileName);
    event.set_size_bytes(media.sizeBytes);
    event.set_media_id(media.id);
    event.set_post_id(media.postId);
    event.set_url(url);
    event.set_content_type(media.contentType);
    kit::setTime(event.mutable_event_time(), at);
    return {.topic = std::string(contract::topic::media),
            .key = media.postId.empty() ? media.uploadId : media.postId,
            .aggType = "media",
            .aggId = media.id,
            .version = firstVersion,
            .type = "media.upload.completed",
            .dataSchema = event.GetDescriptor()->full_name(),
            .payload = event.SerializeAsString(),
            .time = at};
}

Media mediaOf(const pqxx::row& row) {
    return {.id = row[0].as<std::string>(),
            .uploadId = row[1].as<std::string>(),
            .ownerId = row[2].as<std::string>(),
            .postId = row[3].as<std::string>(),
            .fileName = row[4].as<std::string>(),
            .contentType = row[5].as<std::string>(),
            .sizeBytes = row[6].as<std::int64_t>(),
            .sha256 = row[7].as<std::string>(),
            .createdAt = kit::fromMicros(row[8].as<std::int64_t>())};
}

}  // namespace

std::string objectKey(const std::string& sha256) {
    return "sha256/" + sha256.substr(0, 2) + "/" + sha256;
}

kit::Result<void> Store::begin(const Media& media) {
    return m_pool.transact("media", [&](kit::Transaction& t) {
        lockObject(t, media.sha256);
        t.exec(
            "INSERT INTO media (id, upload_id, owner_id, post_id, file_name, content_type, size_bytes, sha256, "
            "instance)"
            " VALUES ($1, $2, $3, NULLIF($4, '')::uuid, $5, $6, $7, $8, $9)",
            media.id, media.uploadId, media.ownerId, media.postId, media.fileName, media.contentType, media.sizeBytes,
            media.sha256, m_instance);
    });
}

kit::Result<void> Store::complete(const Media& media, const std::string& url, Announce announce) {
    return m_pool.transact("media + outbox", [&](kit::Transaction& t) {
        const auto rows = t.exec(
            "UPDATE media SET state = 'ready', version = $2, updated_at = clock_timestamp()"
            " WHERE id = $1 AND state_rank < 1 RETURNING (extract(epoch FROM updated_at) * 1000000)::bigint",
            media.id, firstVersion);
        if (rows.empty()) t.refuse(kit::transient("the upload took too long and was given up", "send it again"));
        if (announce == Announce::yes)
            m_outbox.emit(t, uploadCompleted(media, url, kit::fromMicros(rows[0][0].as<std::int64_t>())));
    });
}

kit::Result<void> Store::fail(const std::string& id) {
    return m_pool.transact("media", [&](kit::Transaction& t) {
        t.exec(
            "UPDATE media SET state = 'failed', version = version + 1, updated_at = clock_timestamp()"
            " WHERE id = $1 AND state_rank < 2",
            id);
    });
}

kit::Result<std::vector<Media>> Store::get(const std::vector<std::string>& ids) {
    if (ids.size() > idsPerCall) return kit::badInput("at most 1,000 media can be asked for at once");
    std::vector<std::string> valid;
    for (const auto& id : ids)
        if (kit::isUuid(id)) valid.push_back(id);
    return m_pool.run<std::vector<Media>>("media", [&](kit::Transaction& t) {
        const auto rows = t.exec(
            "SELECT id, upload_id, owner_id, COALESCE(post_id::text, ''), file_name, content_type, size_bytes, sha256,"
            " (extract(epoch FROM created_at) * 1000000)::bigint FROM media WHERE id = ANY($1::uuid[]) AND state = "
            "'ready'",
            kit::sqlArray(valid));
        std::vector<Media> found;
        for (const auto& row : rows) found.push_back(mediaOf(row));
        return found;
    });
}

kit::Result<int> Store::abandonOwn() {
    return m_pool.run<int>(nullptr, [&](kit::Transaction& t) {
        const auto rows = t.exec(
            "UPDATE media SET state = 'failed', version = version + 1, updated_at = clock_timestamp()"
            " WHERE state = 'pending' AND instance = $1 RETURNING id",
            m_instance);
        return static_cast<int>(rows.size());
    });
}

kit::Result<int> Store::sweep(const Remove& remove) {
    using Rows = std::vector<std::pair<std::string, std::string>>;
    auto due = m_pool.run<Rows>(nullptr, [&](kit::Transaction& t) {
        const auto rows = t.exec(
            "SELECT id, sha256 FROM media WHERE (state = 'failed' AND NOT swept)"
            " OR (state = 'pending' AND created_at < clock_timestamp() - interval '10 minutes')"
            " ORDER BY created_at LIMIT 100");
        Rows found;
        for (const auto& row : rows) found.emplace_back(row[0].as<std::string>(), row[1].as<std::string>());
        return found;
    });
    if (!due) return due.error();
    int swept = 0;
    kit::Result<int> failed = 0;
    for (const auto& [id, sha256] : due.value()) {
        const auto done = sweepOne(id, sha256, remove);
        if (done) ++swept;
        if (!done) failed = done.error();
        if (!done && done.error().retryable()) break;
    }
    return failed ? swept : failed;
}

kit::Result<void> Store::sweepOne(const std::string& id, const std::string& sha256, const Remove& remove) {
    return m_pool.transact(nullptr, [&](kit::Transaction& t) {
        lockObject(t, sha256);
        const auto failed = t.exec(
            "UPDATE media SET state = 'failed', swept = true,"
            " version = version + CASE state WHEN 'pending' THEN 1 ELSE 0 END, updated_at = clock_timestamp()"
            " WHERE id = $1 AND state IN ('pending', 'failed') RETURNING id",
            id);
        if (failed.empty()) return;  // became ready meanwhile
        const bool shared =
            t.exec("SELECT EXISTS (SELECT FROM media WHERE sha256 = $1 AND state <> 'failed')", sha256)[0][0]
                .as<bool>();
        if (shared) return;
        if (auto gone = remove(objectKey(sha256)); !gone) t.refuse(gone.error());
    });
}

}  // namespace nova::media
