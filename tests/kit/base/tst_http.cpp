#include <QElapsedTimer>
#include <QTcpSocket>
#include <QtTest>
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

std::unique_ptr<HttpServer> serve(HttpServerOptions options = {}) {
    options.listen = "127.0.0.1:0";
    auto server = std::make_unique<HttpServer>(options);
    server->route("/echo", [](const HttpRequest& r) {
        HttpResponse response;
        response.body = r.method + " " + r.target + " " + std::string(r.header("x-test")) + " " + r.body;
        response.contentType = "text/plain";
        response.headers.emplace_back("X-Remote", r.remote);
        return response;
    });
    server->route(
        "/direct",
        [](const HttpRequest&) {
            return HttpResponse{204, {}, "text/plain", {}};
        },
        true);
    server->route("/throws", [](const HttpRequest&) -> HttpResponse { throw std::runtime_error("inside"); });
    server->route("/traced", [](const HttpRequest&) {
        const trace::Span root("POST /traced", trace::SpanKind::server, "http", trace::Context::fresh(true));
        const trace::Span inner("inner", trace::SpanKind::client, "grpc");
        return HttpResponse{200, root.context().traceparent(), "text/plain", {}};
    });
    return server;
}

std::string urlOf(const HttpServer& server) {
    return "http://127.0.0.1:" + std::to_string(server.port());
}

std::string headerOf(const HttpResponse& response, const std::string& name) {
    for (const auto& [key, value] : response.headers) {
        if (key == name) return value;
    }
    return {};
}

int statusOf(const Result<HttpResponse>& answer) {
    return answer ? answer.value().status : 0;
}

// Sends bytes as they are, returns all that comes until the server closes.
QByteArray raw(const HttpServer& server, const QByteArray& bytes) {
    QTcpSocket socket;
    socket.connectToHost(QStringLiteral("127.0.0.1"), static_cast<quint16>(server.port()));
    if (!socket.waitForConnected(5'000)) return "no connection";
    socket.write(bytes);
    while (socket.waitForReadyRead(5'000)) {
    }
    return socket.readAll();
}

}  // namespace

class Http : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void requestAndAnswer() {
        const auto server = serve();
        QVERIFY(server->start());
        HttpClient client(urlOf(*server));
        const auto answer = client.send("POST", "/echo?a=1", "body", {{"X-Test", "yes"}});
        QVERIFY2(answer.has_value(), answer ? "" : answer.error().what.c_str());
        QCOMPARE(answer.value().status, 200);
        QCOMPARE(answer.value().body, std::string("POST /echo?a=1 yes body"));
        QCOMPARE(answer.value().contentType, std::string("text/plain"));
        QCOMPARE(headerOf(answer.value(), "x-remote"), std::string("127.0.0.1"));
        QCOMPARE(client.send("GET", "/direct").value().status, 204);
    }

    void errorsAreJson() {
        const auto server = serve();
        QVERIFY(server->start());
        HttpClient client(urlOf(*server));
        const auto missing = client.send("GET", "/nothing");
        QCOMPARE(missing.value().status, 404);
        QCOMPARE(missing.value().contentType, std::string("application/json"));
        QVERIFY(missing.value().body.find("\"NOT_FOUND\"") != std::string::npos);
        QCOMPARE(client.send("GET", "/throws").value().status, 500);
        QCOMPARE(client.send("GET", "/direct").value().status, 204);
    }

    void keepsConnections() {
        const auto server = serve();
        QVERIFY(server->start());
        QTcpSocket socket;
        socket.connectToHost(QStringLiteral("127.0.0.1"), static_cast<quint16>(server->port()));
        QVERIFY(socket.waitForConnected());
        for (int i = 0; i < 3; ++i) {
            socket.write("GET /direct HTTP/1.1\r\nHost: x\r\n\r\n");
            QVERIFY(socket.waitForReadyRead());
            QVERIFY(socket.readAll().startsWith("HTTP/1.1 204"));
        }
        socket.write("GET /echo HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        QVERIFY(socket.waitForReadyRead());
        QTRY_COMPARE(socket.state(), QAbstractSocket::UnconnectedState);
    }

    void carriesTheOutermostSpan() {
        const auto server = serve();
        QVERIFY(server->start());
        HttpClient client(urlOf(*server));
        const auto answer = client.send("POST", "/traced");
        QVERIFY(!answer.value().body.empty());
        QCOMPARE(headerOf(answer.value(), "traceparent"), answer.value().body);
        QCOMPARE(headerOf(client.send("GET", "/echo").value(), "traceparent"), std::string());
    }

    void bodyLimit() {
        HttpServerOptions options;
        options.bodyLimit = 1'000;
        const auto server = serve(options);
        QVERIFY(server->start());
        HttpClient client(urlOf(*server));
        QCOMPARE(client.send("POST", "/echo", std::string(1'000, 'x')).value().status, 200);
        const QByteArray tooLong =
            raw(*server, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n" + QByteArray(1'001, 'x'));
        QVERIFY2(tooLong.startsWith("HTTP/1.1 413"), tooLong.constData());
        QVERIFY(tooLong.contains("BAD_INPUT"));
        const QByteArray huge = raw(
            *server, "POST /echo HTTP/1.1\r\nHost: x\r\nContent-Length: 3000000\r\n\r\n" + QByteArray(3'000'000, 'x'));
        QVERIFY2(huge.startsWith("HTTP/1.1 413"), huge.left(200).constData());
    }

    void headerLimit() {
        const auto server = serve();
        QVERIFY(server->start());
        const QByteArray answer = raw(*server, "GET /echo HTTP/1.1\r\nX: " + QByteArray(20'000, 'x') + "\r\n\r\n");
        QVERIFY2(answer.startsWith("HTTP/1.1 431"), answer.constData());
    }

    void garbage_data() {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("words") << QByteArray("hello there\r\n\r\n");
        QTest::newRow("tls") << QByteArray("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n");
        QTest::newRow("zeros") << QByteArray(64, '\0');
        QTest::newRow("version") << QByteArray("GET / HTTP/9.9\r\n\r\n");
        QTest::newRow("length") << QByteArray("POST /echo HTTP/1.1\r\nContent-Length: -1\r\n\r\n");
        QTest::newRow("field") << QByteArray("GET /echo HTTP/1.1\r\nbad field\r\n\r\n");
        QTest::newRow("chunk") << QByteArray("POST /echo HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
    }
    void garbage() {
        QFETCH(QByteArray, bytes);
        const auto server = serve();
        QVERIFY(server->start());
        const QByteArray answer = raw(*server, bytes);
        QVERIFY2(answer.startsWith("HTTP/1.1 400"), answer.constData());
        HttpClient client(urlOf(*server));
        QCOMPARE(client.send("GET", "/direct").value().status, 204);
    }

    void vanishingClientsDoNoHarm() {
        const auto server = serve();
        QVERIFY(server->start());
        for (int i = 0; i < 20; ++i) {
            QTcpSocket socket;
            socket.connectToHost(QStringLiteral("127.0.0.1"), static_cast<quint16>(server->port()));
            QVERIFY(socket.waitForConnected());
            socket.write("POST /echo HTTP/1.1\r\nContent-Length: 50\r\n\r\nhalf");
            socket.flush();
            socket.abort();
        }
        HttpClient client(urlOf(*server));
        QCOMPARE(client.send("GET", "/echo").value().status, 200);
    }

    void queueLimit() {
        HttpServerOptions options;
        options.workers = 1;
        options.queueLimit = 1;
        const auto server = serve(options);
        std::counting_semaphore<> entered{0};
        std::counting_semaphore<> leave{0};
        server->route("/slow", [&](const HttpRequest&) {
            entered.release();
            leave.acquire();
            return HttpResponse{};
        });
        QVERIFY(server->start());
        const auto ask = [&](int& status) {
            return std::thread([&] { status = statusOf(HttpClient(urlOf(*server)).send("GET", "/slow")); });
        };
        int inHand = 0;
        int waiting = 0;
        std::thread first = ask(inHand);
        entered.acquire();
        std::thread second = ask(waiting);
        // Until the second one waits in the queue, a third takes its place there and gets no answer in time.
        QVERIFY(eventually([&] {
            return statusOf(HttpClient(urlOf(*server), std::chrono::milliseconds{100}).send("GET", "/echo")) == 503;
        }));
        QCOMPARE(statusOf(HttpClient(urlOf(*server)).send("GET", "/direct")), 204);  // health answers all the same
        leave.release(2);
        first.join();
        second.join();
        QCOMPARE(inHand, 200);
        QVERIFY(waiting == 200 || waiting == 503);
    }

    void lateRequestsAreRefused() {
        HttpServerOptions options;
        options.workers = 1;
        options.queueTime = std::chrono::seconds{0};
        const auto server = serve(options);
        QVERIFY(server->start());
        const auto answer = HttpClient(urlOf(*server)).send("GET", "/echo");
        QCOMPARE(answer.value().status, 503);
        QVERIFY(answer.value().body.find("waited too long") != std::string::npos);
    }

    void connectionLimit() {
        HttpServerOptions options;
        options.connectionLimit = 1;
        const auto server = serve(options);
        QVERIFY(server->start());
        {
            HttpClient kept(urlOf(*server));
            QCOMPARE(kept.send("GET", "/direct").value().status, 204);
            QCOMPARE(HttpClient(urlOf(*server)).send("GET", "/direct").value().status, 503);
        }
        QVERIFY(eventually([&] { return statusOf(HttpClient(urlOf(*server)).send("GET", "/direct")) == 204; }));
    }

    void stopFinishesWhatIsInHand() {
        const auto server = serve();
        std::binary_semaphore entered{0};
        std::binary_semaphore leave{0};
        server->route("/slow", [&](const HttpRequest&) {
            entered.release();
            leave.acquire();
            return HttpResponse{201, {}, "text/plain", {}};
        });
        QVERIFY(server->start());
        HttpClient idle(urlOf(*server));
        QCOMPARE(idle.send("GET", "/direct").value().status, 204);
        int status = 0;
        std::thread caller([&] { status = statusOf(HttpClient(urlOf(*server)).send("GET", "/slow")); });
        entered.acquire();
        std::thread stopper([&] { server->stop(); });
        // New callers are turned away while the one in hand is still being answered.
        QVERIFY(eventually([&] { return statusOf(HttpClient(urlOf(*server)).send("GET", "/direct")) != 204; }));
        leave.release();
        caller.join();
        stopper.join();
        QCOMPARE(status, 201);
        server->stop();
    }

    void clientReconnectsOnce() {
        auto server = serve();
        QVERIFY(server->start());
        const int port = server->port();
        HttpClient client(urlOf(*server));
        QCOMPARE(client.send("GET", "/direct").value().status, 204);
        server.reset();
        const auto gone = client.send("GET", "/direct");
        QVERIFY(!gone);
        QVERIFY(gone.error().retryable());
        HttpServerOptions options;
        options.listen = "127.0.0.1:" + std::to_string(port);
        HttpServer again(options);
        again.route(
            "/direct", [](const HttpRequest&) { return HttpResponse{}; }, true);
        QVERIFY(again.start());
        QCOMPARE(client.send("GET", "/direct").value().status, 200);
    }

    void clientGivesUpInTime() {
        const auto server = serve();
        std::binary_semaphore leave{0};
        server->route("/slow", [&](const HttpRequest&) {
            leave.acquire();
            return HttpResponse{};
        });
        QVERIFY(server->start());
        HttpClient client(urlOf(*server), std::chrono::milliseconds{100});
        QElapsedTimer timer;
        timer.start();
        const auto answer = client.send("GET", "/slow");
        QVERIFY(!answer);
        QVERIFY(answer.error().what.find("100 ms") != std::string::npos);
        QVERIFY(timer.elapsed() >= 90);
        leave.release();
        QVERIFY(!HttpClient("https://127.0.0.1").send("GET", "/"));
    }

    void takenPortIsNamed() {
        const auto server = serve();
        QVERIFY(server->start());
        HttpServerOptions options;
        options.listen = "127.0.0.1:" + std::to_string(server->port());
        HttpServer second(options);
        const auto started = second.start();
        QVERIFY(!started);
        QVERIFY(started.error().what.find(options.listen) != std::string::npos);
    }

    void manyCallers() {
        HttpServerOptions options;
        options.workers = 8;
        options.ioThreads = 2;
        const auto server = serve(options);
        QVERIFY(server->start());
        std::atomic<int> good{0};
        std::vector<std::thread> callers;
        for (int i = 0; i < 16; ++i) {
            callers.emplace_back([&, i] {
                HttpClient client(urlOf(*server));
                for (int j = 0; j < 100; ++j) {
                    const std::string body = std::to_string(i * 1'000 + j);
                    const auto answer = client.send("POST", "/echo", body);
                    if (answer && answer.value().body == "POST /echo  " + body) ++good;
                }
            });
        }
        for (auto& caller : callers) caller.join();
        QCOMPARE(good.load(), 1'600);
    }
};

QTEST_GUILESS_MAIN(Http)
#include "tst_http.moc"
