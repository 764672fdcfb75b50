// The supervisor with harmless processes: order of start and stop, readiness, restarts, and what does not want to stop.
#include <signal.h>

#include <QSemaphore>
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QThread>
#include <QtTest>
#include <algorithm>

#include "app/engine/stack/supervisor.h"
#include "tests/engine/stack/fake_recipe.h"
#include "tests/support/strict_log.h"

using namespace nova;
using stack::PartState;

namespace {

QString name(const char* text) {
    return QLatin1String(text);
}

}  // namespace

class TestSupervisor : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { test::failOnLoggedErrors(); }
    void init();
    void cleanup();
    void startsSideBySideAndSaysReadyOnce();
    void waitsForWhatItNeedsAndSaysSo();
    void stopsInOrderAndSaysWhatItWaitsFor();
    void stopsInOrderWhatIsStillStarting();
    void startsAgainWhatEndsByItself();
    void givesUpOnWhatNeverBecomesReady();
    void killsWhatDoesNotStop();
    void endsTheWholeGroup();
    void aStoppedPartStaysStopped();
    void wantedAgainWhileItIsStillBeingPrepared();
    void saysReadyAgainAfterARestart();
    void measuresWhatRuns();
    void restartsAWatchdogThatDied();
    void pausesTheWholeTree();
    void aPausedPartStops();
    void replicasComeAndGo();

private:
    stack::Part* part(const char* which) { return m_supervisor->part(name(which), 0); }
    PartState state(const char* which) { return part(which)->status().state; }
    QString path(const char* file) const { return m_folder->filePath(name(file)); }
    void begin() {
        QString fault;
        QVERIFY2(m_supervisor->start(&fault), qPrintable(fault));
    }
    void touch(const QString& file) {
        QFile made(file);
        QVERIFY(made.open(QIODevice::WriteOnly));
    }
    std::unique_ptr<QTemporaryDir> m_folder;
    std::unique_ptr<stack::Supervisor> m_supervisor;
};

void TestSupervisor::init() {
    m_folder = std::make_unique<QTemporaryDir>();
    m_supervisor = std::make_unique<stack::Supervisor>(path("parts.json"), m_folder->path(),
                                                       QStringLiteral(NOVA_BIN_DIR "/nova-watchdog"));
}

void TestSupervisor::cleanup() {
    m_supervisor.reset();
    m_folder.reset();
}

void TestSupervisor::startsSideBySideAndSaysReadyOnce() {
    m_supervisor->add(test::scriptPart("a", test::sleeper()));
    m_supervisor->add(test::scriptPart("b", test::sleeper(), {}, {}, path("b.ready")));
    QSignalSpy ready(m_supervisor.get(), &stack::Supervisor::ready);
    begin();
    QTRY_COMPARE(state("a"), PartState::ready);
    QTRY_VERIFY(part("b")->status().pid > 0);
    QCOMPARE(state("b"), PartState::starting);
    QCOMPARE(ready.count(), 0);
    touch(path("b.ready"));
    QTRY_COMPARE(ready.count(), 1);
    QVERIFY(part("b")->status().readyMs >= 0);
    QVERIFY(stack::isAlive(part("b")->process()));
    QVERIFY(QFile::exists(path("parts.json")));
}

void TestSupervisor::waitsForWhatItNeedsAndSaysSo() {
    m_supervisor->add(test::scriptPart("store", test::sleeper(), {}, {}, path("store.ready")));
    m_supervisor->add(test::scriptPart("service", test::sleeper(), {name("store")}));
    begin();
    QTRY_COMPARE(state("store"), PartState::starting);
    QCOMPARE(state("service"), PartState::waiting);
    QCOMPARE(part("service")->status().blockedBy, QStringList{name("store")});
    QCOMPARE(part("service")->status().pid, 0);
    touch(path("store.ready"));
    QTRY_COMPARE(state("service"), PartState::ready);
    QVERIFY(part("service")->status().blockedBy.isEmpty());
}

void TestSupervisor::stopsInOrderAndSaysWhatItWaitsFor() {
    const auto log = path("order");
    const auto slow = QStringLiteral("trap 'sleep 0.2; echo service >> %1; exit 0' TERM; sleep 600 & wait").arg(log);
    const auto quick = QStringLiteral("trap 'echo store >> %1; exit 0' TERM; sleep 600 & wait").arg(log);
    m_supervisor->add(test::scriptPart("store", quick, {}, {name("service")}));
    m_supervisor->add(test::scriptPart("service", slow));
    QSignalSpy ready(m_supervisor.get(), &stack::Supervisor::ready),
        stopped(m_supervisor.get(), &stack::Supervisor::stopped);
    begin();
    QVERIFY(ready.wait());
    QTest::qWait(100);  // the shells must have set their traps, which nothing tells
    m_supervisor->stop();
    QCOMPARE(state("store"), PartState::stopping);
    QCOMPARE(part("store")->status().blockedBy, QStringList{name("service")});
    QVERIFY(stopped.wait());
    QFile order(log);
    QVERIFY(order.open(QIODevice::ReadOnly));
    QCOMPARE(order.readAll(), QByteArray("service\nstore\n"));
    QCOMPARE(state("store"), PartState::stopped);
    QCOMPARE(part("store")->status().pid, 0);
}

// The store's probe goes on answering while the store waits for its turn to stop.
void TestSupervisor::stopsInOrderWhatIsStillStarting() {
    const auto slow = QStringLiteral("trap 'sleep 0.3; exit 0' TERM; touch %1; sleep 600 & wait").arg(path("trapped"));
    m_supervisor->add(test::scriptPart("store", test::sleeper(), {}, {name("service")}, path("store.ready")));
    m_supervisor->add(test::scriptPart("service", slow));
    QSignalSpy stopped(m_supervisor.get(), &stack::Supervisor::stopped);
    begin();
    QTRY_VERIFY(QFile::exists(path("trapped")));
    QTRY_COMPARE(state("store"), PartState::starting);
    m_supervisor->stop();
    QVERIFY(stopped.wait());  // long before all that is left is killed
    QCOMPARE(state("store"), PartState::stopped);
}

void TestSupervisor::startsAgainWhatEndsByItself() {
    m_supervisor->add(test::scriptPart("a", test::sleeper()));
    QSignalSpy ready(m_supervisor.get(), &stack::Supervisor::ready);
    begin();
    QVERIFY(ready.wait());
    const auto first = part("a")->status().pid;
    part("a")->kill();
    QTRY_COMPARE(state("a"), PartState::failed);
    QVERIFY(part("a")->status().lastError.contains(name("killed by signal 9")));
    QTRY_COMPARE(state("a"), PartState::ready);
    QVERIFY(part("a")->status().pid != first);
    QCOMPARE(part("a")->status().restarts, 1);
}

void TestSupervisor::givesUpOnWhatNeverBecomesReady() {
    m_supervisor->add(test::scriptPart(
        "broken", QStringLiteral("echo '2026-11-23T00:00:00Z E main  no such table'; exit 3"), {}, {}, path("never")));
    QSignalSpy gaveUp(m_supervisor.get(), &stack::Supervisor::gaveUp);
    begin();
    QVERIFY(gaveUp.wait(40'000));
    QVERIFY(gaveUp.first().at(1).toString().contains(name("exited with 3")));
    QVERIFY(gaveUp.first().at(1).toString().contains(name("no such table")));
    QCOMPARE(state("broken"), PartState::failed);
    QCOMPARE(part("broken")->status().restarts, stack::Part::givesUpAfter - 1);
}

void TestSupervisor::killsWhatDoesNotStop() {
    const auto stubborn = QStringLiteral("trap '' TERM; touch %1; while :; do sleep 1; done").arg(path("trapped"));
    m_supervisor->add(test::scriptPart("stubborn", stubborn, {}, {}, path("trapped")));
    QSignalSpy ready(m_supervisor.get(), &stack::Supervisor::ready),
        stopped(m_supervisor.get(), &stack::Supervisor::stopped);
    begin();
    QVERIFY(ready.wait());
    const auto process = part("stubborn")->process();
    m_supervisor->stop();
    QVERIFY(stopped.wait());
    QVERIFY(!stack::isAlive(process));
}

void TestSupervisor::endsTheWholeGroup() {
    m_supervisor->add(test::scriptPart("family", QStringLiteral("sleep 600 & echo $! > %1; wait").arg(path("child")),
                                       {}, {}, path("child")));
    QSignalSpy ready(m_supervisor.get(), &stack::Supervisor::ready),
        stopped(m_supervisor.get(), &stack::Supervisor::stopped);
    begin();
    QVERIFY(ready.wait());
    QFile file(path("child"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    QTRY_VERIFY(file.size() > 1);
    const auto child = static_cast<pid_t>(file.readAll().trimmed().toInt());
    const stack::ProcId id{child, stack::startOf(child)};
    QVERIFY(stack::isAlive(id));
    m_supervisor->stop();
    QVERIFY(stopped.wait());
    QVERIFY(!stack::isAlive(id));
}

void TestSupervisor::aStoppedPartStaysStopped() {
    m_supervisor->add(test::scriptPart("a", test::sleeper()));
    m_supervisor->add(test::scriptPart("b", test::sleeper(), {}, {name("a")}));
    QSignalSpy ready(m_supervisor.get(), &stack::Supervisor::ready);
    begin();
    QVERIFY(ready.wait());
    part("b")->stop(false);
    QTRY_COMPARE(state("b"), PartState::stopped);
    QCOMPARE(state("a"), PartState::ready);
    part("a")->restart();
    QVERIFY(ready.wait());  // said of the others, though this one is stopped on purpose
    part("b")->start();
    QTRY_COMPARE(state("b"), PartState::ready);
}

void TestSupervisor::wantedAgainWhileItIsStillBeingPrepared() {
    // Its first preparation goes on until it is given up; the second is quick.
    struct SlowRecipe : test::ScriptRecipe {
        using ScriptRecipe::ScriptRecipe;
        stack::Prepared prepare(const stack::Preparation& preparation) override {
            if (runs++ > 0) return ScriptRecipe::prepare(preparation);
            while (!preparation.cancelled()) QThread::msleep(1);
            goOn.acquire();
            return {false, true, {}, QStringLiteral("given up")};
        }
        std::atomic<int> runs{0};
        QSemaphore goOn;
    };
    auto spec = test::scriptPart("a", test::sleeper());
    const auto recipe = std::make_shared<SlowRecipe>(test::sleeper());
    spec.recipe = recipe;
    m_supervisor->add(std::move(spec));
    begin();
    QTRY_COMPARE(recipe->runs.load(), 1);
    part("a")->stop(false);
    part("a")->start();
    recipe->goOn.release();
    QTRY_COMPARE(state("a"), PartState::ready);
}

void TestSupervisor::saysReadyAgainAfterARestart() {
    m_supervisor->add(test::scriptPart("a", test::sleeper()));
    QSignalSpy ready(m_supervisor.get(), &stack::Supervisor::ready);
    begin();
    QVERIFY(ready.wait());
    part("a")->restart();
    QVERIFY(ready.wait());
    QCOMPARE(part("a")->status().restarts, 1);
}

void TestSupervisor::measuresWhatRuns() {
    m_supervisor->add(test::scriptPart("busy", QStringLiteral("while :; do :; done")));
    begin();
    QTRY_VERIFY_WITH_TIMEOUT(part("busy")->status().cpuPercent > 1, 10'000);
    QVERIFY(part("busy")->status().rssBytes > 100'000);
}

void TestSupervisor::restartsAWatchdogThatDied() {
    m_supervisor->add(test::scriptPart("a", test::sleeper()));
    QSignalSpy ready(m_supervisor.get(), &stack::Supervisor::ready);
    begin();
    QVERIFY(ready.wait());
    const auto first = m_supervisor->watchdog().pid();
    QVERIFY(first > 0);
    ::kill(static_cast<pid_t>(first), SIGKILL);
    QTRY_VERIFY(m_supervisor->watchdog().pid() > 0 && m_supervisor->watchdog().pid() != first);
    QCOMPARE(state("a"), PartState::ready);
}

void TestSupervisor::pausesTheWholeTree() {
    m_supervisor->add(test::scriptPart(
        "family", QStringLiteral("setsid sleep 600 & echo $! > %1; wait").arg(path("child")), {}, {}, path("child")));
    m_supervisor->add(test::scriptPart("other", test::sleeper()));
    QSignalSpy ready(m_supervisor.get(), &stack::Supervisor::ready);
    begin();
    QVERIFY(ready.wait());
    const auto leader = part("family")->process().pid;
    const auto members = [leader] { return stack::membersOf(leader, stack::allProcesses()); };
    const auto stoppedOnes = [&members] {
        const auto all = members();
        return std::count_if(all.begin(), all.end(), [](const auto& p) { return p.state == 'T'; });
    };
    QTRY_COMPARE(members().size(), std::size_t{2});  // the child has a session of its own
    part("family")->pause();
    QCOMPARE(state("family"), PartState::paused);
    QTRY_COMPARE(stoppedOnes(), 2);
    part("other")->restart();
    QVERIFY(ready.wait());                         // said of the others, though this one is paused on purpose
    QCOMPARE(state("family"), PartState::paused);  // nobody asks it
    QCOMPARE(part("family")->process().pid, leader);
    part("family")->resume();
    QTRY_COMPARE(state("family"), PartState::ready);
    QTRY_COMPARE(stoppedOnes(), 0);
    QCOMPARE(part("family")->status().restarts, 0);
}

void TestSupervisor::aPausedPartStops() {
    const auto said = path("said");
    const auto script =
        QStringLiteral("trap 'echo bye > %1; exit 0' TERM; touch %2; sleep 600 & wait").arg(said, path("trapped"));
    m_supervisor->add(test::scriptPart("a", script, {}, {}, path("trapped")));
    m_supervisor->add(test::scriptPart("b", test::sleeper()));
    QSignalSpy ready(m_supervisor.get(), &stack::Supervisor::ready),
        stopped(m_supervisor.get(), &stack::Supervisor::stopped);
    begin();
    QVERIFY(ready.wait());
    part("b")->pause();
    part("b")->kill();
    QTRY_COMPARE(state("b"), PartState::ready);
    QCOMPARE(part("b")->status().restarts, 1);
    part("a")->pause();
    part("b")->pause();
    m_supervisor->stop();
    QVERIFY(stopped.wait());
    QVERIFY2(QFile::exists(said), "it was asked to stop, not killed");
}

void TestSupervisor::replicasComeAndGo() {
    const auto replica = [](int number) {
        auto spec = test::scriptPart("a", test::sleeper());
        spec.replica = number;
        return spec;
    };
    m_supervisor->add(replica(0));
    m_supervisor->add(test::scriptPart("b", test::sleeper()));
    QSignalSpy ready(m_supervisor.get(), &stack::Supervisor::ready),
        removed(m_supervisor.get(), &stack::Supervisor::removed);
    begin();
    QVERIFY(ready.wait());
    for (int number : {1, 2}) {
        m_supervisor->add(replica(number));
        m_supervisor->part(name("a"), number)->start();
    }
    QTRY_COMPARE(ready.count(), 2);  // once more, with all of them
    QStringList ids;
    for (const auto& status : m_supervisor->statuses()) ids << status.id();
    QCOMPARE(ids, (QStringList{name("a/0"), name("a/1"), name("a/2"), name("b/0")}));
    const auto process = m_supervisor->part(name("a"), 2)->process();
    m_supervisor->remove(name("a"), 2);
    QVERIFY(m_supervisor->leaving(name("a"), 2));
    QVERIFY(removed.wait());
    QVERIFY(!m_supervisor->part(name("a"), 2));
    QVERIFY(!stack::isAlive(process));
    m_supervisor->remove(name("a"), 1);  // and taken back before it is gone
    m_supervisor->keep(name("a"), 1);
    m_supervisor->part(name("a"), 1)->start();
    QTRY_COMPARE(m_supervisor->part(name("a"), 1)->status().state, PartState::ready);
    QCOMPARE(removed.count(), 1);
    QVERIFY(m_supervisor->allReady());
}

QTEST_GUILESS_MAIN(TestSupervisor)
#include "tst_stack_supervisor.moc"
