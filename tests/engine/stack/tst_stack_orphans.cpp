// What is left when the process that supervises is killed by SIGKILL: nothing.
#include <signal.h>

#include <QElapsedTimer>
#include <QProcess>
#include <QTemporaryDir>
#include <QtTest>

#include "app/engine/stack/parts_record.h"
#include "app/engine/stack/proc_tree.h"

using namespace nova::stack;

namespace {

// Living processes that a victim of this folder made, its watchdog among them.
int madeIn(const QString& folder) {
    int count = 0;
    for (const auto& p : allProcesses()) {
        QFile file(QStringLiteral("/proc/%1/environ").arg(p.pid));
        if (p.state == 'Z' || !file.open(QIODevice::ReadOnly)) continue;
        if (file.readAll().contains(QByteArray("NOVA_VICTIM=" + QFile::encodeName(folder)))) ++count;
    }
    return count;
}

QVector<ProcId> descendantsOf(pid_t leader) {
    QVector<ProcId> ids;
    for (const auto& member : membersOf(leader, allProcesses()))
        if (member.pid != leader) ids << ProcId{member.pid, member.start};
    return ids;
}

bool allGone(const QVector<ProcId>& ids) {
    return std::none_of(ids.begin(), ids.end(), [](const ProcId& id) { return isAlive(id); });
}

}  // namespace

class TestOrphans : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void killedWhenReady();
    void killedWhileStarting();
    void sweptByTheNextStart();
    void neverSweepsAnotherProcess();

private:
    void startVictim(QProcess& victim, const QStringList& more = {}) {
        victim.start(QStringLiteral(NOVA_TESTS_DIR "/supervisor_victim"), QStringList{m_folder.path()} + more);
        QVERIFY(victim.waitForStarted());
    }
    QTemporaryDir m_folder;
};

void TestOrphans::killedWhenReady() {
    QProcess victim;
    startVictim(victim);
    QVERIFY(victim.waitForReadyRead(10'000));
    QCOMPARE(victim.readAll().trimmed(), QByteArray("ready"));
    QVector<ProcId> family;  // watchdog, sleep, shell, and its two children, one of which left its group
    QVERIFY(madeIn(m_folder.path()) > 0);
    QTRY_VERIFY((family = descendantsOf(static_cast<pid_t>(victim.processId()))).size() >= 5);
    victim.kill();
    QVERIFY(victim.waitForFinished());
    QTRY_VERIFY_WITH_TIMEOUT(allGone(family), 10'000);
    QTRY_COMPARE_WITH_TIMEOUT(madeIn(m_folder.path()), 0, 10'000);
}

void TestOrphans::killedWhileStarting() {
    QProcess victim;
    startVictim(victim, {QStringLiteral("die-starting")});
    QVERIFY(victim.waitForFinished(10'000));
    QCOMPARE(victim.exitStatus(), QProcess::CrashExit);
    QTRY_COMPARE_WITH_TIMEOUT(madeIn(m_folder.path()), 0, 10'000);
}

void TestOrphans::sweptByTheNextStart() {
    QProcess left;
    left.start(QStringLiteral("sleep"), {QStringLiteral("603")});
    QVERIFY(left.waitForStarted());
    const auto pid = static_cast<pid_t>(left.processId());
    PartsRecord record;
    record.processes << RecordedProcess{QStringLiteral("kafka"), 0, {pid, startOf(pid)}, {}};
    const auto file = m_folder.filePath(QStringLiteral("swept.json"));
    QString fault;
    QVERIFY2(record.write(file, &fault), qPrintable(fault));
    const auto swept = PartsRecord::read(file).sweep();
    QCOMPARE(swept, QStringList{QStringLiteral("kafka/0 (pid %1)").arg(pid)});
    QVERIFY(left.waitForFinished());
    QCOMPARE(left.exitStatus(), QProcess::CrashExit);
}

void TestOrphans::neverSweepsAnotherProcess() {
    QProcess other;
    other.start(QStringLiteral("sleep"), {QStringLiteral("604")});
    QVERIFY(other.waitForStarted());
    const auto pid = static_cast<pid_t>(other.processId());
    PartsRecord record;  // the same pid, but of a process that began at another time
    record.processes << RecordedProcess{QStringLiteral("kafka"), 0, {pid, startOf(pid) - 1}, {}};
    QCOMPARE(record.sweep(), QStringList());
    endTree({pid, startOf(pid) - 1}, "no-such-mark", SIGKILL, 0);
    QVERIFY(isAlive({pid, startOf(pid)}));
    other.kill();
    QVERIFY(other.waitForFinished());
}

QTEST_GUILESS_MAIN(TestOrphans)
#include "tst_stack_orphans.moc"
