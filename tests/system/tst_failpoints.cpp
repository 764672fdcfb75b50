// Every failpoint in every service that has it: the process dies, fails, stops or dawdles exactly there, is started
// again, and all invariants hold. A cell whose point was never passed fails: it would prove nothing.
#include <QDeadlineTimer>
#include <QtTest>

#include "app/engine/actions/socket_caller.h"
#include "kit/runtime/ids.h"
#include "kit/runtime/times.h"
#include "nova/events/v1/events.pb.h"
#include "tests/kit/base/eventually.h"
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

// What makes a service pass the point.
enum class Work { post, like, follow, signUp, message, upload };

struct Cell {
    QString service, point, when;
    Work work;
};

QList<Cell> matrix() {
    QList<Cell> cells;
    const QList<std::pair<QString, Work>> publishers{{u"content-service"_s, Work::post},
                                                     {u"social-service"_s, Work::follow},
                                                     {u"identity-service"_s, Work::signUp},
                                                     {u"messaging-service"_s, Work::message},
                                                     {u"media-service"_s, Work::upload}};
    for (const auto& [service, work] : publishers)
        for (const auto& point : {u"after_commit_before_ack"_s, u"after_kafka_ack_before_delete"_s})
            cells << Cell{service, point, u"1:kill"_s, work};
    const QList<std::pair<QString, Work>> consumers{{u"feed-service"_s, Work::post},
                                                    {u"social-service"_s, Work::post},
                                                    {u"content-service"_s, Work::upload},
                                                    {u"notification-service"_s, Work::like},
                                                    {u"realtime-chat-service"_s, Work::message}};
    for (const auto& [service, work] : consumers)
        for (const auto& point :
             {u"after_effect_before_mark"_s, u"after_mark_before_store"_s, u"after_store_before_commit"_s})
            cells << Cell{service, point, u"1:kill"_s, work};
    cells << Cell{u"feed-service"_s, u"mid_fanout_chunk"_s, u"1:kill"_s, Work::post};
    // The other ways to fail, where they differ from dying. Refused although committed: a retry finds what it made.
    for (const auto& [service, work] : publishers)
        if (work == Work::post || work == Work::message || work == Work::follow)
            cells << Cell{service, u"after_commit_before_ack"_s, u"1:err"_s, work};
    for (const auto& [service, work] : consumers)
        if (service != u"feed-service") cells << Cell{service, u"after_effect_before_mark"_s, u"1:err"_s, work};
    cells << Cell{u"content-service"_s, u"after_kafka_ack_before_delete"_s, u"1:err"_s, Work::post}
          << Cell{u"content-service"_s, u"after_commit_before_ack"_s, u"2:delay"_s, Work::post}
          << Cell{u"feed-service"_s, u"after_effect_before_mark"_s, u"1:err"_s, Work::post}
          << Cell{u"feed-service"_s, u"after_mark_before_store"_s, u"1:err"_s, Work::post}
          << Cell{u"feed-service"_s, u"mid_fanout_chunk"_s, u"1:stop"_s, Work::post}
          << Cell{u"content-service"_s, u"after_kafka_ack_before_delete"_s, u"1:stop"_s, Work::post};
    return cells;
}

}  // namespace

class FailpointsTest : public QObject {
    Q_OBJECT
    LiveNova m_nova;
    Faults m_faults{m_nova};
    std::unique_ptr<Workload> m_work;
    QList<Cell> m_cells = matrix();
    nova::engine::SocketCaller m_socket;  // user 1's
    QStringList m_heard;                  // ids of messages, as they came

    const Account& user(std::size_t i) const { return m_work->users()[i]; }

    void pass(Work kind) {
        switch (kind) {
            case Work::post: {
                const auto op = keyedPost();
                if (op.answer == Answer::ok) m_work->updatePost(user(0), op.id);
                return;
            }
            case Work::like: {
                const auto op = m_work->createPost(user(0));
                if (op.answer == Answer::ok) m_work->like(user(1), op.id);
                return;
            }
            case Work::follow: m_work->follow(user(1), user(2).id.toStdString(), m_toggle = !m_toggle); return;
            case Work::signUp: static_cast<void>(m_nova.signUp(u"newcomer"_s)); return;
            case Work::upload: {
                const auto op = m_work->createPost(user(0));
                if (op.answer == Answer::ok) m_work->upload(user(0), op.id);
                return;
            }
            case Work::message: keyedMessage(); return;
        }
    }
    void everyMessageWasHeardOnce() {
        QVERIFY(eventually([this] {  // the last one, behind whatever the failure held up
            return m_work->sendMessage(user(0), user(1).id.toStdString()).answer == Answer::ok;
        }));
        QStringList sent;
        for (const auto& op : m_work->history().ops())
            if (op.kind == Kind::sendMessage && op.answer == Answer::ok) sent << QString::fromStdString(op.id);
        sent.removeDuplicates();
        QTRY_VERIFY_WITH_TIMEOUT(std::ranges::all_of(sent, [this](const QString& id) { return m_heard.contains(id); }),
                                 20'000);
        for (const auto& id : sent) QCOMPARE(m_heard.count(id), 1);
    }
    // What stays unclear is asked for again under its key.
    Op keyedPost() {
        const auto key = kit::newUuid();
        const auto op = m_work->createPost(user(0), key);
        return op.answer == Answer::info ? m_work->createPost(user(0), key, op.token) : op;
    }
    void keyedMessage() {
        const auto key = kit::newUuid();
        const auto op = m_work->sendMessage(user(0), user(1).id.toStdString(), key);
        if (op.answer == Answer::info) m_work->sendMessage(user(0), user(1).id.toStdString(), key, op.token);
    }
    bool m_toggle = false;

private Q_SLOTS:
    void initTestCase() {
        QVERIFY2(m_nova.start(), qPrintable(m_nova.log()));
        m_work = std::make_unique<Workload>(m_nova, WorkloadOptions{.users = 6, .clients = 2, .pauseMs = 0});
        QVERIFY(m_work->prepare());
        connect(&m_socket, &nova::engine::SocketCaller::message, this,
                [this](const nova::engine::SocketMessage& message) { m_heard << message.id; });
        QSignalSpy opened(&m_socket, &nova::engine::SocketCaller::opened);
        m_socket.open(m_nova.run().value(u"websocket"_s).toString(), user(1).token);
        QTRY_VERIFY_WITH_TIMEOUT(!opened.isEmpty(), 30'000);
        QCOMPARE(settle(m_nova), std::string());
    }

    void cell_data() {
        QTest::addColumn<int>("index");
        for (int i = 0; i < m_cells.size(); ++i) {
            const auto& c = m_cells[i];
            QTest::newRow(qPrintable(c.service + u' ' + c.point + u' ' + c.when)) << i;
        }
    }
    void cell() {
        QFETCH(int, index);
        const Cell& c = m_cells[index];
        if (!m_faults.services().contains(c.service)) QSKIP("this service is not built");
        const auto before = m_faults.pid(c.service);
        QVERIFY(before > 0);
        m_faults.arm(c.service, c.point, c.when);
        for (QDeadlineTimer limit(15'000); !m_faults.fired(c.service, c.point) && !limit.hasExpired();) pass(c.work);
        QVERIFY2(m_faults.fired(c.service, c.point), "the point was never passed");
        if (c.when.endsWith(u"stop"_s)) QVERIFY(m_faults.resume(c.service));
        if (c.when.endsWith(u"kill"_s)) {
            QTRY_VERIFY_WITH_TIMEOUT(m_faults.pid(c.service) != 0 && m_faults.pid(c.service) != before, 30'000);
            pass(c.work);  // life goes on
        }
        QVERIFY2(m_faults.awaitHealed(30'000) >= 0, qPrintable(m_faults.notHealed()));
        const auto wrong = judge();
        QVERIFY2(wrong.empty(), wrong.c_str());
        if (c.work == Work::message) everyMessageWasHeardOnce();
    }

    // A fan-out too wide for one batch: its job goes on where it was, and ends with a delete that comes meanwhile.
    void aWideFanOutSurvives() {
        Workload star(m_nova, {.users = 1});
        QVERIFY(star.prepare());
        giveFollowers(star.users()[0].id.toStdString(), 2'300);
        const auto before = m_faults.pid(u"feed-service"_s);
        m_faults.arm(u"feed-service"_s, u"mid_fanout_chunk"_s, u"2:kill"_s);
        const auto post = star.createPost(star.users()[0]).id;
        QTRY_VERIFY_WITH_TIMEOUT(m_faults.fired(u"feed-service"_s, u"mid_fanout_chunk"_s), 30'000);
        QTRY_VERIFY_WITH_TIMEOUT(m_faults.pid(u"feed-service"_s) != 0 && m_faults.pid(u"feed-service"_s) != before,
                                 15'000);
        QTRY_COMPARE_WITH_TIMEOUT(reached(post), 2'300, 30'000);

        m_faults.arm(u"feed-service"_s, u"mid_fanout_chunk"_s, u"2:delay"_s);
        const auto second = star.createPost(star.users()[0]).id;
        QTRY_VERIFY_WITH_TIMEOUT(reached(second) > 0, 30'000);
        QCOMPARE(star.deletePost(star.users()[0], second).answer, Answer::ok);
        QTRY_COMPARE_WITH_TIMEOUT(Sql(m_nova)("SELECT 1 FROM feed.fan_out_jobs").size(), 0, 60'000);
        QCOMPARE(settle(m_nova), std::string());
        QCOMPARE(reached(second), 0);
        QCOMPARE(reached(post), 2'300);
    }

    void cleanupTestCase() {
        if (m_work) qInfo("%s", m_work->history().summary().c_str());
        m_work.reset();
        QVERIFY(m_nova.stop());
    }

private:
    // The newcomers were not signed up by the workload: their events are true all the same.
    std::string judge() {
        return nova::test::judge(m_nova, m_work->history(), [this] { return readWorld(m_nova, {user(0), user(1)}); });
    }

    // Followers known to feed-service by events alone: nobody signed them up.
    void giveFollowers(const std::string& author, int count) {
        std::vector<kit::kafka::OutRecord> records;
        for (int i = 0; i < count; ++i) {
            m_crowd.push_back(kit::newUuid());
            nova::events::v1::UserFollowed event;
            event.set_follower_id(m_crowd.back());
            event.set_followee_id(author);
            event.set_version(i + 1);
            event.set_follower_count(i + 1);
            kit::setTime(event.mutable_event_time(), kit::wallNow());
            records.push_back(recordOf({"nova.social.events",
                                        author,
                                        "UserFollowed",
                                        "nova.events.v1.UserFollowed",
                                        event.SerializeAsString(),
                                        i + 1,
                                        {}}));
        }
        QVERIFY(send(m_nova, records));
        QCOMPARE(settle(m_nova), std::string());
    }
    // In how many of the crowd's feeds the post stands.
    int reached(const std::string& post) const {
        std::vector<kit::RedisCommand> commands;
        for (const auto& follower : m_crowd) commands.push_back({"ZSCORE", "feed:" + follower, post});
        const auto replies = redisOf(m_nova)->pipeline(commands);
        if (!replies) return -1;
        return static_cast<int>(
            std::ranges::count_if(replies.value(), [](const auto& reply) { return !reply.isNil(); }));
    }
    std::vector<std::string> m_crowd;
};

QTEST_GUILESS_MAIN(FailpointsTest)
#include "tst_failpoints.moc"
