// Messages, notifications and media over their owners.
#include "tests/services/gateway/feed_world.h"

using nova::test::Answer;
using nova::test::Feed;
using nova::test::World;

namespace rpc = nova::rpc::v1;

class MessagesTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void sendsAMessage();
    void listsMessages();
    void marksRead();
    void listsNotifications();
    void notificationsPosts();
    void countsAndMarks();
    void mediaAreAskedForOnce();
    void unknownMediaAreLeftOut();

private:
    static rpc::NotificationItem notification(const std::string& type, const std::string& actor,
                                              const std::string& post) {
        rpc::NotificationItem item;
        item.set_id("n-" + type);
        item.set_type(type);
        item.set_actor_id(actor);
        item.set_post_id(post);
        item.set_text("as the owner says");
        item.mutable_created_at()->set_seconds(1'700'000'000);
        return item;
    }
    static QString compact(const Answer& answer) {
        return QString::fromUtf8(QJsonDocument(answer.data()).toJson(QJsonDocument::Compact));
    }
};

void MessagesTest::sendsAMessage() {
    Feed world;
    const Answer answer = world.ask(
        "mutation ($to: ID!) { sendMessage(to: $to, text: \"héllo\") { conversationId from { handle } to { handle } "
        "text sentAt readAt } }",
        world.token, {}, "{\"to\":\"" + world.bob + "\"}");
    QCOMPARE(
        compact(answer),
        QStringLiteral(R"({"sendMessage":{"conversationId":"conversation","from":{"handle":"alice"},"readAt":null,)"
                       R"("sentAt":"2023-11-14T22:13:20.000000Z","text":"héllo","to":{"handle":"bob"}}})"));
    QCOMPARE(world.calls(), QStringLiteral("Identity/GetUsers 1, Messaging/SendMessage"));
    world.kill("messaging-service");
    QCOMPARE(world.ask("mutation { sendMessage(to: \"" + world.bob + "\", text: \"x\") { id } }", world.token).code(),
             QStringLiteral("UNAVAILABLE"));
}

void MessagesTest::listsMessages() {
    Feed world;
    const auto send = [&](const char* text) {
        world.ask("mutation { sendMessage(to: \"" + world.bob + "\", text: \"" + text + "\") { id } }", world.token);
    };
    send("first");
    send("second");
    world.calls();
    const std::string with = "{ messages(with: \"" + world.bob + "\"";
    QCOMPARE(compact(world.ask(with + ") { text } }", world.token)),
             QStringLiteral(R"({"messages":[{"text":"second"},{"text":"first"}]})"));
    QCOMPARE(world.calls(), QStringLiteral("Messaging/ListMessages 50"));
    const auto before = world.owners.messages[0].id();
    QCOMPARE(compact(world.ask(with + ", first: 7, before: \"" + before + "\") { text } }", world.token)),
             QStringLiteral(R"({"messages":[{"text":"first"}]})"));
    QCOMPARE(world.calls(), QStringLiteral("Messaging/ListMessages 7"));
    QCOMPARE(compact(world.ask("{ messages(with: \"nobody\") { text } }", world.token)),
             QStringLiteral(R"({"messages":[]})"));
}

void MessagesTest::marksRead() {
    Feed world;
    const auto bob = static_cast<World&>(world).token(world.bob);
    world.ask("mutation { sendMessage(to: \"" + world.bob + "\", text: \"x\") { id } }", world.token);
    const std::string mark = "mutation { markRead(messageId: \"" + world.owners.messages[0].id() + "\") { readAt } }";
    QCOMPARE(world.ask(mark, world.token).code(), QStringLiteral("FORBIDDEN"));
    QCOMPARE(compact(world.ask(mark, bob)), QStringLiteral(R"({"markRead":{"readAt":"2023-11-14T22:13:21.000000Z"}})"));
}

void MessagesTest::listsNotifications() {
    Feed world;
    world.owners.notifications = {notification("follow", world.carol, ""),
                                  notification("like", world.bob, world.first)};
    const Answer answer = world.ask(
        "{ notifications { id type text seen createdAt actor { handle } post { content author { handle } } } }",
        world.token);
    QJsonArray all = answer.data()[QStringLiteral("notifications")].toArray();
    QCOMPARE(all.size(), 2);
    const auto compactOf = [](const QJsonValue& value) {
        return QString::fromUtf8(QJsonDocument(value.toObject()).toJson(QJsonDocument::Compact));
    };
    QCOMPARE(compactOf(all[0]),
             QStringLiteral(R"({"actor":{"handle":"carol"},"createdAt":"2023-11-14T22:13:20.000000Z","id":"n-follow",)"
                            R"("post":null,"seen":false,"text":"as the owner says","type":"follow"})"));
    QCOMPARE(compactOf(all[1]),
             QStringLiteral(R"({"actor":{"handle":"bob"},"createdAt":"2023-11-14T22:13:20.000000Z","id":"n-like",)"
                            R"("post":{"author":{"handle":"bob"},"content":"one"},"seen":false,)"
                            R"("text":"as the owner says","type":"like"})"));
    QCOMPARE(world.calls(),
             QStringLiteral("Content/GetPosts 1, Identity/GetUsers 2, Notifications/ListNotifications 50"));
}

void MessagesTest::notificationsPosts() {
    Feed world;
    world.owners.notifications = {notification("like", world.bob, world.first),
                                  notification("like", world.bob, world.second)};
    world.owners.posts.erase(world.second);
    const std::string query = "{ notifications { post { content } } }";
    const QString both = QStringLiteral(R"({"notifications":[{"post":{"content":"one"}},{"post":null}]})");
    QCOMPARE(compact(world.ask(query, world.token)), both);  // what was deleted is gone
    std::erase_if(world.owners.feed, [&](const auto& entry) { return entry.post_id() == world.second; });
    world.kill("content-service");
    const Answer without = world.ask(query, world.token);
    QCOMPARE(compact(without),
             QStringLiteral(R"j({"notifications":[{"post":{"content":"one (snapshot)"}},{"post":{"content":""}}]})j"));
    QCOMPARE(without.stale(), QStringList(QStringLiteral("notifications.post.content")));
}

void MessagesTest::countsAndMarks() {
    Feed world;
    world.owners.notifications = {notification("follow", world.carol, ""), notification("follow", world.bob, "")};
    QCOMPARE(compact(world.ask("{ unreadCount }", world.token)), QStringLiteral(R"({"unreadCount":2})"));
    QCOMPARE(compact(world.ask("mutation { markNotificationsSeen }", world.token)),
             QStringLiteral(R"({"markNotificationsSeen":2})"));
    QCOMPARE(compact(world.ask("{ unreadCount }", world.token)), QStringLiteral(R"({"unreadCount":0})"));
}

void MessagesTest::mediaAreAskedForOnce() {
    Feed world;
    const auto id = world.addMedia(world.first, "a.png");
    world.addMedia(world.first, "b.png");
    world.addMedia(world.second, "c.png");
    const Answer answer = world.ask("{ feed { posts { media { id url fileName sizeBytes } } stale } }", world.token);
    QCOMPARE(world.calls(), QStringLiteral("Content/GetPosts 3, Feed/GetFeed 20, Media/GetMedia 3"));
    const auto media = nova::test::firstPost(answer)[QStringLiteral("media")].toArray();
    QCOMPARE(media.size(), 2);
    QCOMPARE(QString::fromUtf8(QJsonDocument(media[0].toObject()).toJson(QJsonDocument::Compact)),
             QStringLiteral(R"({"fileName":"a.png","id":"%1","sizeBytes":5000000000,"url":"objects:a.png"})")
                 .arg(QString::fromStdString(id)));
    QVERIFY(!nova::test::isStale(answer));
    world.ask("{ feed { posts { media { id } } } }", world.token);
    QVERIFY(!world.calls().contains(QStringLiteral("Media")));  // remembered
}

void MessagesTest::unknownMediaAreLeftOut() {
    Feed world;
    world.owners.media.erase(world.addMedia(world.first, "a.png"));
    const Answer answer = world.ask("{ post(id: \"" + world.first + "\") { media { id } } }", world.token);
    QCOMPARE(compact(answer), QStringLiteral(R"({"post":{"media":[]}})"));
    QCOMPARE(answer.stale(), QStringList());
}

QTEST_GUILESS_MAIN(MessagesTest)
#include "tst_messages.moc"
