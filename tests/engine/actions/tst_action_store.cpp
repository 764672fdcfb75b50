// The store of actions: batches, bounds, silence, order.
#include <QSignalSpy>
#include <QtTest>
#include <thread>

#include "app/engine/actions/action_store.h"
#include "app/engine/actions/key_probe.h"
#include "kit/redis/client.h"
#include "tests/engine/actions/story.h"
#include "tests/support/real_stores.h"
#include "tests/support/strict_log.h"

using namespace nova::engine;
using namespace nova::test;
using namespace Qt::StringLiterals;

class ActionStoreTest : public QObject {
    Q_OBJECT

    static Subscriptions groups() { return {{u"nova.content.events"_s, {u"feed-service"_s, u"social-service"_s}}}; }

    static SpanRecord root(int n) {
        auto span = Story::of("span b1 - graphql-gateway http server 1 3 POST_/graphql action=feed handle=alice\n")
                        .spans.front();
        span.traceId = QString::number(n).rightJustified(32, u'0').toStdString();
        span.startNs += n * 1'000'000LL;
        return span;
    }

private Q_SLOTS:
    void initTestCase() { failOnLoggedErrors(); }

    void whatIsFedComesInOneSignal() {
        ActionStore store(groups(), 100);
        QSignalSpy changed(&store, &ActionStore::changed);
        std::thread feeder([&] {
            for (int i = 0; i < 50; ++i) store.feedSpans({root(i)}, zeroMs);
        });
        feeder.join();
        QVERIFY(store.latest(0).isEmpty());  // not before the tick
        QVERIFY(changed.wait());
        QCOMPARE(changed.count(), 1);
        QCOMPARE(changed.first().first().toStringList().size(), 50);
        const auto latest = store.latest(3);
        QCOMPARE(latest.size(), 3);
        QVERIFY(latest[0].startedUs > latest[1].startedUs && latest[1].startedUs > latest[2].startedUs);
        QCOMPARE(store.traceIds().size(), 50);
    }

    void theOldestLeaveAndAreCounted() {
        ActionStore store(groups(), 10);
        for (int i = 0; i < 25; ++i) store.feedSpans({root(i)}, zeroMs);
        store.flush(zeroMs);
        QCOMPARE(store.traceIds().size(), 10);
        QCOMPARE(store.forgotten(), 15u);
        QCOMPARE(store.latest(0).last().startedUs, zeroNs / 1'000 + 1'000 + 15'000);
        QVERIFY(!store.action(QString(31, u'0') + u'3'));
    }

    void theInboxIsBounded() {
        ActionStore store(groups(), 10);
        std::vector<SpanRecord> many(ActionStore::maxInbox);
        store.feedSpans(std::move(many), zeroMs);
        store.feedSpans({root(1)}, zeroMs);
        QCOMPARE(store.dropped(), 1u);
    }

    void aLateSpanCompletesWhatWasOpen() {
        ActionStore store(groups(), 10);
        const auto story = Story::of(createPostText());
        const auto early = story.without("d1").without("d2");
        store.feedSpans(std::vector<SpanRecord>(early.spans), zeroMs);
        store.flush(zeroMs);
        QVERIFY(!store.action(QLatin1String(traceId))->complete);
        QSignalSpy changed(&store, &ActionStore::changed);
        store.flush(zeroMs + 31'000);  // silent for so long
        QCOMPARE(changed.count(), 1);
        QCOMPARE(store.action(QLatin1String(traceId))->hop(u"event:E1:feed-service"_s)->outcome, u"unknown"_s);
        store.feedSpans(std::vector<SpanRecord>(story.spans), zeroMs + 32'000);
        store.flush(zeroMs + 32'000);
        const auto action = store.action(QLatin1String(traceId));
        QVERIFY(action->complete);
        QVERIFY(!action->hop(u"event:E1:feed-service"_s));
        store.flush(zeroMs + 99'000);  // what is complete is not looked at any more
        QCOMPARE(changed.count(), 2);
    }

    // A clock that is set neither gives an action up early nor keeps it open.
    void aClockThatIsSetChangesNothing() {
        qint64 wall = zeroMs, steady = 500;
        ActionStore store(groups(), 10, nullptr, {[&] { return wall; }, [&] { return steady; }});
        const auto early = Story::of(createPostText()).without("d1").without("d2");
        store.feedSpans(std::vector<SpanRecord>(early.spans), zeroMs - 1'000);  // a second old
        store.flush();
        const auto outcome = [&] {
            return store.action(QLatin1String(traceId))->hop(u"event:E1:feed-service"_s)->outcome;
        };
        wall += 3'600'000;
        steady += 28'000;
        store.flush();
        QCOMPARE(outcome(), u"pending"_s);
        wall -= 7'200'000;
        steady += 2'000;
        store.flush();
        QCOMPARE(outcome(), u"unknown"_s);
    }

    void whatIsOpenIsAskedOfTheKeys() {
        ActionStore store(groups(), 10);
        store.feedSpans(std::vector<SpanRecord>(Story::of(createPostText()).without("e1").without("e2").spans), zeroMs);
        store.flush(zeroMs);
        QVERIFY(store.openOutcomes().isEmpty());  // it may still come
        store.flush(zeroMs + 2'500);
        const auto open = store.openOutcomes();
        QCOMPARE(open.size(), 1);
        QCOMPARE(open.first().group, u"social-service"_s);
        QCOMPARE(open.first().eventId, u"E1"_s);
        store.feedKeyState(open.first(), u"done"_s);
        store.flush(zeroMs + 3'000);
        QVERIFY(store.action(QLatin1String(traceId))->complete);
    }

    void theProbeAsksRedis() {
        RealRedis redis;
        nova::kit::RedisClient writer("127.0.0.1", redis.port());
        QVERIFY(writer.command({"SET", "processed:social-service:E1", "done"}));
        ActionStore store(groups(), 10);
        store.feedSpans(std::vector<SpanRecord>(Story::of(createPostText()).without("e1").without("e2").spans), zeroMs);
        store.flush(zeroMs + 2'500);
        KeyProbe probe(store);
        probe.start(u"redis://127.0.0.1:%1"_s.arg(redis.port()));
        probe.ask();
        QTRY_VERIFY(store.action(QLatin1String(traceId))->complete);
        QVERIFY(store.action(QLatin1String(traceId))->notes.first().contains(u"idempotency key"_s));
    }

    void aTraceThatIsNoActionIsNotListed() {
        ActionStore store(groups(), 10);
        store.feedSpans(std::vector<SpanRecord>(Story::of("span d1 - feed-service redis client 1 2 rebuild\n").spans),
                        zeroMs);
        store.flush(zeroMs);
        QVERIFY(store.latest(0).isEmpty());
        QVERIFY(store.action(QLatin1String(traceId)));  // by its id it is there
    }

    void eventsWithoutASampledTraceAreLeftAlone() {
        ActionStore store(groups(), 10);
        Event event;
        event.eventId = "E1";
        event.traceId = traceId;
        event.topic = Names::topic("nova.content.events");
        store.feedEvent(event);
        store.flush(zeroMs);
        QVERIFY(!store.action(QLatin1String(traceId)));
        event.sampled = true;
        store.feedEvent(event);
        store.flush(zeroMs);
        QVERIFY(store.action(QLatin1String(traceId)));
    }

    void theCatalogueSaysWhoSubscribes() {
        const auto subscriptions = catalogueSubscriptions();
        QVERIFY(subscriptions.value(u"nova.content.events"_s).contains(u"feed-service"_s));
        QVERIFY(subscriptions.value(u"nova.social.events"_s).contains(u"feed-service"_s));
    }
};

QTEST_GUILESS_MAIN(ActionStoreTest)
#include "tst_action_store.moc"
