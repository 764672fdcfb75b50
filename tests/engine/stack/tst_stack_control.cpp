// Owner and attached console over the socket: the same parts, the same words.
#include <QJsonDocument>
#include <QJsonObject>
#include <QLocalSocket>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

#include "app/engine/stack/control_server.h"
#include "app/engine/stack/data_lock.h"
#include "app/engine/stack/paths.h"
#include "app/engine/stack/remote_stack.h"
#include "tests/support/fake_owner.h"

using namespace nova::stack;

using nova::test::FakeOwner;

class TestStackControl : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init();
    void cleanup();
    void attachedSeesTheSame();
    void aDegradedOwnerWasReadyToo();
    void attachedMayDoTheSame();
    void newsArrive();
    void aGoneOwnerMeansStopped();
    void theNextOwnerIsFound();
    void aLongFolderIsReachedFromAnyEnvironment();
    void anOwnerThatHasJustBegunIsWaitedFor();
    void nonsenseIsRefused();
    void theSocketIsPrivate();

private:
    std::unique_ptr<RemoteStack> attached() const { return std::make_unique<RemoteStack>(m_options, 4711); }
    std::unique_ptr<QTemporaryDir> m_folder;
    StackOptions m_options;
    std::unique_ptr<FakeOwner> m_owner;
    std::unique_ptr<ControlServer> m_server;
};

void TestStackControl::init() {
    m_folder = std::make_unique<QTemporaryDir>();
    m_options.dataDir = m_folder->path();
    QString fault;
    QVERIFY(DataPaths(m_options.dataDir).makeFolders(&fault));
    m_owner = std::make_unique<FakeOwner>(m_options);
    PartStatus part;
    part.name = QStringLiteral("kafka");
    part.pid = 12;
    part.state = PartState::ready;
    m_owner->m_parts << part;
    m_owner->m_lines << LogLine{part.id(), 5, QLatin1Char('W'), QStringLiteral("hello")};
    m_server = std::make_unique<ControlServer>(*m_owner);
    QVERIFY2(m_server->listen(DataPaths(m_options.dataDir).control(), &fault), qPrintable(fault));
}

void TestStackControl::cleanup() {
    m_server.reset();
    m_owner.reset();
}

void TestStackControl::attachedSeesTheSame() {
    const auto stack = attached();
    QSignalSpy logged(stack.get(), &Stack::logged), ready(stack.get(), &Stack::ready);
    QVERIFY(logged.wait());
    QCOMPARE(ready.count(), 1);  // who attaches to a ready Nova is told so
    QCOMPARE(stack->phase(), Phase::ready);
    QCOMPARE(stack->parts(), m_owner->m_parts);
    QCOMPARE(stack->ownerPid(), 4711);
    QVERIFY(!stack->isOwner());
    const auto lines = stack->log(QStringLiteral("kafka/0"), 10);
    QCOMPARE(lines.size(), 1);
    QCOMPARE(lines.first().text, QStringLiteral("hello"));
    QCOMPARE(lines.first().level, QLatin1Char('W'));
}

void TestStackControl::aDegradedOwnerWasReadyToo() {
    m_owner->m_phase = Phase::degraded;
    const auto stack = attached();
    QSignalSpy ready(stack.get(), &Stack::ready);
    QTRY_COMPARE(ready.count(), 1);
    QCOMPARE(stack->phase(), Phase::degraded);
}

void TestStackControl::attachedMayDoTheSame() {
    const auto stack = attached();
    stack->start();
    stack->startPart(QStringLiteral("a"), 1);
    stack->stopPart(QStringLiteral("b"), 0);
    stack->restartPart(QStringLiteral("c"), 2);
    stack->killPart(QStringLiteral("d"), 0);
    stack->pausePart(QStringLiteral("e"), 1);
    stack->resumePart(QStringLiteral("e"), 1);
    stack->scalePart(QStringLiteral("f"), 3);
    stack->stop();
    const QStringList all{QStringLiteral("start"),         QStringLiteral("start-part a/1"),
                          QStringLiteral("stop-part b/0"), QStringLiteral("restart-part c/2"),
                          QStringLiteral("kill-part d/0"), QStringLiteral("pause-part e/1"),
                          QStringLiteral("resume-part e/1"), QStringLiteral("scale-part f/3"),
                          QStringLiteral("stop")};
    QTRY_COMPARE(m_owner->asked, all);
}

void TestStackControl::newsArrive() {
    const auto stack = attached();
    QSignalSpy changed(stack.get(), &Stack::changed), ready(stack.get(), &Stack::ready),
        failed(stack.get(), &Stack::failed), stopped(stack.get(), &Stack::stopped);
    QVERIFY(changed.wait());
    m_owner->m_parts.first().state = PartState::stopping;
    m_owner->m_phase = Phase::stopping;
    Q_EMIT m_owner->changed(m_owner->m_parts);
    QTRY_COMPARE(stack->parts().first().state, PartState::stopping);
    QCOMPARE(stack->phase(), Phase::stopping);
    Q_EMIT m_owner->ready(QStringLiteral("/run.json"));
    Q_EMIT m_owner->failed(QStringLiteral("why"));
    Q_EMIT m_owner->stopped();
    QTRY_COMPARE(stopped.count(), 1);
    QCOMPARE(ready.last().first().toString(), QStringLiteral("/run.json"));
    QCOMPARE(failed.first().first().toString(), QStringLiteral("why"));
}

void TestStackControl::aGoneOwnerMeansStopped() {
    const auto stack = attached();
    QSignalSpy changed(stack.get(), &Stack::changed), stopped(stack.get(), &Stack::stopped);
    QVERIFY(changed.wait());
    m_server.reset();
    QTRY_COMPARE(stopped.count(), 1);
    QCOMPARE(stack->phase(), Phase::stopped);
    QCOMPARE(stack->ownerPid(), 0);
    QCOMPARE(stack->parts().first().state, PartState::stopped);
}

void TestStackControl::theNextOwnerIsFound() {
    const auto stack = attached();
    QSignalSpy ready(stack.get(), &Stack::ready), stopped(stack.get(), &Stack::stopped),
        needed(stack.get(), &Stack::ownerNeeded);
    QTRY_COMPARE(ready.count(), 1);
    stack->start();
    QTRY_COMPARE(m_owner->asked, QStringList{QStringLiteral("start")});
    m_server.reset();
    QTRY_COMPARE(stopped.count(), 1);
    QCOMPARE(needed.count(), 0);
    stack->start();  // of nobody
    QCOMPARE(needed.count(), 1);
    QCOMPARE(m_owner->asked.size(), 1);

    DataLock lock(DataPaths(m_options.dataDir).lock());
    QVERIFY(lock.take());
    m_server = std::make_unique<ControlServer>(*m_owner);
    QString fault;
    QVERIFY2(m_server->listen(DataPaths(m_options.dataDir).control(), &fault), qPrintable(fault));
    QTRY_COMPARE_WITH_TIMEOUT(ready.count(), 2, 10'000);
    QCOMPARE(stack->ownerPid(), 4711);
    QCOMPARE(stack->phase(), Phase::ready);
    QCOMPARE(stopped.count(), 1);
}

void TestStackControl::aLongFolderIsReachedFromAnyEnvironment() {
    StackOptions options = m_options;
    options.dataDir = m_folder->filePath(QString(200, QLatin1Char('d')));
    const DataPaths paths(options.dataDir);
    QString fault;
    QVERIFY2(paths.makeFolders(&fault), qPrintable(fault));
    const auto server = std::make_unique<ControlServer>(*m_owner);
    qputenv("XDG_RUNTIME_DIR", QFile::encodeName(m_folder->filePath(QStringLiteral("desktop"))));
    QVERIFY2(server->listen(paths.control(), &fault), qPrintable(fault));
    QVERIFY(QFile::exists(paths.control()));
    qunsetenv("XDG_RUNTIME_DIR");
    qputenv("TMPDIR", QFile::encodeName(m_folder->path()));
    RemoteStack stack(options, 4711);
    QTRY_COMPARE(stack.phase(), Phase::ready);
    QCOMPARE(stack.parts(), m_owner->m_parts);
    qunsetenv("TMPDIR");
}

void TestStackControl::anOwnerThatHasJustBegunIsWaitedFor() {
    m_server.reset();
    DataLock lock(DataPaths(m_options.dataDir).lock());
    QVERIFY(lock.take());
    const auto stack = Stack::attach(m_options);
    QVERIFY(stack);
    QSignalSpy changed(stack.get(), &Stack::changed), stopped(stack.get(), &Stack::stopped);
    stack->stop();
    stack->scalePart(QStringLiteral("f"), 3);
    m_server = std::make_unique<ControlServer>(*m_owner);
    QString fault;
    QVERIFY2(m_server->listen(DataPaths(m_options.dataDir).control(), &fault), qPrintable(fault));
    QTRY_VERIFY(!stack->parts().isEmpty());
    QCOMPARE(stopped.count(), 0);
    // What was asked of it meanwhile was not lost.
    QTRY_COMPARE(m_owner->asked, (QStringList{QStringLiteral("stop"), QStringLiteral("scale-part f/3")}));
}

void TestStackControl::nonsenseIsRefused() {
    QLocalSocket socket;
    socket.connectToServer(DataPaths(m_options.dataDir).control());
    QVERIFY(socket.waitForConnected());
    socket.write("garbage\n{\"do\":\"dance\"}\n");
    QTRY_VERIFY(socket.bytesAvailable() > 0 || socket.waitForReadyRead(50));
    QVERIFY(socket.readLine().contains("refused"));
    socket.write(QByteArray(200'000, 'x'));  // a line without end
    QTRY_COMPARE(socket.state(), QLocalSocket::UnconnectedState);
    QVERIFY(m_owner->asked.isEmpty());
}

void TestStackControl::theSocketIsPrivate() {
    const auto permissions = QFile::permissions(DataPaths(m_options.dataDir).control());
    QVERIFY(!(permissions & (QFile::ReadGroup | QFile::WriteGroup | QFile::ReadOther | QFile::WriteOther)));
}

QTEST_GUILESS_MAIN(TestStackControl)
#include "tst_stack_control.moc"
