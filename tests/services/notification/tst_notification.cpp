// The consumer: rows, unread counts and pushes, each once.
#include <QtTest>

#include "tests/services/notification/notification_fixture.h"
#include "tests/support/slowness.h"

using namespace nova;
using kit::Outcome;
using test::likeRecord;

namespace {

const QString kindKey = QStringLiteral("kind"), actorKey = QStringLiteral("actor"),
              handleKey = QStringLiteral("actor_handle"), postKey = QStringLiteral("post_id"),
              textKey = QStringLiteral("text"), traceKey = QStringLiteral("traceparent");

std::string attribute(const kit::trace::SpanData& span, std::string_view key) {
    for (const auto& [name, value] : span.text)
        if (name == key) return value;
    for (const auto& [name, value] : span.numbers)
        if (name == key) return std::to_string(value);
    return {};
}

}  // namespace

class NotificationTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { m_pusher.start(); }
    void init() {
        m_nova.clear();
        QVERIFY(m_cache.refill());
    }
    void likeIsToldOnce();
    void followIsTold();
    void ownLikeTellsNobody();
    void takenBackAndGivenAgainIsNotToldAgain();
    void takingBackIsSkipped();
    void malformedFailsAlone();
    void batchIsOneTransactionAndOnePipeline();
    void consumersAtOnceMakeOneRow();
    void countsAgreeWhileMarkedAtTheSameTime();
    void olderCountDoesNotWin();
    void nobodyOnlineIsNotPushedTo();
    void neutralTextWhenIdentityIsSlow();
    void realtimeAwayHoldsNobodyUp();
    void redisAwayIsRetriedAndPushedOnce();
    void whatADeadProcessLeftIsPushed();
    void aFailedPushComesAgain();
    void oldPushesAreForgotten();
    void historyIsNotPushed();
    void aReplayIsNotPushed();
    void spansShowTheEffects();

private:
    std::vector<Outcome> deliver(std::vector<kit::Record> records) { return test::deliver(m_handler, records); }
    void makeDue() { m_nova.stores.sql("UPDATE pending_pushes SET due_at = due_at - interval '3 seconds'"); }
    void addUp(const std::string& user) { QCOMPARE(m_nova.cached(user), std::to_string(m_nova.unseen(user))); }

    test::NotificationStores m_nova;
    kit::Metrics m_metrics;
    notification::Store m_store{m_nova.stores.pool, std::chrono::minutes{10}};
    notification::UnreadCache m_cache{m_store, m_nova.redis};
    notification::Names m_names{*m_nova.clients};
    notification::Pusher m_pusher{*m_nova.clients, m_names, m_store, m_metrics};
    notification::Notifier m_notifier{m_store, m_cache, m_nova.redis, m_pusher};
    notification::SocialHandler m_handler{m_notifier};
    const std::string m_post = kit::newUuid();
    const kit::WallTime m_start =
        kit::fromMicros(m_nova.stores.number("SELECT (extract(epoch FROM at) * 1000000)::bigint FROM first_start"));
};

void NotificationTest::likeIsToldOnce() {
    m_nova.connect(m_nova.alice);
    const auto like = likeRecord(m_nova.bob, m_nova.alice, m_post);
    QCOMPARE(deliver({like}), std::vector{Outcome::done});
    const auto row = m_nova.stores.sql(
        "SELECT id, recipient_id, actor_id, post_id, type, seen, extract(epoch FROM created_at)::bigint"
        " FROM notifications")[0];
    QCOMPARE(row[1].as<std::string>(), m_nova.alice);
    QCOMPARE(row[2].as<std::string>(), m_nova.bob);
    QCOMPARE(row[3].as<std::string>(), m_post);
    QCOMPARE(row[4].as<std::string>(), std::string("like"));
    QVERIFY(!row[5].as<bool>());
    QVERIFY(test::eventually([&] { return m_nova.pending() == 0; }));
    QCOMPARE(row[6].as<std::int64_t>(), std::int64_t{1'700'000'000});
    QCOMPARE(m_nova.cached(m_nova.alice), std::string("1"));

    const auto pushes = m_nova.realtime.pushes(1);
    QCOMPARE(pushes.size(), std::size_t{1});
    QCOMPARE(pushes[0].user_id(), m_nova.alice);
    QVERIFY(pushes[0].connection().empty());
    const auto frame = test::frameOf(pushes[0]);
    QCOMPARE(frame[QStringLiteral("type")].toString(), QStringLiteral("notification"));
    QCOMPARE(frame[QStringLiteral("id")].toString().toStdString(), row[0].as<std::string>());
    QCOMPARE(frame[kindKey].toString(), QStringLiteral("like"));
    QCOMPARE(frame[actorKey].toString().toStdString(), m_nova.bob);
    QCOMPARE(frame[handleKey].toString(), QStringLiteral("bob"));
    QCOMPARE(frame[postKey].toString().toStdString(), m_post);
    QCOMPARE(frame[textKey].toString(), QStringLiteral("bob liked your post"));
    QVERIFY(frame.contains(traceKey));

    // The event comes again, as after a crash or a reset of the group; then a new like behind it shows that nothing
    // was pushed in between.
    for (int i = 0; i < 3; ++i) QCOMPARE(deliver({like}), std::vector{Outcome::done});
    deliver({likeRecord(m_nova.bob, m_nova.alice, kit::newUuid())});
    QCOMPARE(m_nova.realtime.pushes(2).size(), std::size_t{2});
    QCOMPARE(m_nova.rows(), std::int64_t{2});
    addUp(m_nova.alice);
}

void NotificationTest::followIsTold() {
    m_nova.connect(m_nova.alice);
    const auto follow =
        test::followRecord<events::v1::UserFollowed>(m_nova.bob, m_nova.alice, 1, 1'700'000'000'000'000);
    QCOMPARE(deliver({follow}), std::vector{Outcome::done});
    deliver({follow});
    QCOMPARE(m_nova.stores.number("SELECT count(*) FROM notifications WHERE type = 'follow' AND post_id IS NULL"),
             std::int64_t{1});
    const auto frame = test::frameOf(m_nova.realtime.pushes(1).at(0));
    QCOMPARE(frame[kindKey].toString(), QStringLiteral("follow"));
    QVERIFY(frame[postKey].isNull());
    QCOMPARE(frame[textKey].toString(), QStringLiteral("bob follows you"));
    addUp(m_nova.alice);
}

void NotificationTest::ownLikeTellsNobody() {
    m_nova.connect(m_nova.alice);
    QCOMPARE(deliver({likeRecord(m_nova.alice, m_nova.alice, m_post)}), std::vector{Outcome::done});
    QCOMPARE(m_nova.rows(), std::int64_t{0});
    QVERIFY(m_nova.cached(m_nova.alice).empty());
}

void NotificationTest::takenBackAndGivenAgainIsNotToldAgain() {
    m_nova.connect(m_nova.alice);
    deliver({likeRecord(m_nova.bob, m_nova.alice, m_post, 1)});
    QVERIFY(m_store.markSeen(m_nova.alice));
    const auto first = m_nova.stores.sql("SELECT id FROM notifications")[0][0].as<std::string>();
    deliver({likeRecord(m_nova.bob, m_nova.alice, m_post, 3), likeRecord(m_nova.bob, m_nova.alice, m_post, 5),
             likeRecord(m_nova.carol, m_nova.alice, m_post, 6)});
    QCOMPARE(m_nova.rows(), std::int64_t{2});
    QCOMPARE(m_nova.stores.sql("SELECT id FROM notifications WHERE seen")[0][0].as<std::string>(), first);
    const auto pushes = m_nova.realtime.pushes(2);
    QCOMPARE(pushes.size(), std::size_t{2});
    QCOMPARE(test::frameOf(pushes[1])[actorKey].toString().toStdString(), m_nova.carol);
    QCOMPARE(m_nova.cached(m_nova.alice), std::string("1"));
}

void NotificationTest::takingBackIsSkipped() {
    events::v1::PostUnliked unliked;
    QVERIFY(!m_handler.knows(test::recordOf(contract::topic::social, m_post, unliked)));
    events::v1::UserUnfollowed unfollowed;
    QVERIFY(!m_handler.knows(test::recordOf(contract::topic::social, m_nova.alice, unfollowed)));
    QVERIFY(m_handler.knows(likeRecord(m_nova.bob, m_nova.alice, m_post)));
}

void NotificationTest::malformedFailsAlone() {
    auto garbage = likeRecord(m_nova.bob, m_nova.alice, m_post);
    garbage.value = "\xFF\xFF";
    const auto nobody = likeRecord("not an id", m_nova.alice, m_post);
    const auto outcomes = deliver({garbage, likeRecord(m_nova.bob, m_nova.alice, m_post), nobody});
    QCOMPARE(outcomes, (std::vector{Outcome::failed, Outcome::done, Outcome::failed}));
    QCOMPARE(m_nova.rows(), std::int64_t{1});
}

void NotificationTest::batchIsOneTransactionAndOnePipeline() {
    std::vector<kit::Record> records;
    for (int i = 0; i < 500; ++i)
        records.push_back(likeRecord(kit::newUuid(), i % 2 ? m_nova.alice : m_nova.carol, kit::newUuid(), i + 1));
    std::mutex mutex;
    QStringList kinds;
    kit::trace::install([&](kit::trace::SpanData&& span) {
        const std::lock_guard lock(mutex);
        if (span.links.empty()) kinds << QString::fromStdString(attribute(span, contract::attr::kind));
    });
    for (auto& record : records) record.trace = kit::trace::Context::fresh(true);
    QCOMPARE(deliver(records), std::vector(500, Outcome::done));
    QVERIFY(test::eventually([&] {
        const std::lock_guard lock(mutex);
        return kinds.count(QStringLiteral("push")) == 500;
    }));
    kit::trace::install(nullptr);
    QCOMPARE(kinds.count(QStringLiteral("sql")), 1);
    QCOMPARE(kinds.count(QStringLiteral("redis")), 1);
    QCOMPARE(m_nova.unseen(m_nova.alice), std::int64_t{250});
    addUp(m_nova.alice);
    addUp(m_nova.carol);
}

void NotificationTest::consumersAtOnceMakeOneRow() {
    m_nova.connect(m_nova.alice);
    std::vector<kit::Record> records;
    for (int i = 0; i < 50; ++i) records.push_back(likeRecord(kit::newUuid(), m_nova.alice, m_post, i + 1));
    test::together(4, [&](int i) {
        auto mine = records;
        if (i % 2) std::reverse(mine.begin(), mine.end());
        notification::SocialHandler handler(m_notifier);
        for (const auto outcome : test::deliver(handler, mine))
            if (outcome != Outcome::done) qFatal("not done");
    });
    QCOMPARE(m_nova.rows(), std::int64_t{50});
    addUp(m_nova.alice);
    deliver({likeRecord(m_nova.bob, m_nova.alice, m_post, 51)});
    QCOMPARE(m_nova.realtime.pushes(51).size(), std::size_t{51});
}

void NotificationTest::countsAgreeWhileMarkedAtTheSameTime() {
    std::atomic<std::int64_t> marked{0};
    test::together(4, [&](int i) {
        for (int n = 0; n < 25; ++n) {
            if (i == 0) {
                const auto seen = m_store.markSeen(m_nova.alice);
                if (!seen) qFatal("%s", seen.error().what.c_str());
                m_cache.set(seen.value().unread);
                marked += seen.value().marked;
            } else {
                deliver({likeRecord(kit::newUuid(), m_nova.alice, kit::newUuid())});
            }
        }
    });
    QCOMPARE(m_nova.unseen(m_nova.alice) + marked, std::int64_t{75});
    QCOMPARE(m_store.unread(m_nova.alice).value().count, m_nova.unseen(m_nova.alice));
    addUp(m_nova.alice);
}

void NotificationTest::olderCountDoesNotWin() {
    m_cache.set({m_nova.alice, 5, 10});
    m_cache.set({m_nova.alice, 9, 9});
    QCOMPARE(m_nova.cached(m_nova.alice), std::string("5"));
    m_cache.set({m_nova.alice, 4, 11});
    QCOMPARE(m_nova.cached(m_nova.alice), std::string("4"));
}

void NotificationTest::nobodyOnlineIsNotPushedTo() {
    // A socket whose expiry has passed is none.
    QVERIFY(m_nova.redis.command({"ZADD", "websocket:" + m_nova.carol, "1", "127.0.0.1:1/1"}));
    m_nova.connect(m_nova.alice);
    deliver({likeRecord(m_nova.bob, m_nova.carol, m_post)});
    deliver({likeRecord(m_nova.bob, m_nova.alice, m_post)});
    const auto pushes = m_nova.realtime.pushes(1);
    QCOMPARE(pushes.size(), std::size_t{1});
    QCOMPARE(pushes[0].user_id(), m_nova.alice);
}

void NotificationTest::neutralTextWhenIdentityIsSlow() {
    m_nova.connect(m_nova.alice);
    m_nova.identity.delayMs = 1'000 * test::slowness();
    const auto stranger = kit::newUuid();
    m_nova.identity.call({{stranger, "stranger"}});
    QElapsedTimer timer;
    timer.start();
    deliver({likeRecord(stranger, m_nova.alice, m_post)});
    const auto frame = test::frameOf(m_nova.realtime.pushes(1).at(0));
    QVERIFY2(timer.elapsed() < 900 * test::slowness(), qPrintable(QString::number(timer.elapsed())));
    QCOMPARE(frame[textKey].toString(), QStringLiteral("Somebody liked your post"));
    QVERIFY(frame[handleKey].isNull());
    deliver({likeRecord(kit::newUuid(), m_nova.alice, m_post)});  // not asked again at once
    m_nova.realtime.pushes(2);
    QCOMPARE(m_nova.identity.asked.load(), 1);
    m_nova.identity.delayMs = 0;
    QVERIFY(test::eventually([&] { return !m_names.of({stranger}).empty(); }));
}

void NotificationTest::realtimeAwayHoldsNobodyUp() {
    m_nova.connect(m_nova.alice);
    m_nova.realtime.delayMs = 2'000;  // beyond the deadline
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < 20; ++i)
        QCOMPARE(deliver({likeRecord(kit::newUuid(), m_nova.alice, m_post)}), std::vector{Outcome::done});
    QVERIFY2(timer.elapsed() < 4'000, qPrintable(QString::number(timer.elapsed())));
    QCOMPARE(m_nova.rows(), std::int64_t{20});
    addUp(m_nova.alice);
    // Each is given up for now once its deadline has passed.
    const auto failed = [this] {
        return m_metrics.counter("nova_notification_pushes_total", "", {{"outcome", "failed"}}).value();
    };
    QVERIFY(test::eventually([&] { return failed() >= 20; }));
    QCOMPARE(m_nova.pending(), std::int64_t{20});
    m_nova.realtime.delayMs = 0;
    QVERIFY(test::eventually([&] { return m_nova.realtime.pushes().size() == 20; }));  // the fake ends what it began
    m_nova.realtime.forget();
    deliver({likeRecord(m_nova.bob, m_nova.alice, kit::newUuid())});
    QCOMPARE(m_nova.realtime.pushes(1).size(), std::size_t{1});
}

void NotificationTest::redisAwayIsRetriedAndPushedOnce() {
    m_nova.redisServer.stop();
    const auto like = likeRecord(m_nova.bob, m_nova.alice, m_post);
    for (int i = 0; i < 2; ++i) QCOMPARE(deliver({like}), std::vector{Outcome::failed});
    QCOMPARE(m_nova.rows(), std::int64_t{1});
    QCOMPARE(m_nova.realtime.pushes(1).size(), std::size_t{1});  // who is online is not known
    m_nova.redisServer.start();
    QVERIFY(test::eventually([&] { return deliver({like}) == std::vector{Outcome::done}; }));
    QCOMPARE(m_nova.cached(m_nova.alice), std::string("1"));
    m_nova.connect(m_nova.carol);
    deliver({likeRecord(m_nova.bob, m_nova.carol, m_post)});
    QCOMPARE(m_nova.realtime.pushes(2).size(), std::size_t{2});
}

// Its rows are committed, nothing was pushed: the next process does.
void NotificationTest::whatADeadProcessLeftIsPushed() {
    m_nova.connect(m_nova.alice);
    auto like = likeRecord(m_nova.bob, m_nova.alice, m_post);
    like.trace = kit::trace::Context::fresh(true);
    QVERIFY(m_store.note({notification::factOf(like).value()}));
    QCOMPARE(deliver({like}), std::vector{Outcome::done});  // the record comes again, and its row is not new
    QCOMPARE(m_nova.pending(), std::int64_t{1});
    QVERIFY(m_store.duePushes(10).value().empty());  // its maker may be at it
    makeDue();
    notification::PushSweeper sweeper(m_store, m_pusher);
    sweeper.start();
    const auto pushes = m_nova.realtime.pushes(1);
    QVERIFY(test::eventually([&] { return m_nova.pending() == 0; }));
    sweeper.stop();
    QCOMPARE(pushes.size(), std::size_t{1});
    const auto frame = test::frameOf(pushes[0]);
    QCOMPARE(frame[textKey].toString(), QStringLiteral("bob liked your post"));
    QVERIFY(frame[traceKey].toString().contains(QString::fromStdString(like.trace.traceIdHex())));
}

void NotificationTest::aFailedPushComesAgain() {
    m_nova.connect(m_nova.alice);
    m_nova.realtime.delayMs = 600;  // beyond the deadline
    const auto like = likeRecord(m_nova.bob, m_nova.alice, m_post);
    m_notifier.tellNow(notification::factOf(like).value()).value();
    QCOMPARE(m_nova.pending(), std::int64_t{1});
    m_nova.realtime.delayMs = 0;
    QCOMPARE(m_nova.realtime.pushes(1).size(), std::size_t{1});  // the fake ends what it began
    makeDue();
    const auto due = m_store.duePushes(10).value();
    QCOMPARE(due.size(), std::size_t{1});
    QVERIFY(m_store.duePushes(10).value().empty());  // lent
    QCOMPARE(m_pusher.pushNow(due), std::size_t{1});
    const auto pushes = m_nova.realtime.pushes();
    QCOMPARE(pushes.size(), std::size_t{2});
    // A socket knows it by its id.
    QCOMPARE(test::frameOf(pushes[1])[QStringLiteral("id")], test::frameOf(pushes[0])[QStringLiteral("id")]);
    QCOMPARE(m_nova.pending(), std::int64_t{0});
}

void NotificationTest::oldPushesAreForgotten() {
    QVERIFY(m_store.note({notification::factOf(likeRecord(m_nova.bob, m_nova.alice, m_post)).value()}));
    makeDue();
    m_nova.stores.sql("UPDATE pending_pushes SET made_at = made_at - interval '11 minutes'");
    QVERIFY(m_store.duePushes(10).value().empty());
    QCOMPARE(m_nova.pending(), std::int64_t{0});
}

// A service with empty tables reads a log that has run for days, in a group that never was.
void NotificationTest::historyIsNotPushed() {
    m_nova.connect(m_nova.alice);
    const auto likeOf = [&](std::chrono::minutes beforeTheFirstStart) {
        auto like = likeRecord(m_nova.bob, m_nova.alice, kit::newUuid());
        like.appended = m_start - beforeTheFirstStart;
        return like;
    };
    std::vector<kit::Record> records;
    for (const int days : {1, 2, 3}) records.push_back(likeOf(std::chrono::hours{24 * days}));
    records.push_back(likeOf(std::chrono::minutes{11}));
    QCOMPARE(deliver(records), std::vector(records.size(), Outcome::done));
    QCOMPARE(m_nova.rows(), std::int64_t{4});  // the user sees them
    QCOMPARE(m_nova.cached(m_nova.alice), std::string("4"));
    QCOMPARE(m_nova.pending(), std::int64_t{0});
    // What was liked while the service was started for the first time, and all after that, however late it is read.
    deliver({likeOf(std::chrono::minutes{9}), likeOf(-std::chrono::minutes{9})});
    QCOMPARE(m_nova.realtime.pushes(2).size(), std::size_t{2});
    QCOMPARE(m_nova.rows(), std::int64_t{6});
}

void NotificationTest::aReplayIsNotPushed() {
    m_nova.connect(m_nova.alice);
    auto replayed = likeRecord(m_nova.bob, m_nova.alice, kit::newUuid());
    replayed.replayed = true;
    QCOMPARE(deliver({replayed, likeRecord(m_nova.bob, m_nova.alice, m_post)}),
             (std::vector{Outcome::done, Outcome::done}));
    const auto pushes = m_nova.realtime.pushes(1);
    QCOMPARE(pushes.size(), std::size_t{1});
    QCOMPARE(test::frameOf(pushes[0])[postKey].toString().toStdString(), m_post);
    QCOMPARE(m_nova.rows(), std::int64_t{2});
    QVERIFY(test::eventually([&] { return m_nova.pending() == 0; }));
}

void NotificationTest::spansShowTheEffects() {
    m_nova.connect(m_nova.alice);
    std::mutex mutex;
    std::vector<kit::trace::SpanData> spans;
    kit::trace::install([&](kit::trace::SpanData&& span) {
        const std::lock_guard lock(mutex);
        spans.push_back(std::move(span));
    });
    const auto effect = [&](const kit::Record& record, const char* name) {
        const std::lock_guard lock(mutex);
        QStringList all;
        for (const auto& span : spans)
            if (span.context.traceId == record.trace.traceId && attribute(span, contract::attr::effect) == name)
                all << QString::fromStdString(attribute(span, contract::attr::kind) + " " +
                                              attribute(span, contract::attr::recipients));
        return all.join(QLatin1Char(','));
    };
    auto like = likeRecord(m_nova.bob, m_nova.alice, m_post);
    auto own = likeRecord(m_nova.alice, m_nova.alice, m_post);
    auto offline = likeRecord(m_nova.bob, m_nova.carol, m_post);
    for (auto* record : {&like, &own, &offline}) record->trace = kit::trace::Context::fresh(true);
    deliver({like, own, offline});
    QVERIFY(test::eventually([&] { return !effect(like, "push").isEmpty() && !effect(offline, "push").isEmpty(); }));
    QCOMPARE(effect(like, "notification"), QStringLiteral("sql 1"));
    QCOMPARE(effect(own, "notification"), QStringLiteral("sql 0"));
    QCOMPARE(effect(offline, "notification"), QStringLiteral("sql 1"));
    QCOMPARE(effect(like, "push"), QStringLiteral("push 1"));
    QCOMPARE(effect(offline, "push"), QStringLiteral("push 0"));
    const auto frame = test::frameOf(m_nova.realtime.pushes(1).at(0));
    QVERIFY(frame[traceKey].toString().contains(QString::fromStdString(like.trace.traceIdHex())));

    // Again, as after a death between the commit and the mark: the row that this event made still counts as its effect.
    auto again = like;
    again.trace = kit::trace::Context::fresh(true);
    auto later = likeRecord(m_nova.bob, m_nova.alice, m_post, 3);
    later.trace = kit::trace::Context::fresh(true);
    deliver({again});
    deliver({later});
    QCOMPARE(effect(again, "notification"), QStringLiteral("sql 1"));
    QCOMPARE(effect(later, "notification"), QStringLiteral("sql 0"));
    kit::trace::install(nullptr);
}

QTEST_GUILESS_MAIN(NotificationTest)
#include "tst_notification.moc"
