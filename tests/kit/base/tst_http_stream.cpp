#include <QTcpSocket>
#include <QtTest>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <semaphore>
#include <thread>

#include "kit/http/client.h"
#include "kit/http/server.h"
#include "kit/trace/span.h"
#include "tests/kit/base/eventually.h"

using namespace nova::kit;
using nova::test::eventually;

namespace {

std::unique_ptr<HttpServer> server(HttpServerOptions options = {}) {
    options.listen = "127.0.0.1:0";
    return std::make_unique<HttpServer>(options);
}

std::string urlOf(const HttpServer& http) {
    return "http://127.0.0.1:" + std::to_string(http.port());
}

std::string headerOf(const HttpResponse& response, const std::string& name) {
    for (const auto& [key, value] : response.headers) {
        if (key == name) return value;
    }
    return {};
}

// A connection that sends what it likes when it likes.
struct Wire {
    QTcpSocket socket;
    explicit Wire(const HttpServer& http) {
        socket.connectToHost(QStringLiteral("127.0.0.1"), static_cast<quint16>(http.port()));
        if (!socket.waitForConnected(5'000)) qFatal("no connection");
    }
    void send(const QByteArray& bytes) {
        socket.write(bytes);
        while (socket.bytesToWrite() > 0 && socket.waitForBytesWritten(5'000)) {
        }
    }
    QByteArray until(const QByteArray& end) {
        QByteArray all;
        while (!all.contains(end) && socket.waitForReadyRead(5'000)) all += socket.readAll();
        return all;
    }
    QByteArray toTheEnd() {
        QByteArray all;
        while (socket.waitForReadyRead(5'000)) all += socket.readAll();
        return all + socket.readAll();
    }
};

// Reads all of the body, answers its size and how many pieces it came in.
HttpResponse sum(const HttpRequest&, HttpBody& body) {
    std::size_t bytes = 0, largest = 0;
    for (;;) {
        auto piece = body.read();
        if (!piece) return {400, piece.error().what, "text/plain", {}};
        if (piece.value().empty()) break;
        bytes += piece.value().size();
        largest = std::max(largest, piece.value().size());
    }
    return {200, std::to_string(bytes) + (largest > 64 * 1024 ? " too large" : ""), "text/plain", {}};
}

constexpr std::int64_t megabyte = 1024 * 1024;

}  // namespace

class HttpStream : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void readsALargeBodyInPieces() {
        const auto http = server();
        http->stream("/sum", sum, {.body = 64 * megabyte});
        QVERIFY(http->start());
        HttpClient client(urlOf(*http), std::chrono::minutes{1});
        for (const std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{65'536}, std::size_t{20'000'000}})
            QCOMPARE(client.send("POST", "/sum", std::string(size, 'x')).value().body, std::to_string(size));
    }

    void readsChunks() {
        const auto http = server();
        http->stream("/sum", sum, {.body = 100});
        QVERIFY(http->start());
        Wire wire(*http);
        wire.send("POST /sum HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        wire.send("5\r\ndefgh\r\n0\r\n\r\n");
        QVERIFY(wire.until("8").contains("HTTP/1.1 200"));
        wire.send("POST /sum HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nab");  // the connection is kept
        QVERIFY(wire.until("\r\n\r\n2").contains("HTTP/1.1 200"));
    }

    // What the handler has not read stays with the client: the server's memory holds one piece.
    void theClientWaitsForTheHandler() {
        const auto http = server();
        std::binary_semaphore go{0};
        http->stream("/slow",
                     [&](const HttpRequest& request, HttpBody& body) {
                         go.acquire();
                         return sum(request, body);
                     },
                     {.body = 64 * megabyte});
        QVERIFY(http->start());
        QTcpSocket socket;
        socket.connectToHost(QStringLiteral("127.0.0.1"), static_cast<quint16>(http->port()));
        QVERIFY(socket.waitForConnected());
        const QByteArray body(40'000'000, 'x');
        socket.write("POST /slow HTTP/1.1\r\nHost: x\r\nContent-Length: 40000000\r\n\r\n" + body);
        while (socket.waitForBytesWritten(300)) {  // until the kernel's buffers are full
        }
        QVERIFY2(socket.bytesToWrite() > 20'000'000, "the server took the body before anybody read it");
        go.release();
        QVERIFY(socket.waitForReadyRead(20'000));
        QByteArray answer = socket.readAll();
        while (!answer.contains("40000000") && socket.waitForReadyRead(5'000)) answer += socket.readAll();
        QVERIFY2(answer.startsWith("HTTP/1.1 200"), answer.constData());
    }

    void refusesMoreThanTheLimit() {
        const auto http = server();
        std::atomic<int> called{0};
        http->stream("/sum",
                     [&](const HttpRequest& request, HttpBody& body) {
                         ++called;
                         return sum(request, body);
                     },
                     {.body = 1'000});
        QVERIFY(http->start());
        QCOMPARE(HttpClient(urlOf(*http)).send("POST", "/sum", std::string(1'000, 'x')).value().status, 200);
        Wire declared(*http);
        declared.send("POST /sum HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n");
        QVERIFY(declared.toTheEnd().startsWith("HTTP/1.1 413"));
        QCOMPARE(called.load(), 1);
        Wire chunked(*http);
        chunked.send("POST /sum HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3e8\r\n" +
                     QByteArray(1'000, 'x') + "\r\n1\r\nx\r\n0\r\n\r\n");
        const auto answer = chunked.toTheEnd();
        QVERIFY2(answer.startsWith("HTTP/1.1 400") && answer.contains("larger than 1000"), answer.constData());
    }

    void answersBeforeTheBodyHasCome() {
        const auto http = server();
        http->stream("/no",
                     [](const HttpRequest&, HttpBody&) {
                         return HttpResponse{401, "no", "text/plain", {}};
                     },
                     {.body = 64 * megabyte});
        QVERIFY(http->start());
        Wire wire(*http);
        wire.send("POST /no HTTP/1.1\r\nHost: x\r\nContent-Length: 30000000\r\n\r\n" + QByteArray(100'000, 'x'));
        const auto answer = wire.toTheEnd();
        QVERIFY2(answer.startsWith("HTTP/1.1 401") && answer.contains("Connection: close"), answer.constData());
    }

    void asksForABodyThatWaits() {
        const auto http = server();
        http->stream("/sum", sum, {.body = 100});
        http->route("/plain", [](const HttpRequest& r) { return HttpResponse{200, r.body, "text/plain", {}}; });
        http->stream("/no",
                     [](const HttpRequest&, HttpBody&) {
                         return HttpResponse{401, "no", "text/plain", {}};
                     },
                     {.body = 100});
        QVERIFY(http->start());
        for (const QByteArray path : {"/sum", "/plain"}) {
            Wire wire(*http);
            wire.send("POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
            QVERIFY(wire.until("\r\n\r\n").startsWith("HTTP/1.1 100 Continue"));
            wire.send("abc");
            QVERIFY(wire.until(path == "/sum" ? "\r\n\r\n3" : "abc").contains("HTTP/1.1 200"));
        }
        Wire refused(*http);
        refused.send("POST /no HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
        QVERIFY(refused.toTheEnd().startsWith("HTTP/1.1 401"));
    }

    void aBodyThatIsCutIsAnError() {
        const auto http = server();
        std::mutex mutex;
        std::vector<Error> errors;
        http->stream("/keep",
                     [&](const HttpRequest&, HttpBody& body) {
                         auto piece = body.read();
                         while (piece && !piece.value().empty()) piece = body.read();
                         const auto again = body.read();
                         const std::lock_guard lock(mutex);
                         if (!piece && !again) errors = {piece.error(), again.error()};
                         return HttpResponse{};
                     },
                     {.body = 100});
        QVERIFY(http->start());
        {
            Wire wire(*http);
            wire.send("POST /keep HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nhalf");
            wire.socket.abort();
        }
        QVERIFY(eventually([&] {
            const std::lock_guard lock(mutex);
            return errors.size() == 2;
        }));
        QVERIFY(errors[0].retryable());
        QCOMPARE(errors[1].what, errors[0].what);
        errors.clear();
        Wire garbage(*http);
        garbage.send("POST /keep HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
        garbage.toTheEnd();
        QCOMPARE(errors.size(), std::size_t{2});
        QVERIFY(!errors[0].retryable());
    }

    void slowBodiesEnd() {
        const auto http = server();
        http->stream("/sum", sum, {.body = 100, .time = std::chrono::seconds{1}});
        QVERIFY(http->start());
        Wire wire(*http);
        wire.send("POST /sum HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\nhalf");
        const auto answer = wire.toTheEnd();
        QVERIFY2(answer.isEmpty() || answer.contains("too slowly"), answer.constData());
    }

    void stopCutsWhatDoesNotCome() {
        auto http = server();
        std::binary_semaphore entered{0};
        std::atomic<bool> cut{false};
        http->stream("/wait",
                     [&](const HttpRequest&, HttpBody& body) {
                         entered.release();
                         cut = !body.read();
                         return HttpResponse{};
                     },
                     {.body = 100});
        QVERIFY(http->start());
        Wire wire(*http);
        wire.send("POST /wait HTTP/1.1\r\nHost: x\r\nContent-Length: 50\r\n\r\n");
        entered.acquire();
        QElapsedTimer timer;
        timer.start();
        http.reset();
        QVERIFY(cut);
        QVERIFY2(timer.elapsed() < 10'000, "stop waited for the body");
    }

    void sendsContentInPieces() {
        const auto http = server();
        http->route("/big", [](const HttpRequest&) {
            auto content = std::make_shared<HttpContent>();
            content->size = 5'000'000;
            content->next = [left = 5'000'000]() mutable -> Result<std::string> {
                const auto size = std::min(left, 300'000);
                left -= size;
                return std::string(static_cast<std::size_t>(size), '#');
            };
            HttpResponse response;
            response.content = content;
            return response;
        });
        QVERIFY(http->start());
        HttpClient client(urlOf(*http));
        for (int i = 0; i < 2; ++i) QCOMPARE(client.send("GET", "/big").value().body, std::string(5'000'000, '#'));
        const auto head = client.send("HEAD", "/big");
        QCOMPARE(headerOf(head.value(), "content-length"), std::string("5000000"));
        QVERIFY(head.value().body.empty());
        QCOMPARE(client.send("GET", "/big").value().body.size(), std::size_t{5'000'000});
    }

    void brokenContentCutsTheConnection_data() {
        QTest::addColumn<int>("pieces");
        QTest::newRow("an error") << -1;
        QTest::newRow("nothing more") << 0;
        QTest::newRow("too much") << 2;
    }
    void brokenContentCutsTheConnection() {
        QFETCH(int, pieces);
        const auto http = server();
        http->route("/broken", [pieces](const HttpRequest&) {
            auto content = std::make_shared<HttpContent>();
            content->size = 1'500;
            content->next = [pieces, first = true]() mutable -> Result<std::string> {
                if (std::exchange(first, false)) return std::string(1'000, '#');
                if (pieces < 0) return transient("the store went away");
                return std::string(static_cast<std::size_t>(pieces) * 1'000, '#');
            };
            HttpResponse response;
            response.content = content;
            return response;
        });
        QVERIFY(http->start());
        Wire wire(*http);
        wire.send("GET /broken HTTP/1.1\r\nHost: x\r\n\r\n");
        const auto answer = wire.toTheEnd();
        QVERIFY(answer.contains("Content-Length: 1500"));
        QCOMPARE(answer.count('#'), 1'000);
        QTRY_COMPARE(wire.socket.state(), QAbstractSocket::UnconnectedState);
    }

    void foldersTakeWhatIsBelow() {
        const auto http = server();
        http->route("/media/", [](const HttpRequest& r) { return HttpResponse{200, r.target, "text/plain", {}}; });
        http->route("/media/own", [](const HttpRequest&) { return HttpResponse{200, "own", "text/plain", {}}; });
        QVERIFY(http->start());
        HttpClient client(urlOf(*http));
        QCOMPARE(client.send("GET", "/media/a?x=1").value().body, std::string("/media/a?x=1"));
        QCOMPARE(client.send("GET", "/media/a/b").value().body, std::string("/media/a/b"));
        QCOMPARE(client.send("GET", "/media/").value().status, 200);
        QCOMPARE(client.send("GET", "/media/own").value().body, std::string("own"));
        QCOMPARE(client.send("GET", "/media").value().status, 404);
        QCOMPARE(client.send("GET", "/").value().status, 404);
    }

    void refusalsNameATrace() {
        HttpServerOptions options;
        options.bodyLimit = 10;
        options.workers = 1;
        options.queueTime = std::chrono::seconds{0};
        const auto http = server(options);
        http->route("/late", [](const HttpRequest&) { return HttpResponse{}; });
        http->route(
            "/throws", [](const HttpRequest&) -> HttpResponse { throw std::runtime_error("inside"); }, true);
        QVERIFY(http->start());
        HttpClient client(urlOf(*http));
        const std::string own = "00-11111111111111111111111111111111-2222222222222222-01";
        for (const auto* path : {"/nothing", "/throws", "/late"}) {
            const auto answer = client.send("GET", path, {}, {{"traceparent", own}});
            QCOMPARE(headerOf(answer.value(), "traceparent"), own);
            const auto fresh = headerOf(client.send("GET", path).value(), "traceparent");
            QVERIFY2(trace::Context::parse(fresh), path);
            QVERIFY(answer.value().body.find("INTERNAL") == std::string::npos);
        }
        const auto large = client.send("POST", "/late", "eleven byte", {{"traceparent", own}});
        QCOMPARE(large.value().status, 413);
        QCOMPARE(headerOf(large.value(), "traceparent"), own);
    }

    void connectionsCountForTheirOwner() {
        HttpServerOptions options;
        options.connectionsPerOwner = 2;
        options.workers = 4;
        const auto http = server(options);
        http->route("/own", [](const HttpRequest& r) {
            const std::string owner(r.header("x-owner"));
            if (owner.empty() || r.connection->own(owner)) return HttpResponse{200, {}, "text/plain", {}};
            HttpResponse refused{429, {}, "text/plain", {}};
            refused.close = true;
            return refused;
        });
        QVERIFY(http->start());
        const auto ask = [](HttpClient& client, const std::string& owner) {
            const auto answer = client.send("GET", "/own", {}, {{"X-Owner", owner}});
            return answer ? answer.value().status : 0;
        };
        std::vector<HttpClient> clients;
        for (int i = 0; i < 6; ++i) clients.emplace_back(urlOf(*http));
        // Two of the address; a third is refused, until one of them has an owner.
        QCOMPARE(ask(clients[0], ""), 200);
        QCOMPARE(ask(clients[1], ""), 200);
        QCOMPARE(ask(clients[2], ""), 503);
        QCOMPARE(ask(clients[0], "alice"), 200);
        QCOMPARE(ask(clients[0], "alice"), 200);
        QCOMPARE(ask(clients[1], "alice"), 200);
        // A third of alice's is refused and closed; bob's is not.
        QCOMPARE(ask(clients[3], "alice"), 429);
        QVERIFY(eventually([&] { return ask(clients[4], "bob") == 200; }));
        // A closed one makes room.
        clients.erase(clients.begin());
        QVERIFY(eventually([&] { return ask(clients[4], "alice") == 200; }));
    }
};

QTEST_GUILESS_MAIN(HttpStream)
#include "tst_http_stream.moc"
