// The fields of the schema over the owners: what they answer, how often the owners are asked, and what is served when
// one is away.
#include "tests/services/gateway/feed_world.h"

using nova::test::Answer;
using nova::test::contents;
using nova::test::Feed;
using nova::test::firstPost;
using nova::test::isStale;
using nova::test::wholeFeed;
using nova::test::World;

class ResolversTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void meIsWhoTheTokenSays();
    void userByHandle();
    void feedAsksEachOwnerOnce();
    void feedLeavesOutDeletedPosts();
    void refusals_data();
    void refusals();
    void postsOfAUser();
    void postById();
    void signUpAndSignIn();
    void createPostAsksContentAlone();
    void createPostCountsCharacters();
    void updateAndDelete();
    void likes();
    void follows();
    void ownersErrorsBecomeCodes_data();
    void ownersErrorsBecomeCodes();
};

void ResolversTest::meIsWhoTheTokenSays() {
    World world;
    const auto id = world.addUser("alice", "premium");
    const Answer answer = world.ask("{ me { id handle displayName tier } }", world.token(id));
    QCOMPARE(
        answer.json(),
        QStringLiteral(R"({"data":{"me":{"displayName":"The alice","handle":"alice","id":"%1","tier":"PREMIUM"}}})")
            .arg(QString::fromStdString(id)));
    QCOMPARE(world.calls(), QString());
    world.owners.followers[id] = 3;
    QCOMPARE(world.ask("{ me { followerCount } }", world.token(id))
                 .data()[QStringLiteral("me")]
                 .toObject()[QStringLiteral("followerCount")]
                 .toInt(),
             3);
    QCOMPARE(world.calls(), QStringLiteral("Social/GetUserStats 1"));
}

void ResolversTest::userByHandle() {
    World world;
    const auto token = world.token(world.addUser("alice"));
    const auto bob = world.addUser("bob");
    const QString expected =
        QStringLiteral(R"({"data":{"user":{"id":"%1","tier":"STANDARD"}}})").arg(QString::fromStdString(bob));
    QCOMPARE(world.ask("{ user(handle: \"bob\") { id tier } }", token).json(), expected);
    QCOMPARE(world.calls(), QStringLiteral("Identity/GetUsers 1"));
    world.kill("identity-service");  // profiles never change: who was seen is known
    QCOMPARE(world.ask("{ user(handle: \"bob\") { id tier } }", token).json(), expected);
    QCOMPARE(world.ask("{ user(handle: \"alice\") { tier } }", token).json(),
             QStringLiteral(R"({"data":{"user":{"tier":"STANDARD"}}})"));  // the token says who that is
    const Answer stranger = world.ask("{ user(handle: \"carol\") { id } }", token);
    QCOMPARE(stranger.error(), QString());
    QVERIFY(stranger.data()[QStringLiteral("user")].isNull());
    QCOMPARE(stranger.stale(), QStringList(QStringLiteral("user")));
}

void ResolversTest::feedAsksEachOwnerOnce() {
    Feed world;
    world.owners.likes[world.first] = {world.alice, world.bob};
    world.owners.followers[world.bob] = 12;
    const Answer answer = world.ask(wholeFeed, world.token);
    QCOMPARE(answer.error(), QString());
    QCOMPARE(contents(answer), QStringList({QStringLiteral("one"), QStringLiteral("two"), QStringLiteral("three")}));
    QCOMPARE(
        world.calls(),
        QStringLiteral(
            "Content/GetPosts 3, Feed/GetFeed 20, Identity/GetUsers 2, Social/GetPostStats 3, Social/GetUserStats 2"));
    QVERIFY(!isStale(answer));
    QCOMPARE(answer.stale(), QStringList());
    const auto post = firstPost(answer);
    QCOMPARE(post[QStringLiteral("likeCount")].toInt(), 2);
    QCOMPARE(post[QStringLiteral("likedByMe")].toBool(), true);
    QCOMPARE(post[QStringLiteral("createdAt")].toString(), QStringLiteral("2023-11-14T22:13:20.000000Z"));
    QCOMPARE(post[QStringLiteral("author")].toObject()[QStringLiteral("followerCount")].toInt(), 12);
    QCOMPARE(post[QStringLiteral("author")].toObject()[QStringLiteral("handle")].toString(), QStringLiteral("bob"));

    world.ask(wholeFeed, world.token);
    QVERIFY(!world.calls().contains(QStringLiteral("Identity")));  // remembered
    world.ask("{ feed(first: 100, after: \"c\", userId: \"" + world.alice + "\") { posts { id } } }", world.token);
    QCOMPARE(world.calls(), QStringLiteral("Content/GetPosts 3, Feed/GetFeed 100"));
}

void ResolversTest::feedLeavesOutDeletedPosts() {
    Feed world;
    world.owners.posts.erase(world.second);
    const Answer answer = world.ask(wholeFeed, world.token);
    QCOMPARE(contents(answer), QStringList({QStringLiteral("one"), QStringLiteral("three")}));
    QVERIFY(!isStale(answer));
}

void ResolversTest::refusals_data() {
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("error");
    const auto row = [](const char* query, const char* error) {
        QTest::newRow(query) << QString::fromUtf8(query) << QString::fromUtf8(error);
    };
    const char* first = "BAD_INPUT feed: \"first\" is 1 to 100.";
    const char* handle = "BAD_INPUT signUp: A handle is 3 to 32 characters of a-z, 0-9, _ and -.";
    const char* password = "BAD_INPUT signUp: A password is 8 to 128 characters of valid UTF-8, without U+0000.";
    const char* content = "BAD_INPUT createPost: A post is 1 to 10,000 characters of valid UTF-8, without U+0000.";
    row("{ feed(first: 0) { stale } }", first);
    row("{ feed(first: 101) { stale } }", first);
    row("{ feed(first: -5) { stale } }", first);
    row("{ posts(userId: \"x\", first: 0) { stale } }", "BAD_INPUT posts: \"first\" is 1 to 100.");
    row("{ feed(userId: \"0193a8f0-0000-7000-8000-000000000000\") { stale } }",
        "FORBIDDEN feed: A feed is shown to its owner only.");
    row("{ feed(after: \"garbage\") { stale } }", "BAD_INPUT feed: this is no cursor");
    row("{ user(handle: \"Bob!\") { id } }", "BAD_INPUT user: A handle is 3 to 32 characters of a-z, 0-9, _ and -.");
    row("mutation { signUp(handle: \"ab\", password: \"12345678\") { token } }", handle);
    row("mutation { signUp(handle: \"Alice\", password: \"12345678\") { token } }", handle);
    row("mutation { signUp(handle: \"alicé\", password: \"12345678\") { token } }", handle);
    row("mutation { signUp(handle: \"abcdefghijklmnopqrstuvwxyz0123456\", password: \"12345678\") { token } }", handle);
    row("mutation { signUp(handle: \"alice\", password: \"1234567\") { token } }", password);
    row("mutation { signUp(handle: \"alice\", password: \"\\u0000234567890\") { token } }", password);
    row("mutation { signUp(handle: \"alice\", password: \"12345678\", tier: GOLD) { token } }",
        "BAD_INPUT : GOLD is not a value of the enum Tier.");
    row("mutation { createPost(content: \"\") { id } }", content);
    row("mutation { createPost(content: \"a\\u0000b\") { id } }", content);
    row("mutation { updatePost(id: \"x\", content: \"\") { id } }",
        "BAD_INPUT updatePost: A post is 1 to 10,000 characters of valid UTF-8, without U+0000.");
    row("mutation { updatePost(id: \"x\", content: \"y\") { id } }", "NOT_FOUND updatePost: There is no such post.");
    row("mutation { deletePost(id: \"' OR 1=1\") }", "NOT_FOUND deletePost: There is no such post.");
    row("mutation { likePost(id: 12) { id } }", "NOT_FOUND likePost: There is no such post.");
    row("mutation { unlikePost(id: \"x\") { id } }", "NOT_FOUND unlikePost: There is no such post.");
    row("mutation { follow(userId: \"x\") { id } }", "NOT_FOUND follow: There is no such user.");
    row("mutation { follow(userId: \"0193a8f0-0000-7000-8000-000000000000\") { id } }",
        "NOT_FOUND follow: There is no such user.");
    row("mutation { unfollow(userId: \"x\") { id } }", "NOT_FOUND unfollow: There is no such user.");
    const char* text = "BAD_INPUT sendMessage: A message is 1 to 10,000 characters of valid UTF-8, without U+0000.";
    row("mutation { sendMessage(to: \"x\", text: \"\") { id } }", text);
    row("mutation { sendMessage(to: \"x\", text: \"a\\u0000\") { id } }", text);
    row("mutation { sendMessage(to: \"x\", text: \"hi\") { id } }", "NOT_FOUND sendMessage: There is no such user.");
    row("mutation { sendMessage(to: \"0193a8f0-0000-7000-8000-000000000000\", text: \"hi\") { id } }",
        "NOT_FOUND sendMessage: there is no such user");
    row("mutation { markRead(messageId: \"x\") { id } }", "NOT_FOUND markRead: There is no such message.");
    row("{ messages(with: \"x\", first: 101) { id } }", "BAD_INPUT messages: \"first\" is 1 to 100.");
    row("{ messages(with: \"x\", before: \"y\") { id } }", "BAD_INPUT messages: \"before\" is the id of a message.");
    row("{ notifications(first: 0) { id } }", "BAD_INPUT notifications: \"first\" is 1 to 100.");
}

void ResolversTest::refusals() {
    QFETCH(QString, query);
    World world;
    QTEST(world.ask(query.toStdString(), world.token(world.addUser("alice"))).error(), "error");
}

void ResolversTest::postsOfAUser() {
    Feed world;
    world.owners.likes[world.first] = {world.bob};
    const std::string query =
        "{ posts(userId: \"" + world.bob +
        "\", first: 2, after: \"x\") { posts { content likeCount author { handle } } endCursor hasMore stale } }";
    const Answer answer = world.ask(query, world.token);
    QCOMPARE(contents(answer, "posts"), QStringList({QStringLiteral("one"), QStringLiteral("three")}));
    QCOMPARE(firstPost(answer, "posts")[QStringLiteral("likeCount")].toInt(), 1);
    QCOMPARE(answer.data()[QStringLiteral("posts")].toObject()[QStringLiteral("endCursor")].toString(),
             QStringLiteral("the end of x"));
    QVERIFY(answer.data()[QStringLiteral("posts")].toObject()[QStringLiteral("hasMore")].toBool());
    QCOMPARE(world.calls(), QStringLiteral("Content/ListPosts 2, Identity/GetUsers 1, Social/GetPostStats 2"));
    QCOMPARE(contents(world.ask("{ posts(userId: \"nobody\") { posts { content } } }", world.token), "posts"),
             QStringList());
    world.kill("content-service");
    const Answer without = world.ask(query, world.token);
    QCOMPARE(without.error(), QString());
    QVERIFY(isStale(without, "posts"));
    QCOMPARE(without.stale(), QStringList(QStringLiteral("posts")));
}

void ResolversTest::postById() {
    Feed world;
    const std::string query = "{ post(id: \"" + world.first + "\") { content media { id } } }";
    const QString expected = QStringLiteral(R"({"data":{"post":{"content":"one","media":[]}}})");
    QCOMPARE(world.ask(query, world.token).json(), expected);
    QCOMPARE(world.ask("{ post(id: \"" + world.alice + "\") { id } }", world.token).json(),
             QStringLiteral(R"({"data":{"post":null}})"));
    QCOMPARE(world.ask("{ post(id: \"nothing\") { id } }", world.token).json(),
             QStringLiteral(R"({"data":{"post":null}})"));
    world.kill("content-service");
    const Answer seen = world.ask(query, world.token);
    QCOMPARE(seen.error(), QString());
    QCOMPARE(seen.stale(), QStringList(QStringLiteral("post")));
    QVERIFY(seen.data()[QStringLiteral("post")].isObject());
    world.owners.feed.clear();  // no feed ever held it, or it was deleted
    const Answer unseen = world.ask(query, world.token);
    QCOMPARE(unseen.error(), QString());
    QVERIFY(unseen.data()[QStringLiteral("post")].isNull());
    QCOMPARE(unseen.stale(), QStringList(QStringLiteral("post")));
}

void ResolversTest::signUpAndSignIn() {
    World world;
    const Answer answer = world.ask(
        "mutation { signUp(handle: \"a_b-9\", password: \"пароль пароль\", tier: PREMIUM) { token expiresAt user { "
        "handle displayName tier followerCount } } }");
    QCOMPARE(
        answer.json(),
        QStringLiteral(R"({"data":{"signUp":{"expiresAt":"2027-01-15T08:00:00.000000Z","token":"token of a_b-9",)"
                       R"("user":{"displayName":"a_b-9","followerCount":0,"handle":"a_b-9","tier":"PREMIUM"}}}})"));
    QCOMPARE(world.calls(), QStringLiteral("Identity/CreateUser"));
    QCOMPARE(world.ask("mutation { signIn(handle: \"a_b-9\", password: \"wrong\") { token } }", "an old token").error(),
             QStringLiteral("UNAUTHENTICATED signIn: the handle or the password is wrong"));
}

void ResolversTest::createPostAsksContentAlone() {
    World world;
    const auto token = world.token(world.addUser("alice"));
    const Answer answer = world.ask(
        "mutation ($c: String!) { createPost(content: $c) { content version likeCount likedByMe media { id } author { "
        "handle tier } createdAt updatedAt } }",
        token, {}, R"({"c":"héllo 😀\n\"quoted\""})");
    QCOMPARE(
        answer.json(),
        QStringLiteral(
            R"({"data":{"createPost":{"author":{"handle":"alice","tier":"STANDARD"},"content":"héllo 😀\n\"quoted\"",)"
            R"("createdAt":"2023-11-14T22:13:20.000000Z","likeCount":0,"likedByMe":false,"media":[],)"
            R"("updatedAt":"2023-11-14T22:13:20.000000Z","version":1}}})"));
    QCOMPARE(world.calls(), QStringLiteral("Content/CreatePost"));
}

void ResolversTest::createPostCountsCharacters() {
    World world;
    const auto token = world.token(world.addUser("alice"));
    const auto post = [&](int characters) {
        const QString content = QString(characters, QChar(0x65E5));
        return world
            .ask("mutation ($c: String!) { createPost(content: $c) { id } }", token, {},
                 "{\"c\":\"" + content.toStdString() + "\"}")
            .code();
    };
    QCOMPARE(post(10'000), QString());
    QCOMPARE(post(10'001), QStringLiteral("BAD_INPUT"));
}

void ResolversTest::updateAndDelete() {
    Feed world;
    const auto bob = static_cast<World&>(world).token(world.bob);
    const auto update = [&](const std::string& token, const std::string& version) {
        return world.ask("mutation { updatePost(id: \"" + world.first + "\", content: \"new\"" + version +
                             ") { content version author { handle } } }",
                         token);
    };
    QCOMPARE(update(bob, ", expectedVersion: 5").code(), QStringLiteral("CONFLICT"));
    QCOMPARE(update(bob, ", expectedVersion: 1").json(),
             QStringLiteral(R"({"data":{"updatePost":{"author":{"handle":"bob"},"content":"new","version":2}}})"));
    QCOMPARE(update(bob, ", expectedVersion: null")
                 .data()[QStringLiteral("updatePost")]
                 .toObject()[QStringLiteral("version")]
                 .toInt(),
             3);
    QCOMPARE(update(world.token, "").code(), QStringLiteral("FORBIDDEN"));
    const std::string remove = "mutation { deletePost(id: \"" + world.first + "\") }";
    QCOMPARE(world.ask(remove, bob).json(), QStringLiteral(R"({"data":{"deletePost":true}})"));
    QCOMPARE(world.ask(remove, bob).code(), QStringLiteral("NOT_FOUND"));
    std::erase_if(world.owners.feed, [&](const auto& entry) { return entry.post_id() == world.first; });
    world.kill("content-service");  // what was deleted is not served from memory
    QVERIFY(world.ask("{ post(id: \"" + world.first + "\") { id } }", bob).data()[QStringLiteral("post")].isNull());
}

void ResolversTest::likes() {
    Feed world;
    const std::string like = "mutation { likePost(id: \"" + world.first + "\") { id likeCount likedByMe";
    QCOMPARE(world.ask(like + " } }", world.token)
                 .data()[QStringLiteral("likePost")]
                 .toObject()[QStringLiteral("likeCount")]
                 .toInt(),
             1);
    QCOMPARE(world.calls(), QStringLiteral("Social/LikePost"));
    const Answer whole = world.ask(like + " content author { handle } } }", world.token);
    QCOMPARE(whole.data()[QStringLiteral("likePost")].toObject()[QStringLiteral("content")].toString(),
             QStringLiteral("one"));
    QCOMPARE(world.calls(), QStringLiteral("Content/GetPosts 1, Identity/GetUsers 1, Social/LikePost"));
    const Answer unliked =
        world.ask("mutation { unlikePost(id: \"" + world.first + "\") { likeCount likedByMe } }", world.token);
    QCOMPARE(unliked.json(), QStringLiteral(R"({"data":{"unlikePost":{"likeCount":0,"likedByMe":false}}})"));
    QCOMPARE(world.ask("mutation { likePost(id: \"" + world.alice + "\") { id } }", world.token).error(),
             QStringLiteral("NOT_FOUND likePost: there is no such post"));
}

void ResolversTest::follows() {
    Feed world;
    const std::string follow = "mutation { follow(userId: \"" + world.bob + "\") { handle followerCount } }";
    QCOMPARE(world.ask(follow, world.token).json(),
             QStringLiteral(R"({"data":{"follow":{"followerCount":1,"handle":"bob"}}})"));
    QCOMPARE(world.calls(), QStringLiteral("Identity/GetUsers 1, Social/Follow"));
    QCOMPARE(world.ask("mutation { unfollow(userId: \"" + world.bob + "\") { followerCount } }", world.token).json(),
             QStringLiteral(R"({"data":{"unfollow":{"followerCount":0}}})"));
    QCOMPARE(world.ask("mutation { follow(userId: \"" + world.alice + "\") { id } }", world.token).error(),
             QStringLiteral("BAD_INPUT follow: Nobody follows themselves."));
    world.kill("identity-service");
    QCOMPARE(world.ask("mutation { follow(userId: \"" + world.carol + "\") { followerCount } }", world.token).error(),
             QString());
}

void ResolversTest::ownersErrorsBecomeCodes_data() {
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("code");
    using Kind = nova::kit::ErrorKind;
    const auto row = [](const char* name, Kind kind, const char* code) {
        QTest::newRow(name) << static_cast<int>(kind) << QString::fromUtf8(code);
    };
    row("transient", Kind::transient, "UNAVAILABLE");
    row("permanent", Kind::permanent, "UNAVAILABLE");
    row("bad input", Kind::badInput, "BAD_INPUT");
    row("unauthenticated", Kind::unauthenticated, "UNAUTHENTICATED");
    row("forbidden", Kind::forbidden, "FORBIDDEN");
    row("not found", Kind::notFound, "NOT_FOUND");
    row("conflict", Kind::conflict, "CONFLICT");
}

void ResolversTest::ownersErrorsBecomeCodes() {
    QFETCH(int, kind);
    World world;
    world.owners.failure["Content/CreatePost"] = {static_cast<nova::kit::ErrorKind>(kind), "the owner says so", {}};
    const Answer answer =
        world.ask("mutation { createPost(content: \"x\") { id } }", world.token(world.addUser("alice")));
    QTEST(answer.code(), "code");
    QVERIFY(answer.error().contains(QStringLiteral("the owner says so")));
    QCOMPARE(answer.body[QStringLiteral("data")], QJsonValue(QJsonValue::Null));
}

QTEST_GUILESS_MAIN(ResolversTest)
#include "tst_resolvers.moc"
