// Each kind of user action from built spans: when its effect is there, and when it is whole.
#include <QtTest>

#include "app/engine/actions/assembly.h"
#include "app/engine/actions/mermaid.h"
#include "tests/engine/actions/story.h"

using namespace nova::engine;
using namespace nova::test;
using namespace Qt::StringLiterals;

namespace {

const Subscriptions groups{{u"nova.content.events"_s, {u"feed-service"_s, u"social-service"_s}},
                           {u"nova.media.events"_s, {u"content-service"_s}},
                           {u"nova.message.events"_s, {u"realtime-chat-service"_s}},
                           {u"nova.social.events"_s, {u"feed-service"_s, u"notification-service"_s}}};

const char* likeText() {
    return "span b1 - graphql-gateway http server 0 20 POST_/graphql action=likePost user=u2 handle=bob\n"
           "span b2 b1 graphql-gateway grpc client 1 17 Social/LikePost\n"
           "span c1 b2 social-service grpc server 2 15 Social/LikePost\n"
           "span c2 c1 social-service sql client 3 10 likes_+_outbox event=E1 topic=nova.social.events\n"
           "span c3 c2 social-service outbox internal 13 2 outbox_wait event=E1 topic=nova.social.events\n"
           "span c4 c3 social-service produce producer 15 3 publish_nova.social.events event=E1 "
           "topic=nova.social.events partition=1 offset=7\n"
           "span f1 c4 feed-service consume consumer 20 4 feed-service_PostLiked event=E1 topic=nova.social.events "
           "group=feed-service outcome=done\n"
           "span n1 c4 notification-service consume consumer 22 20 notification-service_PostLiked event=E1 "
           "topic=nova.social.events group=notification-service outcome=done\n"
           "span n2 n1 notification-service sql client 24 6 notifications effect=notification recipients=1\n"
           "span n3 n1 notification-service redis client 30 2 unread\n"
           "span n4 n1 notification-service push client 33 5 push_notification effect=push recipients=1\n";
}

const char* messageText() {
    return "span a0 - console http client -1 13 POST_/graphql\n"
           "span b1 a0 graphql-gateway http server 0 12 POST_/graphql action=sendMessage user=u1 handle=alice\n"
           "span c1 b1 messaging-service grpc server 2 9 Messaging/SendMessage\n"
           "span c2 c1 messaging-service sql client 3 7 messages_+_outbox event=E1 topic=nova.message.events "
           "effect=message\n"
           "span c3 c2 messaging-service outbox internal 10 1 outbox_wait event=E1 topic=nova.message.events\n"
           "span c4 c3 messaging-service produce producer 11 3 publish_nova.message.events event=E1 "
           "topic=nova.message.events partition=1 offset=7\n"
           "span r1 c4 realtime-chat-service consume consumer 16 6 realtime-chat-service_MessageSent event=E1 "
           "topic=nova.message.events group=realtime-chat-service outcome=done\n"
           "span r2 r1 realtime-chat-service push internal 18 3 push effect=push recipients=2\n";
}

const char* uploadText() {
    return "span b1 - graphql-gateway http server 0 60 POST_/upload action=upload user=u1\n"
           "span c2 b1 media-service sql client 40 8 media_+_outbox event=M1 topic=nova.media.events\n"
           "span c4 c2 media-service produce producer 50 3 publish_nova.media.events event=M1 topic=nova.media.events "
           "partition=1 offset=7\n"
           "span t1 c4 content-service consume consumer 60 20 content-service_media.upload.completed event=M1 "
           "topic=nova.media.events group=content-service outcome=done\n"
           "span t2 t1 content-service sql client 62 10 posts_+_outbox event=P2 topic=nova.content.events "
           "effect=attach "
           "recipients=1\n"
           "span t3 t2 content-service produce producer 75 3 publish_nova.content.events event=P2 "
           "topic=nova.content.events partition=2 offset=9\n"
           "span d2 t3 feed-service consume consumer 82 4 feed-service_PostUpdated event=P2 topic=nova.content.events "
           "group=feed-service outcome=done\n"
           "span e2 t3 social-service consume consumer 82 3 social-service_PostUpdated event=P2 "
           "topic=nova.content.events group=social-service outcome=done\n";
}

Action make(const Story& story, Quiet quiet = Quiet::settled) {
    return assemble(traceId, story.parts(), groups, quiet);
}

Story with(Story story, const char* id, const char* attribute, const char* value) {
    for (auto& span : story.spans) {
        if (span.spanId.ends_with(id)) span.attributes.insert_or_assign(attribute, std::string(value));
    }
    return story;
}

bool notes(const Action& action, const QString& words) {
    return action.notes.join(u'\n').contains(words);
}

std::optional<double> budgetOf(const Action& action, const QString& id) {
    for (const auto& hop : action.hops) {
        if (hop.id.endsWith(id)) return hop.budgetMs;
    }
    return std::nullopt;
}

}  // namespace

class KindsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aLikeIsToldWhenItsRowIsWrittenAndPushed() {
        const auto action = make(Story::of(likeText()));
        QVERIFY(action.complete);
        QCOMPARE(action.action, u"likePost"_s);
        QCOMPARE(action.visibleMs, 38.0);
        QCOMPARE(action.firstVisibleMs, 38.0);  // one recipient: the first is the last
        QCOMPARE(budgetOf(action, u"c2"_s), 20.0);
        QCOMPARE(budgetOf(action, u"n2"_s), 30.0);
        QCOMPARE(budgetOf(action, u"n4"_s), 10.0);
    }

    void anAuthorOfflineIsToldByTheRow() {
        const auto action = make(with(Story::of(likeText()), "n4", "nova.recipients", "0"));
        QVERIFY(action.complete && notes(action, u"Offline"_s));
        QCOMPARE(action.visibleMs, 38.0);
    }

    void aPushThatIsNotToldIsWaitedForThenSaid() {
        const auto story = Story::of(likeText()).without("n4");
        QVERIFY(!make(story, Quiet::no).visibleMs);
        const auto settled = make(story);
        QCOMPARE(settled.visibleMs, 30.0);
        QVERIFY(notes(settled, u"No push"_s));
    }

    void ownLikesTellNobody() {
        const auto action = make(with(Story::of(likeText()).without("n3").without("n4"), "n2", "nova.recipients", "0"));
        QVERIFY(action.complete && !action.visibleMs);
        QVERIFY(notes(action, u"nobody is to be told"_s));
    }

    void aRepeatedLikeIsWholeWithoutAnEvent() {
        const char* text =
            "span b1 - graphql-gateway http server 0 6 POST_/graphql action=likePost user=u2 repeated=true\n"
            "span b2 b1 graphql-gateway grpc client 1 4 Social/LikePost\n"
            "span c1 b2 social-service grpc server 2 2 Social/LikePost repeated=true\n";
        const auto repeated = make(Story::of(text), Quiet::no);
        QVERIFY(repeated.complete && repeated.repeated && notes(repeated, u"Repeated"_s));
        auto first = Story::of(text);
        for (auto& span : first.spans) span.attributes.erase("nova.repeated");
        QVERIFY(!make(first).complete && notes(make(first), u"No PostLiked"_s));
    }

    void aGroupThatIsSilentKeepsALikeOpen() {
        const auto action = make(Story::of(likeText()).without("f1"));
        QVERIFY(!action.complete);
        QCOMPARE(action.visibleMs, 38.0);  // feed-service has no part in the effect
        const auto untold = make(Story::of(likeText()).without("n1").without("n2").without("n3").without("n4"));
        QVERIFY(!untold.complete && !untold.visibleMs);
    }

    void aMessageIsThereWhenItIsOnASocket() {
        const auto action = make(Story::of(messageText()));
        QVERIFY(action.complete);
        QCOMPARE(action.visibleMs, 22.0);  // counted from the caller's click
        QCOMPARE(budgetOf(action, u"r2"_s), 100.0);
        const auto* push = action.hop(u"00000000000000r2"_s);
        QVERIFY(push);
        QCOMPARE(push->budgetFromMs, 11.0);  // from the commit
    }

    void aMessageWithoutAnyPushIsNotVisible() {
        const auto action = make(Story::of(messageText()).without("r2"));
        QVERIFY(action.complete && !action.visibleMs && !action.firstVisibleMs);
    }

    void aMessageToSomebodyOfflineSaysSo() {
        const auto action = make(with(Story::of(messageText()), "r2", "nova.recipients", "0"));
        QCOMPARE(action.visibleMs, 22.0);
        QVERIFY(notes(action, u"Offline"_s));
    }

    void anUploadOwnsThePostsUpdate() {
        const auto action = make(Story::of(uploadText()));
        QVERIFY(action.complete);
        QCOMPARE(action.ackMs, 60.0);
        QCOMPARE(action.visibleMs, 72.0);
        const auto open = make(Story::of(uploadText()).without("d2"));
        QVERIFY(!open.complete);
        QCOMPARE(open.visibleMs, 72.0);  // attached is attached
    }

    void aFanOutInChunksIsOpenUntilItsLast() {
        auto story = Story::of(createPostText());
        auto chunk = Story::of(
            "span h1 d1 feed-service redis client 200 20 feeds effect=feed recipients=1000 more=true\n"
            "span h2 d1 feed-service redis client 260 20 feeds effect=feed recipients=400 more=false\n");
        story.spans.push_back(chunk.spans[0]);
        const auto open = make(story);
        QVERIFY(!open.complete && !open.visibleMs && open.firstVisibleMs);
        QVERIFY(notes(open, u"goes on"_s));
        story.spans.push_back(chunk.spans[1]);
        const auto whole = make(story);
        QVERIFY(whole.complete);
        QCOMPARE(whole.visibleMs, 280.0);
    }

    void inModeSyncNoEventIsExpected() {
        const char* text =
            "span b1 - graphql-gateway http server 0 30 POST_/graphql action=createPost user=u1\n"
            "span b2 b1 graphql-gateway grpc client 1 28 Content/CreatePost\n"
            "span c1 b2 content-service grpc server 2 26 Content/CreatePost mode=sync\n"
            "span c3 c1 content-service grpc client 10 15 Feed/ApplyPost\n"
            "span d1 c3 feed-service grpc server 11 13 Feed/ApplyPost\n"
            "span d4 d1 feed-service redis client 15 5 feeds effect=feed recipients=1\n";
        const auto action = make(Story::of(text), Quiet::no);
        QVERIFY(action.complete && action.sync);
        QCOMPARE(action.visibleMs, 20.0);
        QVERIFY(*action.visibleMs < *action.ackMs);
    }

    void aDiagramIsTheSameForTheSameAction() {
        const auto action = make(Story::of(likeText()));
        const auto text = toMermaid(u"alice-bob; x"_s, {action});
        QCOMPARE(text, toMermaid(u"alice-bob; x"_s, {action}));
        QVERIFY(text.startsWith(u"---\ntitle: alice-bob, x\n---\nsequenceDiagram\n"_s));
        QVERIFY(text.contains(u"as graphql-gateway"_s) && text.contains(u"as Kafka"_s));
        QVERIFY(!text.contains(u"as S3"_s));  // lanes that nothing touches are left out
        const auto publish = text.indexOf(u"publish nova.social.events"_s), told = text.indexOf(u"push notification"_s);
        QVERIFY(publish > 0 && told > publish);
        QVERIFY(!text.contains(u';'));
    }
};

QTEST_GUILESS_MAIN(KindsTest)
#include "tst_kinds.moc"
