// Each promise of Nova by a test of its own, on one local Nova: what is acknowledged stays, nothing happens twice,
// nothing out of order. After each the checker judges all invariants at once.
#include <QDeadlineTimer>
#include <QJsonArray>
#include <QScopeGuard>
#include <QtTest>
#include <functional>
#include <future>

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

// %1: a handle, %2: a post, %3: its author, %4: whom one talks with.
const auto everyRead =
    u"{me{id followerCount} user(handle:\"%1\"){id} post(id:\"%2\"){id content author{id handle} likeCount}"
    " feed{posts{id}} posts(userId:\"%3\"){posts{id}} messages(with:\"%4\"){id text} notifications{id} unreadCount}"_s;

}  // namespace

class GuaranteesTest : public QObject {
    Q_OBJECT
    LiveNova m_nova;
    Faults m_faults{m_nova};
    std::unique_ptr<Workload> m_work;
    std::set<std::string> m_foreign;        // posts that exist in the log alone, made by this test
    std::set<std::string> m_foreignEvents;  // repeats of real events, made by this test
    const std::vector<std::string> m_rebuilt{
        "feed-service", "social-service"};  // what they hold of posts can be read from the log again

    const Account& user(std::size_t i) const { return m_work->users()[i]; }
    std::string id(std::size_t i) const { return user(i).id.toStdString(); }

    World settledWorld() {
        const auto open = settle(m_nova);
        if (!open.empty()) qWarning("not settled: %s", open.c_str());
        return worldOfTheWorkload();
    }
    World worldOfTheWorkload() {
        auto world = readWorld(m_nova, m_work->users());
        std::erase_if(world.events, [&](const EventRecord& e) {
            return m_foreign.contains(e.key) || m_foreignEvents.contains(e.eventId);
        });
        std::erase_if(world.notifications, [&](const auto& row) { return m_foreign.contains(row.second.recipient); });
        std::erase_if(world.deadLetters, [&](const EventRecord& e) { return m_foreign.contains(e.key); });
        for (const auto& post : m_foreign) {
            world.feedPosts.erase(post), world.postAuthors.erase(post), world.snapshots.erase(post);
            for (auto& [reader, feed] : world.feeds) std::erase(feed, post);
        }
        return world;
    }
    std::string judge() {
        return nova::test::judge(m_nova, m_work->history(), [this] { return worldOfTheWorkload(); });
    }

    // A follower of user 0 that nobody else is.
    std::size_t followerOf0() {
        for (std::size_t i = 1; i < m_work->users().size(); ++i)
            if (Sql(m_nova)("SELECT 1 FROM feed.follow_edges WHERE active AND followee_id = '" + id(0) +
                            "' AND follower_id = '" + id(i) + "'")
                    .size() == 1)
                return i;
        return 0;
    }
    bool inFeed(const std::string& reader, const std::string& post) {
        const auto score = redisOf(m_nova)->command({"ZSCORE", "feed:" + reader, post});
        return score && !score.value().isNil();
    }
    bool shown(const Account& reader, const std::string& post) {
        return m_nova.feedOf(reader).contains(QString::fromStdString(post));
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY2(m_nova.start(), qPrintable(m_nova.log()));
        const bool messages = m_faults.services().contains(u"messaging-service"_s);
        m_work = std::make_unique<Workload>(
            m_nova, WorkloadOptions{.users = 8, .clients = 2, .pauseMs = 0, .messages = messages});
        QVERIFY(m_work->prepare());
        m_work->run(150);
        for (int i = 0; i < 2 && m_faults.services().contains(u"media-service"_s); ++i)
            QCOMPARE(m_work->upload(user(0), m_work->createPost(user(0)).id).answer, Answer::ok);
        qInfo("%s", m_work->history().summary().c_str());
    }

    void everythingHoldsAtRest() {
        const auto wrong = judge();
        QVERIFY2(wrong.empty(), wrong.c_str());
        QVERIFY(m_work->history().count(Kind::createPost, Answer::ok) > 20);
        QVERIFY(m_work->history().count(Kind::deletePost, Answer::ok) > 0);
    }

    // Invariant 8: the same id, one row; other arguments are refused; retries at the same time wait for each other.
    void oneKeyOneEffect() {
        const auto key = kit::newUuid();
        std::vector<std::future<Op>> tries;
        for (int i = 0; i < 4; ++i)
            tries.push_back(std::async(std::launch::async, [&] { return m_work->createPost(user(0), key, "keyed"); }));
        std::set<std::string> ids;
        for (auto& one : tries) {
            const auto op = one.get();
            QVERIFY2(op.answer == Answer::ok, op.error.c_str());
            ids.insert(op.id);
        }
        QCOMPARE(ids.size(), 1u);
        QCOMPARE(m_work->createPost(user(0), key, "keyed-differently").error, std::string("CONFLICT"));
        const auto like = kit::newUuid();
        QCOMPARE(m_work->like(user(1), *ids.begin(), true, like).answer, Answer::ok);
        QCOMPARE(m_work->like(user(1), *ids.begin(), true, like).answer, Answer::ok);
        QCOMPARE(m_work->like(user(1), m_work->createPost(user(0)).id, true, like).error, std::string("CONFLICT"));
        const auto wrong = judge();
        QVERIFY2(wrong.empty(), wrong.c_str());
    }

    // Invariant 9: all groups from the start of the log again, with their keys and without.
    void replayedFromTheStartNothingChanges_data() {
        QTest::addColumn<bool>("withKeys");
        QTest::newRow("keys in place") << true;
        QTest::newRow("keys gone") << false;
    }
    void replayedFromTheStartNothingChanges() {
        QFETCH(bool, withKeys);
        const auto before = stateText(settledWorld());
        const auto groups = groupsOf(m_nova);
        QVERIFY(groups.size() >= 2);
        for (const auto& [group, topics] : groups)
            QCOMPARE(m_faults.fault({u"stop"_s, QString::fromStdString(group)}), QString());
        for (const auto& [group, topics] : groups) {
            std::string said;
            // Static members stay in the group until their session ends.
            QTRY_VERIFY2_WITH_TIMEOUT((said = resetOffsets(m_nova, group, topics, 0)).empty(), said.c_str(), 30'000);
        }
        if (!withKeys) forgetKeys();
        for (const auto& [group, topics] : groups)
            QCOMPARE(m_faults.fault({u"restart"_s, QString::fromStdString(group)}), QString());
        QVERIFY2(m_faults.awaitHealed(30'000) >= 0, qPrintable(m_faults.notHealed()));
        const auto after = stateText(settledWorld());
        for (const auto& [group, topics] : groups) {
            const auto name = QString::fromStdString(group);
            QVERIFY2(m_faults.metric(name, u"nova_outcomes_total"_s) > 0, qPrintable(name + u" read nothing again"_s));
            if (withKeys) QCOMPARE(m_faults.metric(name, u"nova_outcomes_total"_s, {u"outcome=\"done\""_s}), 0.0);
        }
        if (withKeys) QCOMPARE(m_faults.metric(u"notification-service"_s, u"nova_notification_pushes_total"_s), 0.0);
        QCOMPARE(QString::fromStdString(after), QString::fromStdString(before));
        const auto wrong = judge();
        QVERIFY2(wrong.empty(), wrong.c_str());
    }

    // Invariant 10: all that Redis holds can be made again.
    void redisLostTheSameFeedsComeBack() {
        const auto before = stateText(settledWorld());
        QVERIFY(redisOf(m_nova)->command({"FLUSHALL"}));
        const auto read = m_work->readFeed(user(1));  // served from the first moment on
        QVERIFY2(read.answer == Answer::ok, read.error.c_str());
        const auto after = stateText(settledWorld());
        QCOMPARE(QString::fromStdString(after), QString::fromStdString(before));
    }

    // Invariant 5: neither a repeated nor a late event brings a deleted post back.
    void aDeletedPostStaysAway() {
        const auto reader = followerOf0();
        QVERIFY(reader > 0);
        const auto post = m_work->createPost(user(0)).id;
        QTRY_VERIFY_WITH_TIMEOUT(shown(user(reader), post), 30'000);
        QCOMPARE(m_work->deletePost(user(0), post).answer, Answer::ok);
        QTRY_VERIFY_WITH_TIMEOUT(!inFeed(id(reader), post), 30'000);
        // The creation once more, under the same id and under a new one.
        const auto first = Sql(m_nova)("SELECT event_id FROM content.outbox_sent ORDER BY sent_at DESC LIMIT 2");
        const auto bytes = postBytes(post, id(0), 1, "risen");
        const auto again = kit::newUuid();
        m_foreignEvents.insert(again);
        QVERIFY(send(m_nova, {recordOf({"nova.content.events", post, "PostCreated", "nova.events.v1.PostCreated", bytes,
                                        1, first[1][0].c_str()}),
                              recordOf({"nova.content.events", post, "PostCreated", "nova.events.v1.PostCreated", bytes,
                                        1, again})}));
        QCOMPARE(settle(m_nova), std::string());
        QVERIFY(!inFeed(id(reader), post));
        QVERIFY(!shown(user(reader), post));
    }

    // A record that cannot be read goes to the dead letters, once for each group; those behind it are handled.
    void poisonGoesAside() {
        const auto reader = followerOf0();
        const auto bad = kit::newUuid(), worse = kit::newUuid();
        m_foreign.insert({bad, worse});
        const auto record = recordOf(
            {"nova.content.events", bad, "PostCreated", "nova.events.v1.PostCreated", "\xff\xff not protobuf", 1, {}});
        QVERIFY(send(
            m_nova,
            {record,
             without(recordOf({"nova.content.events", worse, "PostCreated", "nova.events.v1.PostCreated", "x", 1, {}}),
                     "ce_id")}));
        const auto post = m_work->createPost(user(0)).id;
        QTRY_VERIFY_WITH_TIMEOUT(inFeed(id(reader), post), 30'000);
        QCOMPARE(settle(m_nova), std::string());
        std::map<std::string, std::multiset<std::string>> letters;
        for (const auto& letter : readLog(brokerOf(m_nova), {"nova.content.events.dlq"}))
            letters[letter.key].insert(letter.type);
        const auto groups = groupsOf(m_nova);
        const auto readers = std::ranges::count_if(
            groups, [](const auto& g) { return std::ranges::count(g.second, "nova.content.events") > 0; });
        QCOMPARE(static_cast<long>(letters[bad].size()), readers);
        QCOMPARE(static_cast<long>(letters[worse].size()), readers);
        const auto wrong = judge();
        QVERIFY2(wrong.empty(), wrong.c_str());
    }

    // New fields are read over; a schema of tomorrow is skipped, without a key, so that its twin of today still counts.
    void schemasGrow() {
        const auto reader = followerOf0();
        const auto grown = kit::newUuid(), twin = kit::newUuid(), event = kit::newUuid();
        m_foreign.insert({grown, twin});
        const double before = m_faults.metric(u"feed-service"_s, u"nova_outcomes_total"_s, {u"outcome=\"skipped\""_s});
        QVERIFY(send(m_nova, {recordOf({"nova.content.events",
                                        grown,
                                        "PostCreated",
                                        "nova.events.v1.PostCreated",
                                        postBytes(grown, id(0), 1, "grown", true),
                                        1,
                                        {}}),
                              recordOf({"nova.content.events", twin, "PostCreated", "nova.events.v2.PostCreated",
                                        "whatever", 1, event}),
                              recordOf({"nova.content.events", twin, "PostCreated", "nova.events.v1.PostCreated",
                                        postBytes(twin, id(0), 1, "twin"), 1, event})}));
        QTRY_VERIFY_WITH_TIMEOUT(inFeed(id(reader), grown) && inFeed(id(reader), twin), 30'000);
        QTRY_COMPARE_WITH_TIMEOUT(
            m_faults.metric(u"feed-service"_s, u"nova_outcomes_total"_s, {u"outcome=\"skipped\""_s}), before + 1,
            10'000);
        QCOMPARE(settle(m_nova), std::string());
        for (const auto& letter : readLog(brokerOf(m_nova), {"nova.content.events.dlq"}))
            QVERIFY(letter.key != grown && letter.key != twin);
        // Gone again, so that feeds hold posts of the workload alone.
        QVERIFY(send(m_nova, {recordOf({"nova.content.events",
                                        grown,
                                        "PostDeleted",
                                        "nova.events.v1.PostDeleted",
                                        deletionBytes(grown, id(0), 2),
                                        2,
                                        {}}),
                              recordOf({"nova.content.events",
                                        twin,
                                        "PostDeleted",
                                        "nova.events.v1.PostDeleted",
                                        deletionBytes(twin, id(0), 2),
                                        2,
                                        {}})}));
        QTRY_VERIFY_WITH_TIMEOUT(!inFeed(id(reader), grown) && !inFeed(id(reader), twin), 30'000);
    }

    // The other way: what publishers of older days wrote. Of these two posts feed-service and social-service see
    // nothing but the events that the design's own schema has: an id, a version, a time.
    void eventsOfOlderDaysAreUnderstood() {
        const auto reader = followerOf0();
        const auto groups = groupsOf(m_nova);
        QCOMPARE(settle(m_nova), std::string());
        for (const auto& group : m_rebuilt)
            QCOMPARE(m_faults.fault({u"stop"_s, QString::fromStdString(group)}), QString());
        const auto kept = m_work->createPost(user(0)).id, gone = m_work->createPost(user(0)).id;
        QCOMPARE(m_work->updatePost(user(0), kept).answer, Answer::ok);
        QCOMPARE(m_work->deletePost(user(0), gone).answer, Answer::ok);
        QTRY_VERIFY_WITH_TIMEOUT(Sql(m_nova)("SELECT 1 FROM content.outbox").empty(), 30'000);
        for (const auto& group : m_rebuilt) {
            std::string said;
            QTRY_VERIFY2_WITH_TIMEOUT((said = skipToEnd(m_nova, group, groups.at(group))).empty(), said.c_str(),
                                      20'000);
        }
        std::vector<kit::kafka::OutRecord> records;
        const auto write = [&](const std::string& topic, const std::string& key, const std::string& type,
                               const std::string& schema, const std::string& bytes, std::int64_t version) {
            const auto event = kit::newUuid();
            m_foreignEvents.insert(event);
            records.push_back(recordOf({topic, key, type, "nova.events.v1." + schema, bytes, version, event}));
        };
        for (const auto& [post, then] :
             std::map<std::string, std::string>{{kept, "PostUpdated"}, {gone, "PostDeleted"}}) {
            write("nova.content.events", post, "PostCreated", "PostCreated", firstPostBytes(post, 1), 1);
            write("nova.content.events", post, then, then, firstPostBytes(post, 2), 2);
        }
        const auto conversation = kit::newUuid(), upload = kit::newUuid(), followee = kit::newUuid();
        m_foreign.insert({conversation, upload, followee});
        write("nova.message.events", conversation, "MessageSent", "MessageSent",
              firstMessageBytes(conversation, id(0), id(1)), 1);
        write("nova.media.events", upload, "media.upload.completed", "MediaUploadCompleted",
              firstUploadBytes(upload, id(0)), 1);
        write("nova.social.events", followee, "UserFollowed", "UserFollowed", firstFollowBytes(id(reader), followee, 1),
              1);
        write("nova.social.events", followee, "UserUnfollowed", "UserUnfollowed",
              firstFollowBytes(id(reader), followee, 2), 2);
        const auto skipped = [this] {
            return m_faults.metric(u"content-service"_s, u"nova_outcomes_total"_s, {u"outcome=\"skipped\""_s});
        };
        const auto pushed = [this] {
            return m_faults.metric(u"realtime-chat-service"_s, u"nova_outcomes_total"_s, {u"outcome=\"done\""_s});
        };
        const double skippedBefore = skipped(), pushedBefore = pushed();
        QVERIFY(send(m_nova, records));
        for (const auto& group : m_rebuilt)
            QCOMPARE(m_faults.fault({u"restart"_s, QString::fromStdString(group)}), QString());
        QTRY_VERIFY_WITH_TIMEOUT(inFeed(id(reader), kept), 30'000);
        QCOMPARE(settle(m_nova), std::string());
        QVERIFY(shown(user(reader), kept) && !shown(user(reader), gone));
        QVERIFY(!inFeed(id(reader), gone));
        QCOMPARE(Sql(m_nova)("SELECT 1 FROM feed.follow_edges WHERE NOT active AND version = 2 AND followee_id = '" +
                             followee + "'")
                     .size(),
                 1);
        QCOMPARE(Sql(m_nova)("SELECT 1 FROM notification.notifications WHERE recipient_id = '" + followee + "'").size(),
                 1);
        QTRY_COMPARE_WITH_TIMEOUT(skipped(), skippedBefore + 1, 30'000);
        QTRY_COMPARE_WITH_TIMEOUT(pushed(), pushedBefore + 1, 30'000);
        const auto wrong = judge();  // which counts the dead letters, and compares both services' copies of the posts
        QVERIFY2(wrong.empty(), wrong.c_str());
        for (const auto& topic :
             {"nova.content.events.dlq", "nova.message.events.dlq", "nova.media.events.dlq", "nova.social.events.dlq"})
            for (const auto& letter : readLog(brokerOf(m_nova), {topic}))
                QVERIFY2(!m_foreignEvents.contains(letter.eventId), letter.error.c_str());
    }

    // Consumers on their first day: groups that never were, empty tables, and a log in which old events stand.
    void aNewGroupReadsTheLogFromItsStart() {
        for (const auto& group : m_rebuilt)
            QCOMPARE(m_faults.fault({u"stop"_s, QString::fromStdString(group)}), QString());
        for (const auto& group : m_rebuilt) {
            std::string said;
            QTRY_VERIFY2_WITH_TIMEOUT((said = forgetGroup(m_nova, group)).empty(), said.c_str(), 30'000);
        }
        asService(m_nova, "feed-service", "TRUNCATE feed_posts, feed_likes, follow_edges, fan_out_jobs, gate");
        asService(m_nova, "social-service", "TRUNCATE post_authors");
        QVERIFY(redisOf(m_nova)->command(
            {"EVAL",
             "for _, p in ipairs({'feed:*', 'snapshot:*', 'post:*', 'processed:feed-service:*', "
             "'processed:social-service:*'}) do"
             " for _, k in ipairs(redis.call('KEYS', p)) do redis.call('DEL', k) end end return 1",
             "0"}));
        for (const auto& group : m_rebuilt)
            QCOMPARE(m_faults.fault({u"restart"_s, QString::fromStdString(group)}), QString());
        QVERIFY2(m_faults.awaitHealed(30'000) >= 0, qPrintable(m_faults.notHealed()));
        const auto wrong = judge();
        QVERIFY2(wrong.empty(), wrong.c_str());
        QVERIFY(m_faults.metric(u"feed-service"_s, u"nova_outcomes_total"_s, {u"outcome=\"done\""_s}) > 0);
        QVERIFY(!m_nova.feedOf(user(followerOf0())).isEmpty());
    }

    // Invariant 9, with nothing left to know what was told: the rows come back, and no socket is told of them.
    void aNewNotificationServicePushesNoHistory() {
        const QString service = u"notification-service"_s;
        QCOMPARE(settle(m_nova), std::string());
        const auto rows = [this] { return Sql(m_nova)("SELECT 1 FROM notification.notifications").size(); };
        const auto before = rows();
        QVERIFY(before > 0);
        QCOMPARE(m_faults.fault({u"stop"_s, service}), QString());
        std::string said;
        QTRY_VERIFY2_WITH_TIMEOUT((said = forgetGroup(m_nova, service.toStdString())).empty(), said.c_str(), 30'000);
        // As on its first day, which is over the ten minutes that count as its start.
        asService(m_nova, service.toStdString(),
                  "TRUNCATE notifications, pending_pushes, unread_counts;"
                  "UPDATE first_start SET at = clock_timestamp() + interval '10 minutes'");
        QVERIFY(redisOf(m_nova)->command(
            {"EVAL",
             "for _, p in ipairs({'unread:*', 'processed:notification-service:*'}) do"
             " for _, k in ipairs(redis.call('KEYS', p)) do redis.call('DEL', k) end end return 1",
             "0"}));
        QCOMPARE(m_faults.fault({u"restart"_s, service}), QString());
        QVERIFY2(m_faults.awaitHealed(30'000) >= 0, qPrintable(m_faults.notHealed()));
        QTRY_COMPARE_WITH_TIMEOUT(rows(), before, 30'000);
        const auto wrong = judge();
        QVERIFY2(wrong.empty(), wrong.c_str());
        QCOMPARE(m_faults.metric(service, u"nova_notification_pushes_total"_s), 0.0);
        QCOMPARE(m_work->like(user(1), m_work->createPost(user(0)).id, true).answer, Answer::ok);
        QTRY_VERIFY_WITH_TIMEOUT(m_faults.metric(service, u"nova_notification_pushes_total"_s) > 0, 30'000);
    }

    // A store is away, PostgreSQL for a minute, the others for NOVA_OUTAGE_SECONDS (6): nothing is dead-lettered,
    // nothing lost, and without Kafka writes go on.
    void aDependencyAwayOnlyDelays_data() {
        QTest::addColumn<QString>("store");
        QTest::addColumn<int>("seconds");
        const int seconds = qEnvironmentVariable("NOVA_OUTAGE_SECONDS", u"6"_s).toInt();
        QTest::newRow("PostgreSQL") << u"postgres"_s << std::max(seconds, 60);
        QTest::newRow("Redis") << u"redis"_s << seconds;
        QTest::newRow("Kafka") << u"kafka"_s << seconds;
    }
    void aDependencyAwayOnlyDelays() {
        QFETCH(QString, store);
        QFETCH(int, seconds);
        QVERIFY(m_faults.pause(u"feed-service"_s));  // so that events wait when the store goes
        for (int i = 0; i < 5; ++i) QCOMPARE(m_work->createPost(user(0)).answer, Answer::ok);
        QVERIFY(m_faults.pause(store));
        QVERIFY(m_faults.resume(u"feed-service"_s));
        const auto done = [this] {
            return m_faults.metric(u"feed-service"_s, u"nova_outcomes_total"_s, {u"outcome=\"done\""_s});
        };
        const double doneBefore = done();
        const int acknowledged = m_work->acknowledged();
        m_work->start();
        QTest::qWait(seconds * 1'000);  // the outage itself
        const double doneDuring = done() - doneBefore;
        const int acknowledgedDuring = m_work->acknowledged() - acknowledged;
        QVERIFY(m_faults.resume(store));
        m_work->stop();
        if (store == u"kafka")
            QVERIFY(acknowledgedDuring > 0);
        else
            QCOMPARE(doneDuring, 0.0);  // the events did wait for it
        const int took = m_faults.awaitHealed(30'000);
        QVERIFY2(took >= 0, qPrintable(m_faults.notHealed()));
        const auto wrong = judge();
        QVERIFY2(wrong.empty(), wrong.c_str());
    }

    // Invariant 1: the database dies in the midst of writes; what was answered stands, what was not is there once or
    // not at all.
    void whatWasAnsweredOutlivesTheDatabase() {
        m_work->start();
        for (int i = 0; i < 3; ++i) {
            const int before = m_work->acknowledged();
            QTRY_VERIFY_WITH_TIMEOUT(m_work->acknowledged() > before + 30, 30'000);
            const auto pid = m_faults.pid(u"postgres"_s);
            QVERIFY(m_faults.kill9(u"postgres"_s));
            QVERIFY(m_faults.awaitAnother(u"postgres"_s, pid));
            QVERIFY2(m_faults.awaitHealed(30'000) >= 0, qPrintable(m_faults.notHealed()));
        }
        m_work->stop();
        const auto wrong = judge();
        QVERIFY2(wrong.empty(), wrong.c_str());
    }

    // Alice is answered; Bob's feed waits for the paused consumer, and then has the post.
    void aPausedFeedServiceOnlyDelays() {
        const auto reader = followerOf0();
        QVERIFY(m_faults.pause(u"feed-service"_s));
        const auto posted = m_work->createPost(user(0));
        QVERIFY2(posted.answer == Answer::ok, posted.error.c_str());
        QVERIFY((posted.ended - posted.begun) / 1'000'000 < 1'000);
        QTRY_VERIFY_WITH_TIMEOUT(Sql(m_nova)("SELECT 1 FROM content.outbox").empty(), 30'000);  // it is in Kafka
        QVERIFY(!inFeed(id(reader), posted.id));
        QVERIFY(m_faults.resume(u"feed-service"_s));
        QTRY_VERIFY_WITH_TIMEOUT(shown(user(reader), posted.id), 30'000);
    }

    // One of two replicas hangs, which no closed connection tells of: its share of the reads is late for a few seconds,
    // and then none is.
    void aHungReplicaIsLeft() {
        const QString service = u"social-service"_s;
        QCOMPARE(m_faults.fault({u"scale"_s, service, u"2"_s}), QString());
        QVERIFY2(m_faults.awaitHealed(30'000) >= 0, qPrintable(m_faults.notHealed()));
        const auto allFresh = [this] {
            for (int i = 0; i < 20; ++i)
                if (m_nova.graphql(u"{me{followerCount}}"_s, {}, user(1).token).json.contains(u"extensions"_s))
                    return false;
            return true;
        };
        QTRY_VERIFY_WITH_TIMEOUT(allFresh(), 30'000);
        QVERIFY(m_faults.pause(service, 1));
        QVERIFY(!allFresh());
        QTRY_VERIFY_WITH_TIMEOUT(allFresh(), 8'000);
        QVERIFY(m_faults.resume(service, 1));
        QCOMPARE(m_faults.fault({u"scale"_s, service, u"1"_s}), QString());
        QVERIFY2(m_faults.awaitHealed(30'000) >= 0, qPrintable(m_faults.notHealed()));
    }

    // Any one service stopped: for longer than probes and consumers need to see it, every read is answered, the living
    // owners' writes succeed and no other service becomes unready.
    void oneServiceAwayLeavesTheOthers_data() {
        QTest::addColumn<QString>("service");
        for (const auto& service : m_faults.services())
            if (service != u"graphql-gateway"_s) QTest::newRow(qPrintable(service)) << service;
    }
    void oneServiceAwayLeavesTheOthers() {
        QFETCH(QString, service);
        const auto reader = followerOf0(), friendly = reader == 2 ? reader + 1 : std::size_t{2};
        QVERIFY(reader > 0);
        const auto post = m_work->createPost(user(0)).id, gone = m_work->createPost(user(0)).id;
        QCOMPARE(m_work->deletePost(user(0), gone).answer, Answer::ok);
        QCOMPARE(settle(m_nova), std::string());
        const auto others = m_faults.services();
        QCOMPARE(m_faults.fault({u"stop"_s, service}), QString());
        auto back = qScopeGuard([&] { m_faults.fault({u"restart"_s, service}); });  // however this ends
        QTRY_VERIFY_WITH_TIMEOUT(m_faults.pid(service) == 0, 30'000);
        const auto read = [&](const QString& query) {
            const auto answer = m_nova.graphql(query, {}, user(reader).token);
            return answer.json.contains(u"errors"_s) ? QJsonObject() : answer.json.value(u"data"_s).toObject();
        };
        for (QDeadlineTimer away(11'000); !away.hasExpired();) {
            const auto all =
                read(everyRead.arg(user(friendly).handle, QString::fromStdString(post), user(0).id, user(friendly).id));
            QVERIFY(all.value(u"me").isObject());
            QVERIFY(all.value(u"unreadCount").isDouble());
            QCOMPARE(all.value(u"post").toObject().value(u"content").toString().isEmpty(), false);
            QVERIFY(read(u"{post(id:\"%1\"){id}}"_s.arg(QString::fromStdString(gone))).value(u"post").isNull());
            const std::map<QString, std::function<Op()>> writes{
                {u"content-service"_s, [&] { return m_work->createPost(user(0)); }},
                {u"social-service"_s, [&] { return m_work->like(user(reader), post); }},
                {u"messaging-service"_s,
                 [&] { return m_work->sendMessage(user(reader), user(friendly).id.toStdString()); }}};
            for (const auto& [owner, write] : writes) {
                if (owner == service) continue;
                const auto done = write();
                QVERIFY2(done.answer == Answer::ok, qPrintable(owner + u": "_s + QString::fromStdString(done.error)));
            }
            for (const auto& other : others) {
                if (other == service) continue;
                const auto answer = m_faults.get(other, "/readyz");
                QVERIFY2(answer && answer->status == 200, qPrintable(other));
            }
            QTest::qWait(500);
        }
        // Without the owner of posts feeds are served from their snapshots, and say so.
        const auto feedNow = [&] { return read(u"{feed{stale posts{id content}}}"_s).value(u"feed").toObject(); };
        if (service == u"content-service") {
            const auto feed = feedNow();
            QVERIFY(feed.value(u"stale").toBool());
            QVERIFY(!feed.value(u"posts").toArray().isEmpty());
            for (const auto& shown : feed.value(u"posts").toArray())
                QVERIFY(!shown.toObject().value(u"content").toString().isEmpty());
        }
        back.dismiss();
        QCOMPARE(m_faults.fault({u"restart"_s, service}), QString());
        QVERIFY2(m_faults.awaitHealed(30'000) >= 0, qPrintable(m_faults.notHealed()));
        QTRY_VERIFY_WITH_TIMEOUT(!feedNow().value(u"stale").toBool(true), 30'000);
    }

    void everythingHoldsAtTheEnd() {
        const auto wrong = judge();
        QVERIFY2(wrong.empty(), wrong.c_str());
        qInfo("%s", m_work->history().summary().c_str());
    }

    void cleanupTestCase() {
        m_work.reset();
        QVERIFY(m_nova.stop());
    }

private:
    void forgetKeys() {
        const auto redis = redisOf(m_nova);
        QVERIFY(redis->command(
            {"EVAL", "for _, k in ipairs(redis.call('KEYS', 'processed:*')) do redis.call('DEL', k) end return 1",
             "0"}));
    }
};

QTEST_GUILESS_MAIN(GuaranteesTest)
#include "tst_guarantees.moc"
