// A play by a program of its own, against scripts that print, complain, hang and cannot be started.
#include <QFile>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

#include "app/engine/plays/play_process.h"

using namespace nova::engine;
using namespace Qt::StringLiterals;
using End = PlayTold::End;
using Kind = PlayNews::Kind;

namespace {

constexpr int patienceMs = 20'000;

const QByteArray step = R"(echo '{"step":"alice posts"}' >&2)";
const QByteArray finding =
    R"(echo '{"finding":{"what":"Alice is answered","designed":245.0,"measured":11.123,"unit":"ms","kept":true,"remark":""}}' >&2)";
const QByteArray action =
    R"(echo '{"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736","action":"follow","client_ack_ms":4.5,"ack_ms":3.0,"visible_ms":null,"complete":true,"hops":[]}')";

const QByteArray early =
    R"(echo '{"action":{"trace_id":"5bf92f3577b34da6a3ce929d0e0e4737","action":"createPost","client_ack_ms":null,"ack_ms":9.0,"visible_ms":41.5,"complete":false}}' >&2)";

QByteArray lastAction(const QByteArray& problem) {
    return R"(echo '{"trace_id":"5bf92f3577b34da6a3ce929d0e0e4737","action":"createPost","client_ack_ms":null,"ack_ms":9.0,"visible_ms":41.5,"complete":false,"hops":[],"result":{"scenario":"create-post","problem":)" +
           problem +
           R"(,"findings":[{"what":"Alice is answered","designed":245.0,"measured":11.123,"unit":"ms","kept":true,"remark":""},{"what":"told","designed":null,"measured":null,"unit":"","kept":null,"remark":"late"}]}}')";
}

// One that nobody has waited for yet is gone, too.
bool isGone(qint64 pid) {
    QFile stat(u"/proc/%1/stat"_s.arg(pid));
    return !stat.open(QIODevice::ReadOnly) ||
           QString::fromUtf8(stat.readAll()).section(u')', -1).trimmed().startsWith(u'Z');
}

}  // namespace

class PlayProcessTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aPlayIsToldAsItComes();
    void itIsStartedWithTheScenarioAndTheFolder();
    void anEndIsToldInWords_data();
    void anEndIsToldInWords();
    void whatIsNoActionIsToldAndTheRestIsKept();
    void findingsThatOnlyTheResultHasAreAdded();
    void stopInterrupts();
    void whatDoesNotStopIsKilled();
    void itDoesNotOutliveItsOwner();
    void onlyOneAtATime();
    void whatIsKeptIsBounded();

private:
    // A program of these lines of the shell.
    QString script(const QByteArray& lines) {
        const auto path = m_folder.filePath(u"play-%1"_s.arg(++m_scripts));
        QFile file(path);
        if (!file.open(QIODevice::WriteOnly)) return {};
        file.write("#!/bin/sh\n" + lines + '\n');
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
        return path;
    }
    // Plays it to its end.
    PlayTold played(const QByteArray& lines) {
        PlayProcess process(script(lines), m_folder.path());
        process.start(u"create-post"_s);
        [&] { QTRY_VERIFY_WITH_TIMEOUT(!process.isPlaying(), patienceMs); }();
        return process.told();
    }
    // The pid that a script of `echo $$ > FILE` told of; 0: not yet.
    qint64 pidIn(const QString& name) const {
        QFile file(m_folder.filePath(name));
        return file.open(QIODevice::ReadOnly) ? file.readAll().trimmed().toLongLong() : 0;
    }

    QTemporaryDir m_folder;
    int m_scripts = 0;
};

void PlayProcessTest::aPlayIsToldAsItComes() {
    const auto door = m_folder.filePath(u"door"_s).toUtf8();
    PlayProcess process(script(step + '\n' + action + '\n' + finding + '\n' + early + "\nwhile [ ! -e " + door +
                               " ]; do sleep 0.02; done\n" + lastAction("null")),
                        m_folder.path());
    QSignalSpy changed(&process, &PlayProcess::changed);
    process.start(u"create-post"_s);
    QVERIFY(process.isPlaying());
    QCOMPARE(changed.size(), 1);
    QCOMPARE(process.told().scenario, u"create-post"_s);
    // While it plays on.
    QTRY_COMPARE_WITH_TIMEOUT(process.told().news.size(), 4, patienceMs);
    QVERIFY(process.isPlaying() && process.told().end == End::none);
    QTRY_VERIFY_WITH_TIMEOUT(changed.size() >= 2, patienceMs);
    QVERIFY(QFile(m_folder.filePath(u"door"_s)).open(QIODevice::WriteOnly));
    QTRY_VERIFY_WITH_TIMEOUT(!process.isPlaying(), patienceMs);
    const auto& told = process.told();
    QCOMPARE(int(told.end), int(End::kept));
    QVERIFY(told.why.isEmpty() && told.elapsedMs > 0 && told.elapsedMs == process.elapsedMs());
    QCOMPARE(told.news.size(), 5);  // what was told already is not told again, the other finding is
    const auto of = [&](Kind kind) {
        QVector<PlayNews> some;
        for (const auto& news : told.news)
            if (news.kind == kind) some << news;
        return some;
    };
    QCOMPARE(of(Kind::step).at(0).text, u"alice posts"_s);
    const auto actions = of(Kind::action);
    QCOMPARE(actions.size(), 2);
    QCOMPARE(actions[0].traceId, u"4bf92f3577b34da6a3ce929d0e0e4736"_s);
    QCOMPARE(actions[0].answeredMs.value_or(0), 4.5);
    QVERIFY(!actions[0].visibleMs && actions[0].complete);
    QCOMPARE(actions[1].text, u"createPost"_s);
    QCOMPARE(actions[1].answeredMs.value_or(0), 9.0);
    QCOMPARE(actions[1].visibleMs.value_or(0), 41.5);
    QVERIFY(!actions[1].complete);
    const auto findings = of(Kind::finding);
    QCOMPARE(findings.size(), 2);
    QCOMPARE(findings[0].finding.what, u"Alice is answered"_s);
    QCOMPARE(findings[0].finding.designed.value_or(0), 245.0);
    QCOMPARE(findings[0].finding.measured.value_or(0), 11.123);
    QCOMPARE(findings[0].finding.unit, u"ms"_s);
    QVERIFY(findings[0].finding.kept.value_or(false));
    QVERIFY(!findings[1].finding.kept && !findings[1].finding.measured);
    QCOMPARE(findings[1].finding.remark, u"late"_s);
}

void PlayProcessTest::itIsStartedWithTheScenarioAndTheFolder() {
    const auto told = played("echo \"$@\" >&2");
    QCOMPARE(told.news.value(0).text, u"play create-post --json --steps --data "_s + m_folder.path());
}

void PlayProcessTest::anEndIsToldInWords_data() {
    QTest::addColumn<QByteArray>("lines");
    QTest::addColumn<int>("end");
    QTest::addColumn<QString>("why");
    QTest::newRow("broken") << lastAction("\"2 posts were refused\"") +
                                   "\necho 'nova-console: 2 posts were refused' >&2; exit 1"
                            << int(End::broken) << u"2 posts were refused"_s;
    QTest::newRow("broken without an action")
        << QByteArray("echo 'nova-console: feed-service could not be killed' >&2; exit 1") << int(End::broken)
        << u"feed-service could not be killed"_s;
    QTest::newRow("wrong usage")
        << QByteArray("echo 'nova-console play: there is no scenario \"x\"' >&2; echo 'help: …' >&2; exit 2")
        << int(End::refused) << u"there is no scenario \"x\""_s;
    QTest::newRow("unreachable") << QByteArray("printf 'nova-console: Kafka does not answer' >&2; exit 3")
                                 << int(End::unreachable) << u"Kafka does not answer"_s;
    QTest::newRow("silent") << QByteArray("exit 1") << int(End::broken) << u"the program did not say why"_s;
    QTest::newRow("other code") << QByteArray("echo boom >&2; exit 77") << int(End::failed) << u"boom"_s;
    QTest::newRow("no result") << action << int(End::failed) << u"The program ended without a result."_s;
    QTest::newRow("signal") << QByteArray("kill -9 $$") << int(End::failed) << u"The program was ended by signal 9."_s;
}

void PlayProcessTest::anEndIsToldInWords() {
    QFETCH(QByteArray, lines);
    QFETCH(int, end);
    QFETCH(QString, why);
    const auto told = played(lines);
    QCOMPARE(int(told.end), end);
    QCOMPARE(told.why, why);
}

void PlayProcessTest::whatIsNoActionIsToldAndTheRestIsKept() {
    const auto told = played("echo 'Segmentation fault'\necho '{\"trace_id\":'\necho '[1]'\n" + lastAction("null"));
    QCOMPARE(int(told.end), int(End::kept));
    QCOMPARE(told.news.size(), 6);  // three faults, two findings, one action
    QCOMPARE(told.news[0].text, u"Printed, but no action: Segmentation fault"_s);
    for (int i = 0; i < 3; ++i) QCOMPARE(int(told.news[i].kind), int(Kind::fault));
    PlayProcess absent(m_folder.filePath(u"no-such-program"_s), m_folder.path());
    absent.start(u"chat"_s);
    QTRY_VERIFY_WITH_TIMEOUT(!absent.isPlaying(), patienceMs);
    QCOMPARE(int(absent.told().end), int(End::failed));
    QVERIFY2(absent.told().why.contains(u"no-such-program cannot be started"_s), qPrintable(absent.told().why));
}

void PlayProcessTest::findingsThatOnlyTheResultHasAreAdded() {
    const auto told = played(lastAction("null"));
    QCOMPARE(std::count_if(told.news.begin(), told.news.end(), [](const auto& n) { return n.kind == Kind::finding; }),
             2);
}

void PlayProcessTest::stopInterrupts() {
    PlayProcess process(
        script("trap 'echo \"nova-console: stopped\" >&2; exit 1' INT\n" + step + "\nwhile :; do sleep 0.02; done"),
        m_folder.path());
    process.start(u"burst"_s);
    QTRY_COMPARE_WITH_TIMEOUT(process.told().news.size(), 1, patienceMs);
    process.stop();
    QVERIFY(process.isStopping());
    QTRY_VERIFY_WITH_TIMEOUT(!process.isPlaying(), patienceMs);
    QCOMPARE(int(process.told().end), int(End::stopped));
    QVERIFY(process.told().why.isEmpty() && !process.isStopping());
}

void PlayProcessTest::whatDoesNotStopIsKilled() {
    PlayProcess process(script("trap '' INT\n" + step + "\nexec sleep 600"), m_folder.path());
    process.setGrace(50);
    process.start(u"burst"_s);
    QTRY_COMPARE_WITH_TIMEOUT(process.told().news.size(), 1, patienceMs);
    process.stop();
    QTRY_VERIFY_WITH_TIMEOUT(!process.isPlaying(), patienceMs);
    QCOMPARE(int(process.told().end), int(End::stopped));
    QVERIFY2(process.told().why.contains(u"was killed"_s), qPrintable(process.told().why));
}

void PlayProcessTest::itDoesNotOutliveItsOwner() {
    auto process = std::make_unique<PlayProcess>(
        script("trap '' INT TERM HUP\necho $$ > " + m_folder.filePath(u"pid"_s).toUtf8() + "\nexec sleep 600"),
        m_folder.path());
    process->start(u"burst"_s);
    QTRY_VERIFY_WITH_TIMEOUT(pidIn(u"pid"_s) > 0, patienceMs);
    const auto pid = pidIn(u"pid"_s);
    QVERIFY(!isGone(pid));
    process.reset();
    QVERIFY(isGone(pid));

    // Nor the program that owns it: another one starts it and is killed.
    const auto inner = script("echo $$ > " + m_folder.filePath(u"inner"_s).toUtf8() + "\nexec sleep 600");
    QProcess owner;
    owner.start(QCoreApplication::applicationFilePath(), {u"--own"_s, inner, m_folder.path()});
    QTRY_VERIFY_WITH_TIMEOUT(pidIn(u"inner"_s) > 0, patienceMs);
    QVERIFY(!isGone(pidIn(u"inner"_s)));
    owner.kill();
    QVERIFY(owner.waitForFinished());
    QTRY_VERIFY_WITH_TIMEOUT(isGone(pidIn(u"inner"_s)), patienceMs);
}

void PlayProcessTest::onlyOneAtATime() {
    PlayProcess process(script(step + "\nexec sleep 600"), m_folder.path());
    process.start(u"chat"_s);
    process.start(u"burst"_s);
    QCOMPARE(process.told().scenario, u"chat"_s);
    QTRY_COMPARE_WITH_TIMEOUT(process.told().news.size(), 1, patienceMs);
    process.stop();
    QTRY_VERIFY_WITH_TIMEOUT(!process.isPlaying(), patienceMs);
    process.start(u"burst"_s);  // the next one begins anew
    QVERIFY(process.isPlaying() && process.told().news.isEmpty() && process.told().end == End::none);
    QCOMPARE(process.told().scenario, u"burst"_s);
}

void PlayProcessTest::whatIsKeptIsBounded() {
    const auto told = played("i=0; while [ $i -lt " + QByteArray::number(PlayTold::mostNews + 7) +
                             " ]; do echo step $i >&2; i=$((i+1)); done; exit 1");
    QCOMPARE(told.news.size(), PlayTold::mostNews);
    QCOMPARE(told.dropped, 7);
    QCOMPARE(told.why, u"step %1"_s.arg(PlayTold::mostNews + 6));
}

int main(int argc, char** argv) {
    QCoreApplication app(argc, argv);
    if (argc == 4 && QByteArray(argv[1]) == "--own") {
        PlayProcess process(QString::fromLocal8Bit(argv[2]), QString::fromLocal8Bit(argv[3]));
        process.start(QStringLiteral("burst"));
        return QCoreApplication::exec();
    }
    PlayProcessTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_play_process.moc"
