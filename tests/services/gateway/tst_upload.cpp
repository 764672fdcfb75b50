// POST /upload before a media-service that remembers what it is sent.
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTcpSocket>
#include <QtTest>
#include <mutex>

#include "contract/topics.h"
#include "gateway/http/upload_door.h"
#include "kit/http/client.h"
#include "kit/rpc/client.h"
#include "kit/rpc/listener.h"
#include "kit/rpc/server.h"
#include "kit/runtime/metrics.h"
#include "nova/rpc/v1/media.grpc.pb.h"
#include "tests/services/endpoints_file.h"

using namespace nova;

namespace {

struct Sent {
    std::string fileName, bytes, postId, mode, traceparent, user;
    bool ended = false, over = false;
};

class FakeMedia final : public rpc::v1::Media::Service {
    template <typename Body>
    auto with(Body body) {
        const std::lock_guard lock(m_mutex);
        return body(m_sent);
    }

public:
    explicit FakeMedia(kit::TokenVerifier& tokens) : m_tokens(tokens) {}

    grpc::Status UploadMedia(grpc::ServerContext* context, grpc::ServerReader<rpc::v1::UploadMediaRequest>* reader,
                             rpc::v1::UploadMediaReply* reply) override {
        const auto metadata = [&](const char* name) {
            const auto found = context->client_metadata().find(name);
            return found == context->client_metadata().end() ? std::string()
                                                             : std::string(found->second.data(), found->second.size());
        };
        const std::size_t mine = with([&](auto& all) {
            Sent sent;
            sent.mode = metadata("nova-mode");
            sent.traceparent = metadata("traceparent");
            all.push_back(sent);
            return all.size() - 1;
        });
        const auto done = kit::serveCall(*context, {"Media/UploadMedia", &m_tokens},
                                         [&](const kit::Claims& user) -> kit::Result<void> {
                                             with([&](auto& all) { return all[mine].user = user.userId; });
                                             if (const auto error = refusal(); error) return *error;
                                             rpc::v1::UploadMediaRequest message;
                                             while (reader->Read(&message))
                                                 with([&](auto& all) { return take(all[mine], message); });
                                             return kit::outcome::success();
                                         });
        reply->set_media_id("the media");
        reply->set_upload_id("the \"upload\"");
        reply->set_url("http://x/media/1");
        with([&](auto& all) { return all[mine].over = true; });
        return done;
    }

    void refuseWith(std::optional<kit::Error> error) {
        const std::lock_guard lock(m_mutex);
        m_refusal = std::move(error);
    }
    std::vector<Sent> sent() {
        const std::lock_guard lock(m_mutex);
        return m_sent;
    }
    void forget() {
        const std::lock_guard lock(m_mutex);
        m_sent.clear();
    }

private:
    static bool take(Sent& sent, const rpc::v1::UploadMediaRequest& message) {
        if (message.has_start()) {
            sent.fileName = message.start().file_name();
            sent.postId = message.start().post_id();
        }
        sent.bytes += message.chunk();
        if (!message.has_end()) return false;
        if (!message.end().post_id().empty()) sent.postId = message.end().post_id();
        return sent.ended = true;
    }
    std::optional<kit::Error> refusal() {
        const std::lock_guard lock(m_mutex);
        return m_refusal;
    }

    kit::TokenVerifier& m_tokens;
    std::mutex m_mutex;
    std::vector<Sent> m_sent;
    std::optional<kit::Error> m_refusal;
};

const std::string formType = "multipart/form-data; boundary=xyz";

std::string part(const std::string& disposition, const std::string& body) {
    return "--xyz\r\nContent-Disposition: form-data; " + disposition + "\r\n\r\n" + body + "\r\n";
}
std::string filePart(const std::string& bytes) {
    return part("name=\"file\"; filename=\"cat.png\"", bytes);
}
std::string form(const std::string& parts) {
    return parts + "--xyz--\r\n";
}

}  // namespace

class TestUpload : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void passesTheFileThrough_data();
    void passesTheFileThrough();
    void streamsWhatComes();
    void answersWithItsTrace();
    void continuesTheCallersTrace();
    void passesTheMode();
    void refuses_data();
    void refuses();
    void saysWhatTheOwnerSays_data();
    void saysWhatTheOwnerSays();
    void withoutTheOwnerItIsUnavailable();
    void filesBeyondTheLimitAreTooLarge();
    void aCutUploadIsNotEnded();
    void onlySoManyAtOnce();
    void limitsRequestsAndConnections();

private:
    struct Answer {
        int status = 0;
        QJsonObject body;
        std::string traceparent;
        QString code() const {
            const auto errors = body[QStringLiteral("errors")].toArray();
            return errors.at(0)[QStringLiteral("extensions")][QStringLiteral("code")].toString();
        }
        QString message() const {
            return body[QStringLiteral("errors")].toArray().at(0)[QStringLiteral("message")].toString();
        }
    };
    using Headers = std::vector<std::pair<std::string, std::string>>;
    Answer send(const std::string& body, Headers headers = {}, const std::string& method = "POST",
                const std::string& type = formType, bool withToken = true) {
        headers.emplace_back("Content-Type", type);
        if (withToken) headers.emplace_back("Authorization", "Bearer " + m_token);
        kit::HttpClient client(url());
        const auto response = client.send(method, "/upload", body, headers);
        if (!response) return {};
        Answer answer{response.value().status,
                      QJsonDocument::fromJson(QByteArray::fromStdString(response.value().body)).object(),
                      {}};
        for (const auto& [name, value] : response.value().headers)
            if (name == "traceparent") answer.traceparent = value;
        return answer;
    }
    std::string url() const { return "http://127.0.0.1:" + std::to_string(m_http->port()); }
    // An upload of which only the beginning has come.
    std::unique_ptr<QTcpSocket> begin(const std::string& beginning, std::size_t length) {
        auto socket = std::make_unique<QTcpSocket>();
        socket->connectToHost(QStringLiteral("127.0.0.1"), static_cast<quint16>(m_http->port()));
        if (!socket->waitForConnected(5'000)) qFatal("no connection");
        const auto head = "POST /upload HTTP/1.1\r\nHost: x\r\nContent-Type: " + formType +
                          "\r\nAuthorization: Bearer " + m_token + "\r\nContent-Length: " + std::to_string(length) +
                          "\r\n\r\n" + beginning;
        socket->write(head.data(), static_cast<qint64>(head.size()));
        while (socket->bytesToWrite() > 0 && socket->waitForBytesWritten(5'000)) {
        }
        return socket;
    }
    void open(int requestsPerSecond, std::size_t connections) {
        m_admission = std::make_unique<gateway::Admission>(m_tokens, requestsPerSecond, 200);
        m_door = std::make_unique<gateway::UploadDoor>(*m_clients, *m_admission, m_metrics, fileLimit);
        kit::HttpServerOptions options;
        options.listen = "127.0.0.1:0";
        options.workers = 32;
        options.connectionsPerOwner = connections;
        m_http = std::make_unique<kit::HttpServer>(options);
        m_http->stream(
            "/upload", [this](const kit::HttpRequest& r, kit::HttpBody& body) { return m_door->handle(r, body); },
            m_door->limits());
        QVERIFY(m_http->start());
    }
    bool eventually(const std::function<bool()>& done) { return QTest::qWaitFor(done, 10'000); }

    static constexpr std::int64_t fileLimit = 1'000'000;
    std::pair<std::string, std::string> m_keys = kit::newTokenKeys().value();
    kit::TokenVerifier m_tokens{m_keys.second};
    kit::TokenSigner m_signer{m_keys.first, std::chrono::hours{1}};
    const kit::Claims m_alice{kit::newUuid(), "alice", "Alice", "standard", {}};
    const std::string m_token = m_signer.sign(m_alice).value().first;
    const std::string m_post = kit::newUuid();
    kit::Metrics m_metrics;
    FakeMedia m_media{m_tokens};
    std::unique_ptr<kit::RpcListener> m_listener;
    test::EndpointsFile m_endpoints;
    std::unique_ptr<kit::RpcClients> m_clients;
    std::unique_ptr<gateway::Admission> m_admission;
    std::unique_ptr<gateway::UploadDoor> m_door;
    std::unique_ptr<kit::HttpServer> m_http;
    std::mutex m_spanMutex;
    std::vector<kit::trace::SpanData> m_spans;
};

void TestUpload::initTestCase() {
    auto made = kit::RpcListener::open(
        "127.0.0.1:0",
        {std::shared_ptr<grpc::Service>(std::shared_ptr<void>(), static_cast<grpc::Service*>(&m_media))});
    m_listener = std::move(made.value());
    m_endpoints.write({{"media-service", m_listener->port()}});
    m_clients = std::make_unique<kit::RpcClients>(m_endpoints.path);
    QVERIFY(eventually([this] { return m_clients->reachable("media-service"); }));
}

void TestUpload::init() {
    kit::trace::install(nullptr);
    m_media.forget();
    m_media.refuseWith(std::nullopt);
    open(5'000, 500);
}

void TestUpload::passesTheFileThrough_data() {
    QTest::addColumn<QByteArray>("parts");
    QTest::addColumn<bool>("withPost");
    QTest::addColumn<int>("size");
    const auto post = part("name=\"post_id\"", m_post);
    const auto row = [](const char* name, const std::string& parts, bool withPost, int size) {
        QTest::newRow(name) << QByteArray::fromStdString(parts) << withPost << size;
    };
    row("alone", filePart("bytes"), false, 5);
    row("post first", post + filePart("bytes"), true, 5);
    row("post last", filePart("bytes") + post, true, 5);
    row("empty post", part("name=post_id", "") + filePart("bytes"), false, 5);
    row("with others", part("name=a", "b") + filePart("bytes") + part("name=c", "d"), false, 5);
    row("empty", filePart(""), false, 0);
    row("as large as allowed", filePart(std::string(1'000'000, 'x')) + post, true, 1'000'000);
}
void TestUpload::passesTheFileThrough() {
    QFETCH(QByteArray, parts);
    QFETCH(bool, withPost);
    QFETCH(int, size);
    const auto answer = send(form(parts.toStdString()));
    QCOMPARE(answer.status, 200);
    QCOMPARE(answer.body, (QJsonObject{{QStringLiteral("media_id"), QStringLiteral("the media")},
                                       {QStringLiteral("url"), QStringLiteral("http://x/media/1")},
                                       {QStringLiteral("upload_id"), QStringLiteral("the \"upload\"")}}));
    const auto sent = m_media.sent().at(0);
    QVERIFY(sent.ended);
    QCOMPARE(sent.fileName, std::string("cat.png"));
    QCOMPARE(sent.bytes.size(), static_cast<std::size_t>(size));
    QCOMPARE(sent.postId, withPost ? m_post : std::string());
    QCOMPARE(sent.user, m_alice.userId);
}

// The owner has the first bytes before the user has sent the last.
void TestUpload::streamsWhatComes() {
    const auto whole = form(filePart(std::string(300'000, 'x')));
    const auto socket = begin(whole.substr(0, 200'000), whole.size());
    QVERIFY(eventually([this] { return !m_media.sent().empty() && m_media.sent()[0].bytes.size() > 150'000; }));
    QVERIFY(!m_media.sent()[0].ended);
    socket->write(whole.data() + 200'000, static_cast<qint64>(whole.size() - 200'000));
    QVERIFY(socket->waitForReadyRead(10'000));
    QVERIFY(socket->readAll().startsWith("HTTP/1.1 200"));
    QCOMPARE(m_media.sent()[0].bytes, std::string(300'000, 'x'));
}

void TestUpload::answersWithItsTrace() {
    kit::trace::install([this](kit::trace::SpanData&& span) {
        const std::lock_guard lock(m_spanMutex);
        m_spans.push_back(std::move(span));
    });
    m_spans.clear();
    const auto answer = send(form(filePart("bytes")));
    QVERIFY(eventually([this] {
        const std::lock_guard lock(m_spanMutex);
        return m_spans.size() >= 3;
    }));
    kit::trace::install(nullptr);
    const auto root = std::ranges::find(m_spans, std::string("POST /upload"), &kit::trace::SpanData::name);
    QVERIFY(root != m_spans.end());
    QCOMPARE(answer.traceparent, root->context.traceparent());
    QVERIFY((root->parentId == std::array<std::uint8_t, 8>{}));
    const auto has = [&](std::string_view name, const std::string& value) {
        return std::ranges::find(root->text, std::pair{std::string(name), value}) != root->text.end();
    };
    QVERIFY(has(contract::attr::kind, "http"));
    QVERIFY(has(contract::attr::action, "upload"));
    QVERIFY(has(contract::attr::userId, m_alice.userId));
    QVERIFY(has(contract::attr::userHandle, "alice"));
    for (const auto& span : m_spans) QVERIFY(span.context.traceId == root->context.traceId);
}

void TestUpload::continuesTheCallersTrace() {
    const std::string own = "00-11111111111111111111111111111111-2222222222222222-01";
    const auto answer = send(form(filePart("bytes")), {{"traceparent", own}});
    QCOMPARE(answer.traceparent.substr(0, 36), own.substr(0, 36));
    QCOMPARE(m_media.sent().at(0).traceparent.substr(0, 36), own.substr(0, 36));
    const auto refused = send("", {{"traceparent", own}}, "POST", "text/plain");
    QCOMPARE(refused.traceparent, own);
}

void TestUpload::passesTheMode() {
    for (const std::string mode : {"sync", "events", "", "other"}) {
        m_media.forget();
        QCOMPARE(send(form(filePart("bytes")), mode.empty() ? Headers{} : Headers{{"Nova-Mode", mode}}).status, 200);
        QCOMPARE(m_media.sent().at(0).mode, mode == "other" ? std::string() : mode);
    }
}

void TestUpload::refuses_data() {
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<bool>("withToken");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("code");
    const auto row = [](const char* name, const std::string& body, const std::string& type, const char* method,
                        bool withToken, int status, const char* code) {
        QTest::newRow(name) << QByteArray::fromStdString(body) << QByteArray::fromStdString(type) << QByteArray(method)
                            << withToken << status << QString::fromLatin1(code);
    };
    const auto good = form(filePart("bytes"));
    row("GET", "", formType, "GET", true, 405, "BAD_INPUT");
    row("no token", good, formType, "POST", false, 401, "UNAUTHENTICATED");
    row("json", "{}", "application/json", "POST", true, 400, "BAD_INPUT");
    row("no boundary", good, "multipart/form-data", "POST", true, 400, "BAD_INPUT");
    row("other boundary", good, "multipart/form-data; boundary=abc", "POST", true, 400, "BAD_INPUT");
    row("no file", form(part("name=post_id", kit::newUuid())), formType, "POST", true, 400, "BAD_INPUT");
    row("nothing", "", formType, "POST", true, 400, "BAD_INPUT");
    row("two files", form(filePart("a") + filePart("b")), formType, "POST", true, 400, "BAD_INPUT");
    row("no end", filePart("bytes"), formType, "POST", true, 400, "BAD_INPUT");
    row("bad post first", form(part("name=post_id", "1") + filePart("b")), formType, "POST", true, 400, "BAD_INPUT");
    row("bad post last", form(filePart("b") + part("name=post_id", "1")), formType, "POST", true, 400, "BAD_INPUT");
}
void TestUpload::refuses() {
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, method);
    QFETCH(bool, withToken);
    const auto answer = send(body.toStdString(), {}, method.toStdString(), type.toStdString(), withToken);
    QTEST(answer.status, "status");
    QTEST(answer.code(), "code");
    QVERIFY(!answer.traceparent.empty());
    // Where the owner was called already, it was told that this is not the whole file.
    QVERIFY(
        eventually([this] { return std::ranges::all_of(m_media.sent(), [](const Sent& sent) { return sent.over; }); }));
    for (const auto& sent : m_media.sent()) QVERIFY(!sent.ended);
    const auto forged = send(body.toStdString(), {{"Authorization", "Bearer nonsense"}}, "POST", formType, false);
    QCOMPARE(forged.status, 401);
}

void TestUpload::saysWhatTheOwnerSays_data() {
    QTest::addColumn<int>("kind");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("code");
    const auto row = [](const char* name, kit::ErrorKind kind, int status) {
        QTest::newRow(name) << static_cast<int>(kind) << status << QString::fromLatin1(name);
    };
    row("BAD_INPUT", kit::ErrorKind::badInput, 400);
    row("FORBIDDEN", kit::ErrorKind::forbidden, 403);
    row("NOT_FOUND", kit::ErrorKind::notFound, 404);
    row("CONFLICT", kit::ErrorKind::conflict, 409);
    row("UNAVAILABLE", kit::ErrorKind::transient, 503);
    QTest::newRow("INTERNAL") << static_cast<int>(kit::ErrorKind::permanent) << 500 << QStringLiteral("UNAVAILABLE");
}
void TestUpload::saysWhatTheOwnerSays() {
    QFETCH(int, kind);
    m_media.refuseWith(kit::Error{static_cast<kit::ErrorKind>(kind), "a program, which is not taken", {}});
    // Large: the owner has answered while the user still sends.
    for (const std::size_t size : {std::size_t{5}, std::size_t{900'000}}) {
        const auto answer = send(form(filePart(std::string(size, 'x'))));
        QTEST(answer.status, "status");
        QTEST(answer.code(), "code");
        QVERIFY(answer.message().contains(QStringLiteral("a program")));
    }
}

void TestUpload::withoutTheOwnerItIsUnavailable() {
    m_endpoints.write({});
    QVERIFY(eventually([this] { return !m_clients->reachable("media-service"); }));
    const auto answer = send(form(filePart("bytes")));
    m_endpoints.write({{"media-service", m_listener->port()}});
    QCOMPARE(answer.status, 503);
    QCOMPARE(answer.code(), QStringLiteral("UNAVAILABLE"));
    QVERIFY(eventually([this] { return m_clients->reachable("media-service"); }));
}

void TestUpload::filesBeyondTheLimitAreTooLarge() {
    const auto one = send(form(filePart(std::string(1'000'001, 'x'))));
    QCOMPARE(one.status, 413);
    QCOMPARE(one.code(), QStringLiteral("BAD_INPUT"));
    const auto declared = begin("", 100'000'000);
    QVERIFY(declared->waitForReadyRead(10'000));
    QVERIFY(declared->readAll().startsWith("HTTP/1.1 413"));
    for (const auto& sent : m_media.sent()) QVERIFY(!sent.ended);
    // Much around a small file is no better.
    QVERIFY(send(form(part("name=a", std::string(2'000'000, 'x')) + filePart("a"))).status >= 400);
}

void TestUpload::aCutUploadIsNotEnded() {
    {
        const auto socket = begin(filePart("bytes").substr(0, 80), 10'000);
        QVERIFY(eventually([this] { return !m_media.sent().empty(); }));
        socket->abort();
    }
    QVERIFY(eventually([this] { return m_media.sent()[0].over; }));
    QVERIFY(!m_media.sent()[0].ended);
    QCOMPARE(send(form(filePart("bytes"))).status, 200);
}

void TestUpload::onlySoManyAtOnce() {
    std::vector<std::unique_ptr<QTcpSocket>> open;
    for (int i = 0; i < 16; ++i) open.push_back(begin(filePart("bytes").substr(0, 80), 10'000));
    QVERIFY(eventually([this] { return m_media.sent().size() == 16; }));
    const auto answer = send(form(filePart("bytes")));
    QCOMPARE(answer.status, 503);
    QCOMPARE(answer.code(), QStringLiteral("UNAVAILABLE"));
    open.clear();
    QVERIFY(eventually([this] { return send(form(filePart("bytes"))).status == 200; }));
}

void TestUpload::limitsRequestsAndConnections() {
    open(3, 500);
    int refused = 0;
    for (int i = 0; i < 8; ++i) refused += send(form(filePart("b"))).status == 429;
    QVERIFY(refused > 0);
    m_media.forget();
    open(5'000, 2);
    const auto first = begin(filePart("bytes").substr(0, 80), 10'000),
               second = begin(filePart("bytes").substr(0, 80), 10'000);
    QVERIFY(eventually([this] { return m_media.sent().size() >= 2; }));
    const auto answer = send(form(filePart("b")));
    QCOMPARE(answer.status, 429);
    QCOMPARE(answer.code(), QStringLiteral("UNAVAILABLE"));
}

QTEST_GUILESS_MAIN(TestUpload)
#include "tst_upload.moc"
