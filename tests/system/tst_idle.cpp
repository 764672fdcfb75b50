// An attached window that nobody uses: for a minute it asks for little and tails nothing. A proxy between it and its
// broker counts. It mostly waits, so that other tests may run beside it.
#include <signal.h>

#include <QTemporaryDir>
#include <QtTest>

#include "tests/support/counting_proxy.h"
#include "tests/support/real_kafka.h"
#include "tests/support/real_stores.h"

using namespace nova;
using namespace Qt::StringLiterals;
using test::CountingProxy;

namespace {

constexpr int seconds = 60, records = 40, groups = 5;

}  // namespace

class IdleTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<CountingProxy> m_proxy;
    std::unique_ptr<test::RealKafka> m_kafka;

    QString profile() const {
        QFile out(m_folder.filePath(u"profile.toml"_s));
        if (!out.open(QIODevice::WriteOnly)) qFatal("cannot write");
        out.write("[kafka]\nbootstrap = \"127.0.0.1:" + QByteArray::number(m_proxy->port()) + "\"\n");
        return out.fileName();
    }
    void commitSome(const std::string& group) const {
        auto settings = kit::kafka::commonSettings(m_kafka->bootstrap(), "test");
        settings["group.id"] = group;
        const auto handle = kit::kafka::makeHandle(RD_KAFKA_CONSUMER, settings);
        const kit::kafka::PartitionList list(rd_kafka_topic_partition_list_new(1));
        rd_kafka_topic_partition_list_add(list.get(), "orders", 0)->offset = records / 2;
        if (const auto error = rd_kafka_commit(handle.value().get(), list.get(), 0))
            qFatal("%s", rd_kafka_err2str(error));
    }

private Q_SLOTS:
    void initTestCase() {
        const int behind = test::freePort();
        const auto at = [](int port) -> QByteArray { return "://127.0.0.1:" + QByteArray::number(port); };
        m_proxy = std::make_unique<CountingProxy>(behind);
        m_kafka = std::make_unique<test::RealKafka>(
            "listeners=PLAINTEXT://127.0.0.1:@BROKER@,CONTROLLER://127.0.0.1:@CONTROLLER@,COUNTED" + at(behind) +
            "\nadvertised.listeners=PLAINTEXT://127.0.0.1:@BROKER@,COUNTED" + at(m_proxy->port()) +
            "\nlistener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,COUNTED:PLAINTEXT\n");
        m_kafka->createTopic("orders", 1);
        m_kafka->send(std::vector<kit::kafka::OutRecord>(records, {"orders", "k", "v", {}}));
        for (int i = 0; i < groups; ++i) commitSome("readers-" + std::to_string(i));
    }
    void cleanupTestCase() {
        m_kafka.reset();
        m_proxy.reset();
    }

    // Nobody chose a topic: metadata, ends and groups, now and then, and no record.
    void anIdleWindowAsksForLittleAndTailsNothing() {
        m_proxy->reset();
        QProcess window;
        auto environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"QT_QPA_PLATFORM"_s, u"offscreen"_s);
        environment.insert(u"XDG_CONFIG_HOME"_s, m_folder.filePath(u"config"_s));
        environment.insert(u"XDG_DATA_HOME"_s, m_folder.filePath(u"data"_s));
        window.setProcessEnvironment(environment);
        window.setProcessChannelMode(QProcess::MergedChannels);
        window.start(QStringLiteral(NOVA_BIN_DIR "/nova-console"), {u"--profile"_s, profile()});
        QVERIFY(window.waitForStarted());
        QVERIFY(test::eventually([this] { return m_proxy->requests(CountingProxy::listOffsets) > 0; }));
        QTest::qWait(seconds * 1'000);  // what it does not do has no event to wait for
        QCOMPARE(window.state(), QProcess::Running);
        ::kill(static_cast<pid_t>(window.processId()), SIGTERM);
        QVERIFY2(window.waitForFinished(15'000), window.readAll().constData());
        QVERIFY2(window.exitStatus() == QProcess::NormalExit, window.readAll().constData());
        qInfo("%d s: %s, %d connections", seconds, m_proxy->summary().c_str(), m_proxy->connections());
        // Commits are followed, by that handle alone; a read of a topic would be another's.
        for (const auto& client : m_proxy->clients(CountingProxy::fetch))
            QCOMPARE(client, std::string("console-commits"));
        QVERIFY2(m_proxy->requests(CountingProxy::produce) == 0, m_proxy->summary().c_str());
        // At the start each handle says hello; then ten requests a second and 5 kB/s are plenty for this small a
        // cluster.
        QVERIFY2(m_proxy->requests() < 100 + 10 * seconds, m_proxy->summary().c_str());
        QVERIFY2(m_proxy->bytes() < 100'000 + 5'000 * seconds, m_proxy->summary().c_str());
    }
};

QTEST_GUILESS_MAIN(IdleTest)
#include "tst_idle.moc"
