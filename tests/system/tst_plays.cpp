// Each scenario once, short, on one real Nova: its exit code, that every line is an action, and what it says it showed.
#include <QFile>
#include <QJsonArray>
#include <QTemporaryDir>
#include <QtTest>

#include "app/engine/plays/play_process.h"
#include "tests/support/live_nova.h"

using namespace nova::test;
using namespace Qt::StringLiterals;

class PlaysTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void aScenarioShowsWhatItPromises_data();
    void aScenarioShowsWhatItPromises();
    void inModeSyncThePostIsVisibleBeforeItsAnswer();
    void whatWasPlayedIsExported();
    void faultsAreForOurOwnNova();
    void textTellsWhatIsShownAndWhatWasPromised();
    void aWindowPlaysByAProgramOfItsOwn();

private:
    CommandResult play(const QStringList& words, int timeoutMs = 120'000) const {
        return runConsole(m_nova.with(QStringList{u"play"_s} + words), timeoutMs);
    }
    LiveNova m_nova;
};

void PlaysTest::initTestCase() {
    QVERIFY2(m_nova.start(), qPrintable(m_nova.log()));
}

void PlaysTest::aScenarioShowsWhatItPromises_data() {
    QTest::addColumn<QString>("words");
    QTest::addColumn<QString>("action");   // that it plays
    QTest::addColumn<QString>("finding");  // that it tells of; several: by |
    const auto row = [](const char* words, const char* action, const char* finding) {
        QTest::newRow(words) << QString::fromLatin1(words) << QString::fromLatin1(action)
                             << QString::fromLatin1(finding);
    };
    row("create-post", "createPost", "Bob's feed is served with it");
    row("upload-media", "upload", "the post is served with the picture");
    row("chat", "sendMessage", "in the order of the conversation, each once");
    row("alice-bob", "likePost", "Alice is told|the like until Alice reads it in the post's count");
    row("burst --rate 100 --seconds 2", "createPost", "none lost");
    row("kill-feed", "createPost", "none lost, none twice");
    row("out-of-order", "deletePost", "a deleted post stays deleted");
    row("duplicate", "createPost", "its effect happened once");
    row("broker-outage", "createPost", "users are answered without Kafka");
    row("lose-redis", "createPost", "what is not whole is marked stale");
    row("before-after --rate 5 --seconds 2", "sendMessage",
        "resources saved by scaling parts alone|tenfold burst: replicas, sync|tenfold burst: replicas, events|"
        "tenfold burst: CPU-seconds, sync|tenfold burst: CPU-seconds, events|feed answered, sync (median)|"
        "upload answered, events (median)|createPost visible, events (median)|"
        "createPost answered while feed-service is down, sync=0|createPost answered while feed-service is down, "
        "events=100|"
        "likePost answered while notification-service is down, sync=0|"
        "likePost answered while notification-service is down, events=100|"
        "sendMessage answered while realtime-chat-service is down, events=100|"
        "upload answered while content-service is down, sync=0|upload answered while content-service is down, "
        "events=100|"
        "feed answered while content-service is down, sync=100|feed answered while content-service is down, "
        "events=100");
}

void PlaysTest::aScenarioShowsWhatItPromises() {
    QFETCH(QString, words);
    QFETCH(QString, action);
    QFETCH(QString, finding);
    const auto result = play(words.split(u' ') + QStringList{u"--json"_s}, 180'000);
    QVERIFY2(result.exitCode == 0, QByteArray(result.err + m_nova.log().right(2'000).toUtf8()).constData());
    const auto lines = result.lines();
    bool played = false;
    for (const auto& line : lines) {
        QCOMPARE(line[u"trace_id"].toString().size(), 32);
        QVERIFY(line[u"hops"].isArray());
        played = played || (line[u"action"].toString() == action && line[u"complete"].toBool());
    }
    QVERIFY(played);
    const auto told = lines.last()[u"result"].toObject();
    QVERIFY(told[u"problem"].isNull());
    QStringList found;  // each by its name, and with what was measured: name=value
    for (const auto& value : told[u"findings"].toArray()) {
        const auto what = value[u"what"].toString();
        found << what << what + u'=' + QString::number(value[u"measured"].toDouble());
    }
    for (const auto& one : finding.split(u'|')) QVERIFY2(found.contains(one), qPrintable(found.join(u" | "_s)));
}

void PlaysTest::inModeSyncThePostIsVisibleBeforeItsAnswer() {
    const auto result = play({u"create-post"_s, u"--mode"_s, u"sync"_s, u"--json"_s});
    QVERIFY2(result.exitCode == 0, result.err.constData());
    const auto post = result.lines().last();
    QCOMPARE(post[u"action"].toString(), u"createPost"_s);
    QCOMPARE(post[u"mode"].toString(), u"sync"_s);
    QVERIFY(post[u"visible_ms"].toDouble() < post[u"client_ack_ms"].toDouble());
    for (const auto& hop : post[u"hops"].toArray()) QVERIFY(hop[u"kind"].toString() != u"produce"_s);
}

void PlaysTest::whatWasPlayedIsExported() {
    const QTemporaryDir folder;
    for (const auto& ending : {u"mmd"_s, u"json"_s}) {
        const auto file = folder.filePath(u"play."_s + ending);
        const auto result = play({u"create-post"_s, u"--export"_s, file});
        QVERIFY2(result.exitCode == 0, result.err.constData());
        QFile written(file);
        QVERIFY(written.open(QIODevice::ReadOnly));
        const auto text = QString::fromUtf8(written.readAll());
        QVERIFY(text.contains(ending == u"mmd"_s ? u"sequenceDiagram"_s : u"\"scenario\": \"create-post\""_s));
        QVERIFY(text.contains(u"publish nova.content.events"_s));
    }
}

// A copy of the run file, in a folder that nobody owns: may be looked at and used, not hurt.
void PlaysTest::faultsAreForOurOwnNova() {
    const QTemporaryDir folder;
    const auto copy = folder.filePath(u"run.json"_s);
    QVERIFY(QFile::copy(m_nova.dataDir() + u"/run.json"_s, copy));
    const auto refused = runConsole({u"play"_s, u"kill-feed"_s, u"--run"_s, copy});
    QCOMPARE(refused.exitCode, 1);
    QVERIFY(refused.err.contains("local"));
    QCOMPARE(runConsole({u"play"_s, u"create-post"_s, u"--run"_s, copy}).exitCode, 0);
}

void PlaysTest::textTellsWhatIsShownAndWhatWasPromised() {
    const auto result = play({u"create-post"_s});
    QCOMPARE(result.exitCode, 0);
    const auto text = QString::fromUtf8(result.out);
    for (const auto& words :
         {u"the post appears in the feed of Bob"_s, u"DESIGNED"_s, u"MEASURED"_s, u"245 ms"_s, u"Alice is answered"_s})
        QVERIFY2(text.contains(words), qPrintable(words));
}

// On the Nova that runs already, and told step by step.
void PlaysTest::aWindowPlaysByAProgramOfItsOwn() {
    using nova::engine::PlayNews;
    using nova::engine::PlayTold;
    nova::engine::PlayProcess plays(QStringLiteral(NOVA_BIN_DIR "/nova-console"), m_nova.dataDir());
    const auto count = [&](PlayNews::Kind kind) {
        const auto& news = plays.told().news;
        return std::count_if(news.begin(), news.end(), [&](const auto& one) { return one.kind == kind; });
    };
    int early = 0;  // told before the end
    connect(&plays, &nova::engine::PlayProcess::changed, this, [&] {
        if (plays.isPlaying()) early = int(plays.told().news.size());
    });
    plays.start(u"create-post"_s);
    QTRY_VERIFY_WITH_TIMEOUT(!plays.isPlaying(), 60'000);
    const auto& told = plays.told();
    QVERIFY2(told.end == PlayTold::End::kept, qPrintable(told.why + m_nova.log().right(2'000)));
    QVERIFY(early > 0);
    QVERIFY(count(PlayNews::Kind::step) >= 2);
    QCOMPARE(count(PlayNews::Kind::finding), 3);
    QCOMPARE(count(PlayNews::Kind::fault), 0);
    bool posted = false, served = false;
    for (const auto& one : told.news) {
        if (one.kind == PlayNews::Kind::action && one.text == "createPost"_L1)
            posted = one.complete && one.traceId.size() == 32 && one.answeredMs && one.visibleMs;
        if (one.finding.what == "Bob's feed is served with it"_L1)
            served = one.finding.kept.value_or(false) && one.finding.measured && one.finding.designed;
    }
    QVERIFY(posted && served);
    // One that lasts longer is stopped.
    plays.start(u"kill-feed"_s);
    QTRY_VERIFY_WITH_TIMEOUT(count(PlayNews::Kind::step) >= 1 || !plays.isPlaying(), 60'000);
    plays.stop();
    QTRY_VERIFY_WITH_TIMEOUT(!plays.isPlaying(), 60'000);
    QVERIFY2(plays.told().end == PlayTold::End::stopped && plays.told().why.isEmpty(), qPrintable(plays.told().why));
}

QTEST_GUILESS_MAIN(PlaysTest)
#include "tst_plays.moc"
