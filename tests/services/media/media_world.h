// media-service before a real PostgreSQL, a real S3 server and a content-service that remembers what it is asked.
#pragma once

#include <QDirIterator>
#include <QtTest>
#include <semaphore>

#include "kit/http/client.h"
#include "kit/http/server.h"
#include "kit/rpc/client.h"
#include "kit/rpc/server.h"
#include "kit/trace/span.h"
#include "media/media_door.h"
#include "media/media_rpc.h"
#include "media/store.h"
#include "media/uploads.h"
#include "nova/events/v1/events.pb.h"
#include "nova/rpc/v1/content.grpc.pb.h"
#include "nova/schema/media.h"
#include "tests/services/endpoints_file.h"
#include "tests/services/media/pictures.h"
#include "tests/services/service_fixture.h"
#include "tests/support/real_s3.h"
#include "tests/support/real_stores.h"

namespace nova::test {

using rpc::v1::UploadMediaReply;
using rpc::v1::UploadMediaRequest;

// content-service as media-service sees it in the synchronous mode.
class FakeContent final : public rpc::v1::Content::Service {
public:
    std::vector<std::string> calls;  // "attach", "detach"
    grpc::Status answer = grpc::Status::OK;
    grpc::Status AttachMedia(grpc::ServerContext* context, const rpc::v1::AttachMediaRequest* request,
                             rpc::v1::Post*) override {
        const auto& all = context->client_metadata();
        const auto mode = all.find("nova-mode");
        calls.push_back((request->detach() ? "detach " : "attach ") +
                        (mode == all.end() ? std::string("-") : std::string(mode->second.data(), mode->second.size())));
        return request->detach() ? grpc::Status::OK : answer;
    }
};

inline UploadMediaRequest start(const std::string& name, const std::string& post = {}) {
    UploadMediaRequest message;
    message.mutable_start()->set_file_name(name);
    message.mutable_start()->set_post_id(post);
    return message;
}
inline UploadMediaRequest chunk(const std::string& bytes) {
    UploadMediaRequest message;
    message.set_chunk(bytes);
    return message;
}
inline UploadMediaRequest end(const std::string& post = {}) {
    UploadMediaRequest message;
    message.mutable_end()->set_post_id(post);
    return message;
}

class MediaWorld : public QObject {
protected:
    void open() {
        m_http.route(media::MediaDoor::path,
                     [this](const kit::HttpRequest& request) { return m_mediaDoor.handle(request); });
        QVERIFY(m_http.start());
        m_uploads = std::make_unique<media::Uploads>(m_store, m_objects, m_clients,
                                                     "http://127.0.0.1:" + std::to_string(m_http.port()));
        m_rpc = std::make_unique<media::MediaRpc>(m_store, *m_uploads, m_door.tokens, m_config);
        m_door.open(*m_rpc);
        m_contentDoor.open(m_content);
        m_endpoints.write({{"content-service", m_contentDoor.listener->port()}});
        QVERIFY(test::eventually([this] { return m_clients.reachable("content-service"); }));
    }
    void clear() {
        m_stores.sql("TRUNCATE media, outbox");
        for (const auto& file : objects()) QFile::remove(file);
        m_content.calls.clear();
        m_content.answer = grpc::Status::OK;
    }

    using Messages = std::vector<UploadMediaRequest>;
    UploadMediaReply upload(const Messages& messages, bool withToken = true, const std::string& mode = {}) {
        grpc::ClientContext context;
        context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds{30});
        if (withToken) context.AddMetadata("authorization", "Bearer " + m_door.signer.sign(m_alice).value().first);
        if (!mode.empty()) context.AddMetadata("nova-mode", mode);
        rpc::v1::Media::Stub stub(m_door.channel);
        UploadMediaReply reply;
        const auto writer = stub.UploadMedia(&context, &reply);
        for (const auto& message : messages)
            if (!writer->Write(message)) break;
        writer->WritesDone();
        m_status = writer->Finish();
        return reply;
    }
    UploadMediaReply uploadWhole(const std::string& bytes, const std::string& post = {}, const std::string& mode = {}) {
        return upload({start("a.png", post), chunk(bytes), end()}, true, mode);
    }
    QStringList objects() const {
        QStringList all;
        QDirIterator files(m_s3.folder(), QDir::Files, QDirIterator::Subdirectories);
        while (files.hasNext()) all << files.next();
        return all;
    }
    std::string stateOf(const std::string& id) {
        const auto rows = m_stores.sql("SELECT state || ' ' || version FROM media WHERE id = $1", id);
        return rows.empty() ? "none" : rows[0][0].as<std::string>();
    }
    media::Media pendingRow(const std::string& bytes) {
        auto spool = media::Spool::open(1'000'000);
        QTest::qVerify(spool.has_value() && spool.value().append(bytes), "spool", "", __FILE__, __LINE__);
        const auto digests = spool.value().digests();
        media::Media row{.id = kit::newUuid(),
                         .uploadId = kit::newUuid(),
                         .ownerId = m_alice.userId,
                         .postId = {},
                         .fileName = "a.png",
                         .contentType = "image/png",
                         .sizeBytes = spool.value().size(),
                         .sha256 = digests.sha256,
                         .createdAt = {}};
        if (auto begun = m_store.begin(row); !begun) qFatal("%s", begun.error().what.c_str());
        if (auto put = m_objects.put(media::objectKey(row.sha256),
                                     {spool.value().file(), row.sizeBytes, "image/png", digests.md5});
            !put)
            qFatal("%s", put.error().what.c_str());
        return row;
    }
    kit::Result<int> sweep() {
        return m_store.sweep([this](const std::string& key) { return m_objects.remove(key); });
    }

    test::RealPostgres m_postgres;
    test::RealS3 m_s3;
    test::ServiceStores m_stores{m_postgres.uri(), "media", media::schemaSql};
    test::Door m_door, m_contentDoor;
    FakeContent m_content;
    test::EndpointsFile m_endpoints;
    kit::RpcClients m_clients{m_endpoints.path};
    kit::ObjectStore m_objects{m_s3.options()};
    media::Store m_store{m_stores.pool, m_stores.outbox, "media-service/0"};
    kit::HttpServer m_http{{.listen = "127.0.0.1:0"}};
    std::unique_ptr<media::Uploads> m_uploads;
    kit::ServiceConfig m_config = [] {
        kit::ServiceConfig config;
        config.uploadLimit = 3'000'000;
        config.allowRequestMode = true;
        return config;
    }();
    std::unique_ptr<media::MediaRpc> m_rpc;
    media::MediaDoor m_mediaDoor{m_store, m_objects};
    const kit::Claims m_alice = test::user("alice");
    const std::string m_post = kit::newUuid();
    grpc::Status m_status;
};

}  // namespace nova::test
