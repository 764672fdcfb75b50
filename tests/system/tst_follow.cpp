// What is followed live, by the window's tail and by `traffic --follow`: each record as it comes, and in words what is
// not read. One broker that keeps rights.
#include <signal.h>

#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>
#include <QtTest>
#include <mutex>

#include "app/engine/traffic/topic_tail.h"
#include "tests/support/live_nova.h"
#include "tests/support/real_kafka.h"
#include "tests/support/real_stores.h"

using namespace nova;
using namespace Qt::StringLiterals;

namespace {

constexpr int patienceMs = 30'000;

// What a tail has told, as the test's thread reads it.
class Heard {
public:
    engine::TailCalls calls() {
        engine::TailCalls calls;
        calls.record = [this](const rd_kafka_message_t&) { ++m_records; };
        calls.topics = [this](const std::vector<std::string>&) { m_assigned = true; };
        calls.troubles = [this](const std::vector<std::string>& troubles) {
            const std::lock_guard lock(m_mutex);
            m_troubles.clear();
            for (const auto& one : troubles) m_troubles << QString::fromStdString(one);
        };
        return calls;
    }
    int records() const { return m_records; }
    bool assigned() const { return m_assigned; }
    QString troubles() {
        const std::lock_guard lock(m_mutex);
        return m_troubles.join(u'\n');
    }

private:
    std::atomic<int> m_records{0};
    std::atomic<bool> m_assigned{false};
    std::mutex m_mutex;
    QStringList m_troubles;
};

}  // namespace

class FollowTest : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::unique_ptr<test::RealKafka> m_kafka;

    static engine::TailChoice only(const char* topic) {
        engine::TailChoice choice;
        choice.topics = {topic};
        return choice;
    }
    void send(const std::string& topic, int first, int count) {
        std::vector<kit::kafka::OutRecord> records;
        for (int i = first; i < first + count; ++i)
            records.push_back({topic, "k" + std::to_string(i), R"({"n":)" + std::to_string(i) + "}", {}});
        m_kafka->send(records);
    }
    QString profile() const {
        QFile out(m_folder.filePath(u"profile.toml"_s));
        if (!out.open(QIODevice::WriteOnly)) qFatal("cannot write");
        out.write("[kafka]\nbootstrap = \"" + QByteArray::fromStdString(m_kafka->bootstrap()) + "\"\n");
        return out.fileName();
    }
    // `traffic --follow --json` of a topic from its beginning: so whatever is there before it reads is not missed.
    void start(QProcess& process, const QString& topic, const QStringList& more = {}) const {
        process.start(QStringLiteral(NOVA_BIN_DIR "/nova-console"),
                      QStringList{u"traffic"_s, u"--follow"_s, u"--json"_s, u"--from"_s, u"earliest"_s, u"--topic"_s,
                                  topic, u"--profile"_s, profile()} +
                          more);
    }
    static int stop(QProcess& process) {
        ::kill(static_cast<pid_t>(process.processId()), SIGINT);
        return process.waitForFinished(patienceMs) && process.exitStatus() == QProcess::NormalExit ? process.exitCode()
                                                                                                   : -1;
    }
    // Until so many lines are there; each is whole as it comes.
    static QList<QByteArray> lines(QProcess& process, QByteArray& text, int count) {
        test::eventually(
            [&] {
                process.waitForReadyRead(50);
                text += process.readAllStandardOutput();
                return text.count('\n') >= count;
            },
            std::chrono::milliseconds(patienceMs));
        auto lines = text.split('\n');
        lines.removeLast();
        return lines;
    }
    static bool says(QProcess& process, QByteArray& text, const char* word) {
        return test::eventually(
            [&] {
                process.waitForReadyRead(50);
                text += process.readAllStandardError();
                return text.contains(word);
            },
            std::chrono::milliseconds(patienceMs));
    }

private Q_SLOTS:
    void initTestCase() { m_kafka = std::make_unique<test::RealKafka>(test::RealKafka::withRights); }
    void cleanupTestCase() { m_kafka.reset(); }

    // Never silently empty: a topic that may be described and not read is said to be one, for as long as it is.
    void aTopicThatMayNotBeReadIsSaidToBeOne() {
        m_kafka->createTopic("secret", 2);
        m_kafka->forbidReading("secret");
        Heard heard;
        const engine::TopicTail tail(engine::ReadSession(m_kafka->bootstrap()), only("secret"), heard.calls());
        QTRY_VERIFY_WITH_TIMEOUT(heard.troubles().contains(u"uthoriz"), patienceMs);
        QVERIFY2(heard.troubles().startsWith(u"secret: "), qPrintable(heard.troubles()));  // one of the whole topic
        QCOMPARE(heard.troubles().count(u'\n'), 0);
        // Nothing is new when it may be read again: that it may is told all the same.
        m_kafka->permitReading("secret");
        QTRY_COMPARE_WITH_TIMEOUT(heard.troubles(), QString(), patienceMs);
        // Taken again, and given again: what came meanwhile is not lost.
        m_kafka->forbidReading("secret");
        QTRY_VERIFY_WITH_TIMEOUT(heard.troubles().contains(u"uthoriz"), patienceMs);
        send("secret", 0, 5);
        m_kafka->permitReading("secret");
        QTRY_COMPARE_WITH_TIMEOUT(heard.records(), 5, patienceMs);
        QTRY_COMPARE_WITH_TIMEOUT(heard.troubles(), QString(), patienceMs);
    }

    void oneRefusedTopicSpoilsNoOther() {
        m_kafka->createTopic("open", 1);
        m_kafka->createTopic("closed", 1);
        m_kafka->forbidReading("closed");
        engine::TailChoice both;
        both.topics = {"open", "closed"};
        Heard heard;
        const engine::TopicTail tail(engine::ReadSession(m_kafka->bootstrap()), both, heard.calls());
        QTRY_VERIFY_WITH_TIMEOUT(heard.troubles().startsWith(u"closed: "), patienceMs);
        send("open", 0, 7);
        send("closed", 0, 7);
        QTRY_COMPARE_WITH_TIMEOUT(heard.records(), 7, patienceMs);
        QVERIFY2(heard.troubles().contains(u"closed: "), qPrintable(heard.troubles()));
    }

    void eachEventIsPrintedAsItComes() {
        m_kafka->createTopic("orders", 1);
        QProcess process;
        start(process, u"orders"_s);
        QByteArray text;
        int sent = 0;
        for (const int burst : {1, 3, 40}) {
            send("orders", sent, burst);
            sent += burst;
            const auto told = lines(process, text, sent);
            QCOMPARE(told.size(), sent);
            for (int i = 0; i < sent; ++i) {
                const auto event = QJsonDocument::fromJson(told[i]).object();
                QCOMPARE(event.value(u"topic").toString(), u"orders"_s);
                QCOMPARE(event.value(u"offset").toInt(-1), i);
                QCOMPARE(event.value(u"payload")[u"n"].toInt(-1), i);
            }
        }
        QCOMPARE(stop(process), 0);
        QCOMPARE(process.readAllStandardError(), QByteArray());
    }

    void whatIsNotReadIsToldWhileItIsNot() {
        m_kafka->createTopic("hidden", 1);
        m_kafka->forbidReading("hidden");
        QProcess process;
        start(process, u"hidden"_s);
        QByteArray errors, text;
        QVERIFY2(says(process, errors, "uthoriz"), errors.constData());
        QVERIFY2(errors.startsWith("hidden: ") && errors.count('\n') == 1, errors.constData());
        send("hidden", 0, 2);
        m_kafka->permitReading("hidden");
        QCOMPARE(lines(process, text, 2).size(), 2);
        QVERIFY2(says(process, errors, "no longer: hidden: "), errors.constData());
        QCOMPARE(stop(process), 0);
        QVERIFY2(!errors.contains("still: "), errors.constData());
    }

    void whatIsNotReadAtTheEndIsToldThenToo() {
        m_kafka->createTopic("locked", 1);
        m_kafka->forbidReading("locked");
        QProcess process;
        start(process, u"locked"_s);
        QByteArray errors;
        QVERIFY2(says(process, errors, "uthoriz"), errors.constData());
        QCOMPARE(stop(process), 0);
        errors += process.readAllStandardError();
        QVERIFY2(errors.contains("still: locked: "), errors.constData());
    }

    // Where nobody reads any more it ends, though no further event comes that it could not write.
    void aClosedPipeEndsIt() {
        m_kafka->createTopic("one", 1);
        send("one", 0, 1);
        QProcess shell;
        shell.start(u"/bin/sh"_s,
                    {u"-c"_s, u"'%1/nova-console' traffic --follow --json --from earliest --topic one --profile '%2' | "
                              "head -n 1"_s.arg(QStringLiteral(NOVA_BIN_DIR), profile())});
        QVERIFY(shell.waitForFinished(patienceMs));
        QCOMPARE(shell.readAllStandardOutput().count('\n'), 1);
        QCOMPARE(shell.readAllStandardError(), QByteArray());
    }

    void boundsEndIt() {
        m_kafka->createTopic("many", 1);
        send("many", 0, 20);
        QProcess process;
        start(process, u"many"_s, {u"--limit"_s, u"5"_s, u"--positions"_s, m_folder.filePath(u"at.json"_s)});
        QVERIFY(process.waitForFinished(patienceMs));
        QCOMPARE(process.exitCode(), 0);
        QCOMPARE(process.readAllStandardOutput().count('\n'), 5);
        // Goes on with the next one.
        QProcess next;
        next.start(QStringLiteral(NOVA_BIN_DIR "/nova-console"),
                   {u"traffic"_s, u"--follow"_s, u"--json"_s, u"--continue"_s, m_folder.filePath(u"at.json"_s),
                    u"--profile"_s, profile()});
        QByteArray text;
        const auto told = lines(next, text, 15);
        QCOMPARE(told.size(), 15);
        QCOMPARE(QJsonDocument::fromJson(told.first()).object().value(u"offset").toInt(-1), 5);
        QCOMPARE(stop(next), 0);
    }
};

QTEST_GUILESS_MAIN(FollowTest)
#include "tst_follow.moc"
