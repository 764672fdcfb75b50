#include <QtTest>
#include <atomic>
#include <condition_variable>
#include <mutex>

#include "kit/http/websocket.h"
#include "tests/kit/base/eventually.h"
#include "tests/kit/base/websocket_client.h"

using namespace nova;
using namespace std::chrono_literals;
using test::WebSocketClient;

namespace {

// Owns each connection for the user whom the first frame names, and sends back what comes.
struct Echo {
    kit::WebSocketOptions options;
    std::atomic<int> opened{0}, closed{0};
    std::mutex mutex;
    std::vector<kit::WebSocketPtr> sockets;  // guarded by mutex
    std::string bearer;                      // guarded by mutex
    std::unique_ptr<kit::WebSocketServer> server;

    Echo() { options.listen = "127.0.0.1:0"; }
    int start() {
        server = std::make_unique<kit::WebSocketServer>(
            options, kit::WebSocketHandlers{.opened =
                                                [this](const auto& socket, const auto& request) {
                                                    const std::lock_guard lock(mutex);
                                                    bearer = request.header("authorization");
                                                    sockets.push_back(socket);
                                                    ++opened;
                                                },
                                            .received =
                                                [this](const auto& socket, const std::string& text) {
                                                    if (text.starts_with("own "))
                                                        socket->own(text.substr(4), kit::wallNow() + 1h);
                                                    if (text.starts_with("until now"))
                                                        socket->own("late", kit::wallNow() + 20ms);
                                                    socket->send(text);
                                                },
                                            .closed =
                                                [this](const auto& socket) {
                                                    const std::lock_guard lock(mutex);
                                                    std::erase(sockets, socket);
                                                    ++closed;
                                                }});
        const auto started = server->start();
        if (!started) qFatal("%s", started.error().what.c_str());
        return server->port();
    }
    kit::WebSocketPtr only() {
        const std::lock_guard lock(mutex);
        return sockets.size() == 1 ? sockets.front() : nullptr;
    }
};

// A connection that is owned by `user`.
WebSocketClient owned(int port, const std::string& user = "alice") {
    WebSocketClient client;
    if (client.connect(port) != 101 || !client.send("own " + user) || client.read() != "own " + user)
        qFatal("no connection for %s", user.c_str());
    return client;
}

}  // namespace

class TestWebSocket : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void textGoesBothWays();
    void wrongRequestsAreRefused();
    void originsAreChecked_data();
    void originsAreChecked();
    void nobodyStaysWithoutOwner();
    void ownersTimeEnds();
    void tooFastIsClosed();
    void pingsCountToo();
    void tooLargeIsClosed();
    void binaryIsClosed();
    void slowReaderIsClosed();
    void queuedFramesKeepTheirOrder();
    void closeComesAfterWhatIsQueued();
    void connectionsAreLimited();
    void ownersAreLimited();
    void silentPeerIsDropped();
    void stopSaysGoodbye();
    void stopWaitsForNoHalfOpenConnection();
    void portIsTakenOnlyOnce();
};

void TestWebSocket::textGoesBothWays() {
    Echo echo;
    const int port = echo.start();
    WebSocketClient client;
    QCOMPARE(client.connect(port, {{"Authorization", "Bearer abc"}}, "/ws?x=1"), 101);
    QVERIFY(client.send("own alice"));
    QCOMPARE(client.read(), std::optional<std::string>("own alice"));
    QCOMPARE(echo.bearer, std::string("Bearer abc"));
    const std::string large(60'000, 'x');
    QVERIFY(client.send(large));
    QCOMPARE(client.read(), std::optional<std::string>(large));
    client.drop();
    QVERIFY(test::eventually([&] { return echo.closed == 1; }));
    QCOMPARE(echo.opened.load(), 1);
}

void TestWebSocket::wrongRequestsAreRefused() {
    Echo echo;
    const int port = echo.start();
    QCOMPARE(WebSocketClient().connect(port, {}, "/other"), 404);
    QCOMPARE(WebSocketClient().connect(port, {{"Upgrade", "h2c"}}), 426);
    QCOMPARE(echo.opened.load(), 0);
}

void TestWebSocket::originsAreChecked_data() {
    QTest::addColumn<QByteArray>("origin");
    QTest::addColumn<int>("status");
    QTest::newRow("listed") << QByteArray("https://nova.example") << 101;
    QTest::newRow("loopback name") << QByteArray("http://localhost:3000") << 101;
    QTest::newRow("loopback 4") << QByteArray("http://127.0.0.1:8080") << 101;
    QTest::newRow("loopback 6") << QByteArray("http://[::1]:1") << 101;
    QTest::newRow("null") << QByteArray("null") << 403;
    QTest::newRow("foreign") << QByteArray("https://evil.example") << 403;
    QTest::newRow("listed as a part") << QByteArray("https://nova.example.evil.example") << 403;
    QTest::newRow("loopback as a part") << QByteArray("https://localhost.evil.example") << 403;
    QTest::newRow("loopback as a user") << QByteArray("https://localhost:1@evil.example") << 403;
}

void TestWebSocket::originsAreChecked() {
    QFETCH(QByteArray, origin);
    QFETCH(int, status);
    Echo echo;
    echo.options.origins = {"https://nova.example"};
    const int port = echo.start();
    QCOMPARE(WebSocketClient().connect(port, {{"Origin", origin.toStdString()}}), status);
}

void TestWebSocket::nobodyStaysWithoutOwner() {
    Echo echo;
    echo.options.handshake = 100ms;
    const int port = echo.start();
    WebSocketClient client;
    QCOMPARE(client.connect(port), 101);
    QCOMPARE(client.closeCode(), 1008);
}

void TestWebSocket::ownersTimeEnds() {
    Echo echo;
    const int port = echo.start();
    auto client = owned(port);
    QVERIFY(client.send("until now"));
    QCOMPARE(client.closeCode(), 1008);
    QVERIFY(test::eventually([&] { return echo.closed == 1; }));
}

void TestWebSocket::tooFastIsClosed() {
    Echo echo;
    const int port = echo.start();
    auto client = owned(port);
    for (int i = 0; i < 60; ++i) client.send("x");
    QCOMPARE(client.closeCode(), 1008);
}

void TestWebSocket::pingsCountToo() {
    Echo echo;
    const int port = echo.start();
    auto client = owned(port);
    for (int i = 0; i < 60; ++i) client.ping();
    QCOMPARE(client.closeCode(), 1008);
}

void TestWebSocket::tooLargeIsClosed() {
    Echo echo;
    const int port = echo.start();
    auto client = owned(port);
    client.send(std::string(65'537, 'x'));
    QCOMPARE(client.closeCode(), 1009);
}

void TestWebSocket::binaryIsClosed() {
    Echo echo;
    const int port = echo.start();
    auto client = owned(port);
    QVERIFY(client.send("bytes", true));
    QCOMPARE(client.closeCode(), 1003);
}

void TestWebSocket::slowReaderIsClosed() {
    Echo echo;
    echo.options.queueFrames = 50;
    const int port = echo.start();
    auto client = owned(port);
    const auto socket = echo.only();
    QVERIFY(socket);
    int taken = 0;
    const std::string frame(60'000, 'x');  // until the kernel's buffers are full, the queue does not grow
    while (socket->send(frame) && taken < 10'000) ++taken;
    QVERIFY(taken < 10'000);
    QVERIFY(socket->queuedFrames() <= 50);
    QVERIFY(!socket->send(frame));
    QCOMPARE(client.closeCode(), 1013);
    QVERIFY(test::eventually([&] { return echo.closed == 1; }));
}

void TestWebSocket::queuedFramesKeepTheirOrder() {
    Echo echo;
    const int port = echo.start();
    auto client = owned(port);
    const auto socket = echo.only();
    for (int i = 0; i < 900; ++i) QVERIFY(socket->send(std::to_string(i)));
    for (int i = 0; i < 900; ++i) QCOMPARE(client.read(), std::optional(std::to_string(i)));
}

void TestWebSocket::closeComesAfterWhatIsQueued() {
    Echo echo;
    const int port = echo.start();
    auto client = owned(port);
    const auto socket = echo.only();
    QVERIFY(socket->send("last"));
    socket->close(kit::WebSocket::Close::policy, std::string(200, 'r'));  // longer than a close frame holds
    QVERIFY(!socket->send("later"));
    QCOMPARE(client.read(), std::optional<std::string>("last"));
    QCOMPARE(client.closeCode(), 1008);
}

void TestWebSocket::connectionsAreLimited() {
    Echo echo;
    echo.options.connections = 2;
    const int port = echo.start();
    auto one = owned(port, "alice");
    auto two = owned(port, "bob");
    QCOMPARE(WebSocketClient().connect(port), 503);
    one.drop();
    QVERIFY(test::eventually([&] { return echo.closed == 1; }));
    QCOMPARE(WebSocketClient().connect(port), 101);
}

void TestWebSocket::ownersAreLimited() {
    Echo echo;
    echo.options.connectionsPerOwner = 2;
    const int port = echo.start();
    auto one = owned(port), two = owned(port);
    WebSocketClient three;
    QCOMPARE(three.connect(port), 101);
    QVERIFY(three.send("own alice"));
    QCOMPARE(three.closeCode(), 1013);
    auto other = owned(port, "bob");
    one.drop();
    QVERIFY(test::eventually([&] { return echo.closed == 2; }));
    auto again = owned(port);
    // The two that nobody owns yet are their address's.
    WebSocketClient unowned[2];
    for (auto& client : unowned) QCOMPARE(client.connect(port), 101);
    QCOMPARE(WebSocketClient().connect(port), 503);
}

void TestWebSocket::silentPeerIsDropped() {
    Echo echo;
    echo.options.keepAlive = 200ms;
    const int port = echo.start();
    auto silent = owned(port);  // reads nothing from now on, so it answers no ping
    auto alive = owned(port, "bob");
    QVERIFY(test::eventually([&] {
        static_cast<void>(alive.read(10ms));
        return echo.closed == 1;
    }));
    QVERIFY(alive.send("here"));
    QCOMPARE(alive.read(), std::optional<std::string>("here"));
}

void TestWebSocket::stopSaysGoodbye() {
    Echo echo;
    const int port = echo.start();
    auto client = owned(port);
    WebSocketClient unowned;
    QCOMPARE(unowned.connect(port), 101);
    std::thread stopping([&] { echo.server->stop(); });
    QCOMPARE(client.closeCode(), 1001);
    QCOMPARE(unowned.closeCode(), 1001);
    stopping.join();
    QCOMPARE(echo.closed.load(), 2);
    QCOMPARE(WebSocketClient().connect(port), 0);
}

void TestWebSocket::stopWaitsForNoHalfOpenConnection() {
    Echo echo;
    echo.options.closing = 100ms;
    const int port = echo.start();
    auto deaf = owned(port);  // never answers the close
    QElapsedTimer timer;
    timer.start();
    echo.server->stop();
    QVERIFY(timer.elapsed() < 5'000);
    QCOMPARE(echo.closed.load(), 1);
}

void TestWebSocket::portIsTakenOnlyOnce() {
    Echo echo;
    const int port = echo.start();
    kit::WebSocketOptions options;
    options.listen = "127.0.0.1:" + std::to_string(port);
    kit::WebSocketServer second(options, {});
    const auto started = second.start();
    QVERIFY(!started);
    QVERIFY(started.error().what.find(options.listen) != std::string::npos);
}

QTEST_GUILESS_MAIN(TestWebSocket)
#include "tst_websocket.moc"
