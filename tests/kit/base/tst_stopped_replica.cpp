// A process that was stopped (SIGSTOP) keeps its connections, and the kernel takes new ones for it: only that it
// answers no ping tells of it.
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>
#include <algorithm>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "kit/rpc/client.h"
#include "nova/rpc/v1/identity.grpc.pb.h"
#include "tests/kit/base/eventually.h"

using namespace nova::kit;
using nova::test::eventually;
using nova::test::slowness;
using namespace std::chrono_literals;
namespace rpc = nova::rpc::v1;

namespace {

std::chrono::milliseconds readTime() {
    return 100ms * slowness();  // as the gateway's
}
int noticedMs() {
    return 5'000 * slowness();  // 3 s, and a machine with other work to do
}

class Replica {
public:
    explicit Replica(const QString& name) {
        m_process.start(QStringLiteral(RPC_REPLICA), {name});
        if (m_process.waitForReadyRead(10'000)) m_port = m_process.readLine().trimmed().toInt();
    }
    ~Replica() {
        resume();
        m_process.closeWriteChannel();
        if (!m_process.waitForFinished(10'000)) m_process.kill();
    }
    int port() const { return m_port; }
    void stop() { ::kill(static_cast<pid_t>(m_process.processId()), SIGSTOP); }
    void resume() { ::kill(static_cast<pid_t>(m_process.processId()), SIGCONT); }

private:
    QProcess m_process;
    int m_port = 0;
};

}  // namespace

class StoppedReplica : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;

    std::string list(const std::vector<int>& ports) const {
        const std::string file = m_folder.filePath(QStringLiteral("endpoints.json")).toStdString();
        nlohmann::json replicas = nlohmann::json::array();
        for (const int port : ports) replicas.push_back("127.0.0.1:" + std::to_string(port));
        std::ofstream(file) << nlohmann::json{{"identity-service", replicas}};
        return file;
    }
    // Who answered a read, and through which connection; "" when nobody did in time.
    static std::pair<std::string, std::string> read(RpcClients& clients) {
        const auto reply = unary<rpc::Identity>(clients, {"identity-service", "Identity/GetUsers", {}, readTime()},
                                                &rpc::Identity::Stub::GetUsers, rpc::GetUsersRequest{});
        if (!reply) return {};
        return {reply.value().users(0).handle(), reply.value().users(0).display_name()};
    }
    // Each of them has answered.
    static bool answersOf(RpcClients& clients, const std::set<std::string>& replicas) {
        std::set<std::string> heard;
        return eventually([&] {
            heard.insert(read(clients).first);
            return std::ranges::includes(heard, replicas);
        });
    }

private Q_SLOTS:
    void cleanup() { std::filesystem::remove(m_folder.filePath(QStringLiteral("endpoints.json")).toStdString()); }

    void readsLeaveIt() {
        Replica a(QStringLiteral("a")), b(QStringLiteral("b"));
        RpcClients clients(list({a.port(), b.port()}));
        QVERIFY(answersOf(clients, {"a", "b"}));
        a.stop();
        QElapsedTimer since;
        since.start();
        // Twenty in turn: half of them would be for the one that is stopped.
        const auto allInTime = [&] {
            for (int i = 0; i < 20; ++i)
                if (read(clients).first != "b") return false;
            return true;
        };
        QVERIFY(eventually(allInTime));
        QVERIFY2(since.elapsed() < noticedMs(), qPrintable(QString::number(since.elapsed())));
        for (int i = 0; i < 100; ++i) {  // and so it stays, though connecting to it is tried all the time
            QCOMPARE(read(clients).first, std::string("b"));
            QTest::qWait(10);
        }
        a.resume();
        QVERIFY(eventually([&] { return read(clients).first == "a"; }));
    }

    // The one that nobody asked meanwhile is known as well.
    void firstReadsAfterAPauseLeaveIt() {
        Replica a(QStringLiteral("a")), b(QStringLiteral("b"));
        RpcClients clients(list({a.port(), b.port()}));
        QVERIFY(answersOf(clients, {"a", "b"}));
        a.stop();
        QTest::qWait(noticedMs());
        for (int i = 0; i < 10; ++i) QCOMPARE(read(clients).first, std::string("b"));
    }

    // A server that holds pings for abuse would close the connection after the third.
    void pingsAreWelcome() {
        Replica a(QStringLiteral("a"));
        RpcClients clients(list({a.port()}));
        QVERIFY(eventually([&] { return !read(clients).first.empty(); }));
        const auto connection = read(clients).second;
        QTest::qWait(5'000);  // nothing is sent but pings
        QCOMPARE(read(clients).second, connection);
    }
};

QTEST_GUILESS_MAIN(StoppedReplica)
#include "tst_stopped_replica.moc"
