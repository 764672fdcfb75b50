// Reads never fail for a dead owner: what is served when one is away or slow, and that it says so.
#include "tests/services/gateway/feed_world.h"

using nova::test::Answer;
using nova::test::contents;
using nova::test::Feed;
using nova::test::firstPost;
using nova::test::isStale;
using nova::test::wholeFeed;
using nova::test::World;

class StaleTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void feedIsStaleWithoutContent();
    void feedIsStaleWithoutSocial();
    void feedIsStaleWithoutIdentity();
    void feedIsStaleWithoutFeed();
    void feedIsStaleWhileRebuilding();
    void slowOwnersCostAHundredMilliseconds();
    void aPostIsServedFromItsSnapshot();
    void likeSucceedsWithoutContent();
    void mediaAreLeftOutAndSaidToBe();
    void everyReadAnswersWithoutOwners_data();
    void everyReadAnswersWithoutOwners();
    void ownersRefusalsAreHeard();
};

void StaleTest::feedIsStaleWithoutContent() {
    Feed world;
    world.owners.feed[1].set_has_snapshot(false);
    world.kill("content-service");
    const Answer answer = world.ask(wholeFeed, world.token);
    QCOMPARE(answer.error(), QString());
    QCOMPARE(contents(answer), QStringList({QStringLiteral("one (snapshot)"), QStringLiteral("three (snapshot)")}));
    QVERIFY(isStale(answer));
    QCOMPARE(answer.stale(), QStringList(QStringLiteral("feed.posts")));
    QCOMPARE(firstPost(answer)[QStringLiteral("author")].toObject()[QStringLiteral("handle")].toString(),
             QStringLiteral("bob"));
}

void StaleTest::feedIsStaleWithoutSocial() {
    Feed world;
    world.kill("social-service");
    const Answer answer = world.ask(wholeFeed, world.token);
    QCOMPARE(answer.error(), QString());
    QVERIFY(isStale(answer));
    QCOMPARE(answer.stale(),
             QStringList({QStringLiteral("feed.posts.author.followerCount"), QStringLiteral("feed.posts.likeCount"),
                          QStringLiteral("feed.posts.likedByMe")}));
    QCOMPARE(firstPost(answer)[QStringLiteral("likeCount")].toInt(), 7);  // the snapshot's
    QCOMPARE(firstPost(answer)[QStringLiteral("likedByMe")].toBool(), false);
    QCOMPARE(firstPost(answer)[QStringLiteral("content")].toString(), QStringLiteral("one"));
}

void StaleTest::feedIsStaleWithoutIdentity() {
    Feed world;
    world.kill("identity-service");
    const Answer answer = world.ask("{ feed { stale posts { author { id handle displayName tier } } } }", world.token);
    QCOMPARE(answer.error(), QString());
    QVERIFY(isStale(answer));
    QCOMPARE(answer.stale(),
             QStringList({QStringLiteral("feed.posts.author.displayName"), QStringLiteral("feed.posts.author.handle"),
                          QStringLiteral("feed.posts.author.tier")}));
    QCOMPARE(firstPost(answer)[QStringLiteral("author")].toObject()[QStringLiteral("id")].toString(),
             QString::fromStdString(world.bob));
}

void StaleTest::feedIsStaleWithoutFeed() {
    Feed world;
    world.kill("feed-service");
    const Answer answer = world.ask(wholeFeed, world.token);
    QCOMPARE(answer.error(), QString());
    QVERIFY(isStale(answer));
    QCOMPARE(answer.stale(), QStringList(QStringLiteral("feed")));
    QCOMPARE(contents(answer), QStringList());
}

void StaleTest::feedIsStaleWhileRebuilding() {
    Feed world;
    world.owners.rebuilding = true;
    const Answer answer = world.ask(wholeFeed, world.token);
    QVERIFY(isStale(answer));
    QCOMPARE(answer.stale(), QStringList(QStringLiteral("feed")));
    QCOMPARE(contents(answer).size(), 3);
}

void StaleTest::slowOwnersCostAHundredMilliseconds() {
    Feed world(nova::gateway::DoorLimits{});
    for (const char* method : {"Content/GetPosts", "Social/GetPostStats", "Social/GetUserStats"})
        world.owners.delayMs[method] = 1'500;
    QElapsedTimer timer;
    timer.start();
    const Answer answer =
        world.ask("{ feed { stale posts { content likeCount likedByMe author { followerCount } } } }", world.token);
    QVERIFY2(timer.elapsed() >= 190 && timer.elapsed() < 1'000, qPrintable(QString::number(timer.elapsed())));
    QVERIFY(!world.calls().contains(QStringLiteral("GetUserStats")));  // social-service was waited for once
    QVERIFY(isStale(answer));
    QCOMPARE(contents(answer).first(), QStringLiteral("one (snapshot)"));
}

void StaleTest::aPostIsServedFromItsSnapshot() {
    Feed world;
    const std::string query =
        "{ one: post(id: \"" + world.first + "\") { content } two: post(id: \"" + world.second + "\") { content } }";
    world.ask(query, world.token);  // what was read before is not kept: it may be deleted by now
    std::erase_if(world.owners.feed, [&](const auto& entry) { return entry.post_id() == world.second; });
    world.kill("content-service");
    const Answer answer = world.ask(query, world.token);
    QCOMPARE(answer.error(), QString());
    QCOMPARE(answer.data()[QStringLiteral("one")].toObject()[QStringLiteral("content")].toString(),
             QStringLiteral("one (snapshot)"));
    QVERIFY(answer.data()[QStringLiteral("two")].isNull());
    QCOMPARE(answer.stale(), QStringList({QStringLiteral("one"), QStringLiteral("two")}));
}

void StaleTest::likeSucceedsWithoutContent() {
    Feed world;
    world.owners.feed.clear();
    world.kill("content-service");
    const Answer answer = world.ask("mutation { likePost(id: \"" + world.first +
                                        "\") { likeCount content version media { id } author { id handle } } }",
                                    world.token);
    QCOMPARE(answer.error(), QString());
    QCOMPARE(answer.data()[QStringLiteral("likePost")].toObject()[QStringLiteral("likeCount")].toInt(), 1);
    QCOMPARE(answer.stale().join(QLatin1Char(' ')),
             QStringLiteral("likePost.author likePost.author.handle likePost.content likePost.media likePost.version"));
    QVERIFY(!world.calls().contains(QStringLiteral("Identity")));  // nobody is known to ask for
}

void StaleTest::mediaAreLeftOutAndSaidToBe() {
    Feed world;
    world.addMedia(world.first, "one.png");
    world.addMedia(world.second, "two.png");
    const std::string one = "{ post(id: \"" + world.first + "\") { media { fileName } } }";
    QCOMPARE(world.ask(one, world.token).stale(), QStringList());
    world.kill("media-service");
    QCOMPARE(world.ask(one, world.token).stale(), QStringList());  // media never change: what was seen is known
    const Answer answer = world.ask("{ feed { stale posts { media { fileName } } } }", world.token);
    QCOMPARE(answer.error(), QString());
    QVERIFY(isStale(answer));
    QCOMPARE(answer.stale(), QStringList(QStringLiteral("feed.posts.media")));
    const auto posts = answer.data()[QStringLiteral("feed")].toObject()[QStringLiteral("posts")].toArray();
    QCOMPARE(posts[0].toObject()[QStringLiteral("media")].toArray().size(), 1);
    QCOMPARE(posts[1].toObject()[QStringLiteral("media")].toArray().size(), 0);
}

void StaleTest::everyReadAnswersWithoutOwners_data() {
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("data");
    QTest::addColumn<QString>("stale");
    const auto row = [](const char* name, const char* query, const char* data, const char* stale) {
        QTest::newRow(name) << QString::fromUtf8(query) << QString::fromUtf8(data) << QString::fromUtf8(stale);
    };
    row("me", "{ me { handle followerCount } }", R"({"me":{"followerCount":0,"handle":"alice"}})", "me.followerCount");
    row("user", "{ user(handle: \"bob\") { id } }", R"({"user":null})", "user");
    row("post", "{ post(id: \"0193a8f0-0000-7000-8000-000000000000\") { id } }", R"({"post":null})", "post");
    row("feed", "{ feed { posts { id } stale } }", R"({"feed":{"posts":[],"stale":true}})", "feed");
    row("posts", "{ posts(userId: \"0193a8f0-0000-7000-8000-000000000000\") { posts { id } stale } }",
        R"({"posts":{"posts":[],"stale":true}})", "posts");
    row("messages", "{ messages(with: \"0193a8f0-0000-7000-8000-000000000000\") { id } }", R"({"messages":[]})",
        "messages");
    row("notifications", "{ all: notifications { id } }", R"({"all":[]})", "all");
    row("unreadCount", "{ unreadCount }", R"({"unreadCount":0})", "unreadCount");
}

void StaleTest::everyReadAnswersWithoutOwners() {
    QFETCH(QString, query);
    QFETCH(QString, data);
    for (const bool dead : {true, false}) {
        World world(nova::gateway::DoorLimits{});
        const auto token = world.token(world.addUser("alice"));
        world.addUser("bob");
        if (dead) {
            world.killAll();
        } else {
            for (const char* method :
                 {"Identity/GetUsers", "Content/GetPosts", "Content/ListPosts", "Feed/GetFeed", "Social/GetUserStats",
                  "Messaging/ListMessages", "Notifications/ListNotifications", "Notifications/CountUnread"})
                world.owners.delayMs[method] = 800;
        }
        QElapsedTimer timer;
        timer.start();
        const Answer answer = world.ask(query.toStdString(), token);
        QVERIFY2(timer.elapsed() < 600, qPrintable(QString::number(timer.elapsed())));  // 100 ms, on a busy machine
        QCOMPARE(answer.error(), QString());
        QCOMPARE(QString::fromUtf8(QJsonDocument(answer.data()).toJson(QJsonDocument::Compact)), data);
        QTEST(answer.stale().join(QLatin1Char(' ')), "stale");
    }
}

void StaleTest::ownersRefusalsAreHeard() {
    World world;
    const auto token = world.token(world.addUser("alice"));
    world.owners.failure["Notifications/CountUnread"] = {nova::kit::ErrorKind::forbidden, "no", {}};
    QCOMPARE(world.ask("{ unreadCount }", token).code(), QStringLiteral("FORBIDDEN"));
}

QTEST_GUILESS_MAIN(StaleTest)
#include "tst_stale.moc"
