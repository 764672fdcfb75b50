// A seeded hour of trouble in a minute: services, stores and replicas die, stop, lose their memory and their room while
// clients work. The same seed makes the same schedule. At the end everything heals and all invariants are judged. It
// fails when nothing happened: each of the rare moments that the guarantees are for is provoked and must be proven to
// have come.
//   NOVA_CHAOS_SEED      default 20261123; printed
//   NOVA_CHAOS_SECONDS   of random faults beyond the provoked moments; default 40
//   NOVA_CHAOS_DISK      0: no full disk. Else, where a tmpfs may be mounted, Redis lies on a small one that is filled
//   now and then
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QtTest>
#include <array>

#include "kit/runtime/ids.h"
#include "tests/support/faults.h"
#include "tests/support/oracle/judge.h"
#include "tests/support/oracle/records.h"
#include "tests/support/oracle/stores.h"
#include "tests/support/oracle/workload.h"
#include "tests/support/oracle/world_reader.h"

using namespace Qt::StringLiterals;
using namespace nova::test;
namespace kit = nova::kit;

namespace {

constexpr int recoveryLimitMs = 30'000;

struct Step {
    QString what, target;
    int amount = 0;  // ms; of scale: replicas
    [[nodiscard]] QString text() const {
        return what + u' ' + target +
               (amount == 0 ? QString() : (what == u"scale"_s ? u" to %1"_s : u" for %1 ms"_s).arg(amount));
    }
};

// A small disk, in a mount namespace of this test and its children: however they end, the kernel takes it away with the
// last.
class SmallDisk {
public:
    ~SmallDisk() { leave(); }
    // By the main thread, before it starts others: they and its children see the mount. "" or why there is none.
    QString mountAt(const QString& folder) {
        const auto path = QFile::encodeName(folder);
        if (::unshare(CLONE_NEWNS) != 0 || ::mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
            ::mount("tmpfs", path.constData(), "tmpfs", 0, "size=64m,mode=0700") != 0)
            return qt_error_string(errno);
        m_path = path;
        return {};
    }
    void leave() {
        if (!m_path.isEmpty()) ::umount2(m_path.constData(), MNT_DETACH);
        m_path.clear();
    }
    [[nodiscard]] bool isThere() const { return !m_path.isEmpty(); }

private:
    QByteArray m_path;
};

// Of the seed alone.
QList<Step> schedule(std::uint64_t seed, const QStringList& services, bool tmpfs) {
    std::mt19937_64 random(seed);
    const QStringList stores{u"postgres"_s, u"redis"_s, u"kafka"_s};
    QList<Step> steps;
    const auto pick = [&](const QStringList& from) {
        return from[static_cast<qsizetype>(random() % static_cast<std::uint64_t>(from.size()))];
    };
    const auto between = [&](int least, int most) {
        return least + static_cast<int>(random() % static_cast<std::uint64_t>(most - least));
    };
    for (int i = 0; i < 400; ++i) {
        const auto dice = random() % 100;
        if (dice < 35)
            steps << Step{u"kill"_s, pick(services), 0};
        else if (dice < 55)
            steps << Step{u"pause"_s, pick(services), between(500, 4'000)};
        else if (dice < 65)
            steps << Step{u"kill"_s, pick(stores), 0};
        else if (dice < 78)
            steps << Step{u"pause"_s, pick(stores), between(500, 4'000)};
        else if (dice < 86)
            steps << Step{u"flush"_s, u"redis"_s, 0};
        else if (dice < 94)
            steps << Step{u"scale"_s, u"feed-service"_s, between(1, 4)};
        else if (tmpfs)
            steps << Step{u"fill"_s, u"redis"_s, between(500, 3'000)};
    }
    return steps;
}

}  // namespace

class ChaosTest : public QObject {
    Q_OBJECT
    QTemporaryDir m_scratch{QDir::tempPath() + u"/nova-test-XXXXXX"_s};
    SmallDisk m_disk;  // gone before its folder, after the Nova
    LiveNova m_nova{{}, m_scratch.path() + u"/data"_s};
    Faults m_faults{m_nova};
    std::unique_ptr<Workload> m_work;
    std::set<std::string> m_foreignEvents;
    int m_worstRecoveryMs = 0;
    std::uint64_t m_seed =
        qEnvironmentVariableIsSet("NOVA_CHAOS_SEED") ? qEnvironmentVariable("NOVA_CHAOS_SEED").toULongLong() : 20261123;
    int m_seconds =
        qEnvironmentVariableIsSet("NOVA_CHAOS_SECONDS") ? qEnvironmentVariableIntValue("NOVA_CHAOS_SECONDS") : 40;

    const Account& user(std::size_t i) const { return m_work->users()[i]; }
    double outcomes(const QString& outcome) const {
        return m_faults.metric(u"feed-service"_s, u"nova_outcomes_total"_s, {u"outcome=\"%1\""_s.arg(outcome)});
    }
    QString redisFolder() const { return m_nova.dataDir() + u"/redis"_s; }
    QString serviceLog(const QString& name) const {
        QFile file(m_nova.dataDir() + u"/log/"_s + name + u".log"_s);
        return file.open(QIODevice::ReadOnly) ? QString::fromUtf8(file.readAll()) : QString();
    }

    // Heals; false when it takes too long.
    bool recovers(const QString& after) {
        const int took = m_faults.awaitHealed(recoveryLimitMs);
        m_worstRecoveryMs = std::max(m_worstRecoveryMs, took);
        if (took < 0) qWarning("after %s: %s", qPrintable(after), qPrintable(m_faults.notHealed()));
        return took >= 0;
    }

    // Takes what is left of Redis' room; the file that is removed to give it back.
    QString fillUp() {
        const QString path = redisFolder() + u"/filler"_s;
        const int filler = ::open(qPrintable(path), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
        const std::array<char, 4'096> block{};
        while (::write(filler, block.data(), block.size()) > 0) {
        }
        ::close(filler);
        return path;
    }
    void fill(int ms) {
        const auto filler = fillUp();
        QTest::qWait(ms);
        QFile::remove(filler);
    }
    bool redisCannotWrite() {
        const auto info = redisOf(m_nova)->command({"INFO", "persistence"});
        return info && info.value().text.find("aof_last_write_status:err") != std::string::npos;
    }

    // Which replica of the service stands still; −1: none.
    int stoppedReplica(const QString& service, int replicas) const {
        for (int replica = 0; replica < replicas; ++replica) {
            QFile stat(u"/proc/%1/stat"_s.arg(m_faults.pid(service, replica)));
            if (stat.open(QIODevice::ReadOnly) && stat.readAll().contains(") T ")) return replica;
        }
        return -1;
    }

    // Until the supervisor has made another.
    bool kill(const QString& part) {
        const auto before = m_faults.pid(part);
        if (!m_faults.kill9(part)) return false;
        return QTest::qWaitFor([&] { return m_faults.pid(part) != 0 && m_faults.pid(part) != before; },
                               recoveryLimitMs);
    }

    bool apply(const Step& step) {
        if (step.what == u"kill"_s) return kill(step.target);
        if (step.what == u"flush"_s) return !!redisOf(m_nova)->command({"FLUSHALL"});
        if (step.what == u"scale"_s)
            return m_faults.fault({u"scale"_s, step.target, QString::number(step.amount)}).isEmpty();
        if (step.what == u"fill"_s) return fill(step.amount), true;
        if (!m_faults.pause(step.target)) return false;
        const int before = m_work->readsAnswered() + m_work->acknowledged();
        QTest::qWait(step.amount);
        const int during = m_work->readsAnswered() + m_work->acknowledged() - before;
        if (!m_faults.resume(step.target)) return false;
        // Invariant 12: with one consumer or publisher standing still, the others go on.
        const bool others = step.target != u"graphql-gateway"_s && step.target != u"postgres"_s && step.amount > 2'000;
        if (others && during == 0) qWarning("nothing was answered during: %s", qPrintable(step.text()));
        return !others || during > 0;
    }

    void fire(const QString& service, const QString& point, const QString& when) {
        m_faults.arm(service, point, when);
        QTRY_VERIFY_WITH_TIMEOUT(m_faults.fired(service, point), 30'000);
        if (when.endsWith(u"stop"_s)) m_faults.resume(service);
        QTest::qWait(200);
        QVERIFY(recovers(service + u'@' + point));
    }

private Q_SLOTS:
    void initTestCase() {
        qInfo("seed %llu, %d s: NOVA_CHAOS_SEED=%llu NOVA_CHAOS_SECONDS=%d repeats it",
              static_cast<unsigned long long>(m_seed), m_seconds, static_cast<unsigned long long>(m_seed), m_seconds);
        QDir().mkpath(redisFolder());
        const auto refused = qEnvironmentVariable("NOVA_CHAOS_DISK") == u"0"_s ? u"NOVA_CHAOS_DISK is 0"_s
                                                                               : m_disk.mountAt(redisFolder());
        if (!refused.isEmpty()) qInfo("skipped: disk full (%s)", qPrintable(refused));
        QVERIFY2(m_nova.start(), qPrintable(m_nova.log()));
        const bool messages = m_faults.services().contains(u"messaging-service"_s);
        m_work = std::make_unique<Workload>(
            m_nova, WorkloadOptions{.seed = m_seed, .users = 10, .clients = 3, .pauseMs = 30, .messages = messages});
        QVERIFY(m_work->prepare());
        m_work->start();
    }

    // ---- the rare moments

    void aDuplicateIsDelivered() {
        fire(u"feed-service"_s, u"after_store_before_commit"_s, u"1:kill"_s);
        QTRY_VERIFY_WITH_TIMEOUT(outcomes(u"duplicate"_s) > 0, 30'000);
    }

    void aRelayDiesBetweenSendAndDelete() {
        fire(u"content-service"_s, u"after_kafka_ack_before_delete"_s, u"1:kill"_s);
        QTRY_VERIFY_WITH_TIMEOUT(sentTwice() > 0, 30'000);
    }

    // A batch that holds no post has nothing that could be stale when it comes again: then another is hit.
    void aStaleVersionIsDropped() {
        const auto seen = [this] { return outcomes(u"stale"_s) > 0; };
        for (int i = 0; i < 5 && !seen(); ++i) {
            fire(u"feed-service"_s, u"after_effect_before_mark"_s, u"1:kill"_s);
            static_cast<void>(QTest::qWaitFor(seen, 5'000));
        }
        QVERIFY(seen());
    }

    // One of two replicas stands still in the midst of a fan-out until the group goes on without it; then it wakes up.
    void theGroupRebalancesInMidFanOut() {
        const auto said = m_faults.fault({u"scale"_s, u"feed-service"_s, u"2"_s});
        QVERIFY2(said.isEmpty(), qPrintable(said));
        QVERIFY(recovers(u"scale feed-service 2"_s));
        const auto partitions = [this] {
            return m_faults.metric(u"feed-service"_s, u"nova_consumer_assigned_partitions"_s);
        };
        const auto all = partitions();
        QVERIFY(all > 0);
        m_faults.arm(u"feed-service"_s, u"mid_fanout_chunk"_s, u"1:stop"_s);
        int stopped = -1;
        QTRY_VERIFY_WITH_TIMEOUT((stopped = stoppedReplica(u"feed-service"_s, 2)) >= 0, 30'000);
        QVERIFY(partitions() < all);                            // who stands still does not tell
        QTRY_VERIFY_WITH_TIMEOUT(partitions() == all, 60'000);  // the other has them now
        const auto losses = [this, stopped] {
            return serviceLog(u"feed-service-%1"_s.arg(stopped)).count(u"partitions lost"_s);
        };
        const auto before = losses();
        QVERIFY(m_faults.resume(u"feed-service"_s, stopped));
        QTRY_VERIFY_WITH_TIMEOUT(losses() > before, 30'000);
        QVERIFY(recovers(u"a member that was given up"_s));
    }

    // Redis has no room for its file and refuses writes; all that waits for it goes on when there is room again.
    void theDiskOfRedisIsFull() {
        if (!m_disk.isThere()) QSKIP("no small disk may be mounted here, so none can be filled");
        const auto filler = fillUp();
        QTRY_VERIFY_WITH_TIMEOUT(redisCannotWrite(), 30'000);
        QTest::qWait(1'000);  // so long nothing can be written
        QVERIFY(QFile::remove(filler));
        QTRY_VERIFY_WITH_TIMEOUT(!redisCannotWrite(), 30'000);
        QVERIFY(recovers(u"a full disk"_s));
    }

    void aTombstoneStopsACreation() {
        const auto posted = m_work->createPost(user(0));
        QCOMPARE(posted.answer, Answer::ok);
        QCOMPARE(m_work->deletePost(user(0), posted.id).answer, Answer::ok);
        const auto gone = "SELECT 1 FROM feed.feed_posts WHERE deleted AND id = '" + posted.id + "'";
        QTRY_VERIFY_WITH_TIMEOUT(!Sql(m_nova)(gone).empty(), 30'000);
        const double before = outcomes(u"stale"_s);
        const auto again = kit::newUuid();
        m_foreignEvents.insert(again);
        QVERIFY(send(m_nova, {recordOf({"nova.content.events", posted.id, "PostCreated", "nova.events.v1.PostCreated",
                                        postBytes(posted.id, user(0).id.toStdString(), 1, "too late"), 1, again})}));
        QTRY_VERIFY_WITH_TIMEOUT(outcomes(u"stale"_s) > before, 30'000);
    }

    // ---- the seeded faults

    void troubleOfAllKinds() {
        QList<Step> done;
        QElapsedTimer clock;
        clock.start();
        const auto steps = schedule(m_seed, m_faults.services(), m_disk.isThere());
        for (const auto& step : steps) {
            if (clock.elapsed() > m_seconds * 1'000) break;
            qInfo("%6.1f s  %s", static_cast<double>(clock.elapsed()) / 1'000, qPrintable(step.text()));
            QString thrown;
            try {
                QVERIFY2(apply(step), qPrintable(step.text()));
                QTest::qWait(300);
                QVERIFY2(recovers(step.text()), qPrintable(step.text()));
            } catch (const std::exception& e) {  // would leave the Nova behind
                thrown = QString::fromUtf8(e.what());
            }
            QVERIFY2(thrown.isEmpty(), qPrintable(thrown));
            done << step;
        }
        QVERIFY2(done.size() >= m_seconds / 10, "hardly anything happened");
    }

    void everythingHolds() {
        m_work->stop();
        qInfo("%s", m_work->history().summary().c_str());
        qInfo("longest recovery %d ms; %d writes acknowledged, %d reads answered; %d events were sent twice",
              m_worstRecoveryMs, m_work->acknowledged(), m_work->readsAnswered(), sentTwice());
        QVERIFY(m_work->acknowledged() > 50);
        QVERIFY(recovers(u"the end"_s));
        const auto worldOfTheWorkload = [this] {
            auto world = readWorld(m_nova, m_work->users());
            std::erase_if(world.events, [&](const EventRecord& e) { return m_foreignEvents.contains(e.eventId); });
            return world;
        };
        QCOMPARE(judge(m_nova, m_work->history(), worldOfTheWorkload), std::string());
    }

    void cleanupTestCase() {
        m_work.reset();
        const bool stopped = m_nova.stop();
        m_disk.leave();
        QVERIFY(stopped);
    }

private:
    int sentTwice() const {
        std::map<std::string, int> times;
        for (const auto& e : readLog(brokerOf(m_nova), {"nova.content.events"})) ++times[e.eventId];
        return static_cast<int>(std::ranges::count_if(times, [](const auto& t) { return t.second > 1; }));
    }
};

QTEST_GUILESS_MAIN(ChaosTest)
#include "tst_chaos.moc"
