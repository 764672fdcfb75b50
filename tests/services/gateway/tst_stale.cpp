// Reads never fail for a dead owner: what is served when one is away or slow, and that it says so.
#include "tests/services/gateway/feed_world.h"

using nova::test::Answer;
using nova::test::contents;
using nova::test::Feed;
using nova::test::firstPost;
using nova::test::isStale;
using nova::test::wholeFeed;

class StaleTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void feedIsStaleWithoutContent();
    void feedIsStaleWithoutSocial();
    void feedIsStaleWithoutIdentity();
    void feedIsStaleWithoutFeed();
    void feedIsStaleWhileRebuilding();
    void slowOwnersCostAHundredMilliseconds();
    void likeSucceedsWithoutContent();
    void mediaAreLeftOutAndSaidToBe();
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

void StaleTest::likeSucceedsWithoutContent() {
    Feed world;
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
    world.owners.posts[world.first].add_media_ids("m");
    const Answer answer = world.ask("{ feed { stale posts { media { id } } } }", world.token);
    QCOMPARE(answer.error(), QString());
    QVERIFY(isStale(answer));
    QCOMPARE(answer.stale(), QStringList(QStringLiteral("feed.posts.media")));
}

QTEST_GUILESS_MAIN(StaleTest)
#include "tst_stale.moc"
