// From spans and events, in whatever order and state they come, to the action they make.
#include <QtTest>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include "app/engine/actions/action_json.h"
#include "app/engine/actions/assembly.h"
#include "tests/engine/actions/story.h"
#include "tests/support/strict_log.h"

using namespace nova::engine;
using namespace nova::test;
using namespace Qt::StringLiterals;

class AssemblyTest : public QObject {
    Q_OBJECT

    const Subscriptions m_groups{{u"nova.content.events"_s, {u"feed-service"_s, u"social-service"_s}}};

    Action make(const Story& story, Quiet quiet = Quiet::no) const {
        return assemble(traceId, story.parts(), m_groups, quiet);
    }
    static const Hop& hop(const Action& action, const QString& id) {
        const auto* found = action.hop(id.size() < 16 ? QString(16 - id.size(), u'0') + id : id);
        if (!found) qFatal("no hop %s", qPrintable(id));
        return *found;
    }
    static std::string json(const Action& action) { return toJson(action).dump(); }

private Q_SLOTS:
    void initTestCase() { failOnLoggedErrors(); }

    void aWholePost() {
        const auto action = make(Story::of(createPostText()));
        QVERIFY2(action.complete, qPrintable(action.notes.join(u'\n')));
        QVERIFY(action.notes.isEmpty());
        QCOMPARE(action.action, u"createPost"_s);
        QCOMPARE(action.user, u"alice"_s);
        QCOMPARE(action.startedUs, zeroNs / 1'000);  // the caller's click
        QCOMPARE(action.ackMs.value(), 39.0);
        QCOMPARE(action.clientAckMs.value(), 41.0);
        QCOMPARE(action.firstVisibleMs.value(), 156.0);
        QCOMPARE(action.visibleMs.value(), 156.0);
        QCOMPARE(action.hops.size(), 13);
        QCOMPARE(action.hops.first().id, u"00000000000000a0"_s);
        QVERIFY(hop(action, u"a0"_s).parent.isEmpty());
        QCOMPARE(hop(action, u"d4"_s).parent, u"00000000000000d2"_s);
        QCOMPARE(hop(action, u"d2"_s).offset, 48);
        QCOMPARE(hop(action, u"d2"_s).outcome, u"done"_s);
    }

    void budgetsStandBesideTheirHops() {
        const auto action = make(Story::of(createPostText()));
        QCOMPARE(hop(action, u"b1"_s).budgetMs.value(), 45.0);
        QCOMPARE(hop(action, u"c2"_s).budgetMs.value(), 25.0);
        QCOMPARE(hop(action, u"c4"_s).budgetMs.value(), 5.0);
        QCOMPARE(hop(action, u"d3"_s).budgetMs.value(), 50.0);
        QCOMPARE(hop(action, u"d4"_s).budgetMs.value(), 100.0);
        QVERIFY(!hop(action, u"a0"_s).budgetMs && !hop(action, u"b2"_s).budgetMs && !hop(action, u"c1"_s).budgetMs);
        QVERIFY(!hop(action, u"e1"_s).budgetMs);  // nobody waits for the social-service
        // Kafka's 50 runs from commit to poll: 42 to 92 is 50 long, but the outbox wait began at 33.
        const auto& kafka = hop(action, u"d1"_s);
        QCOMPARE(kafka.budgetMs.value(), 50.0);
        QCOMPARE(kafka.budgetFromMs, 33.0);
        QCOMPARE(kafka.budgetLeftMs().value(), 41.0);
    }

    void feedWritesShareOneBudget() {
        auto story = Story::of(createPostText());
        const auto more =
            Story::of("span d5 d2 feed-service redis client 180 30 feeds effect=feed recipients=1000 statements=9\n");
        story.spans.push_back(more.spans.front());
        const auto action = make(story);
        QCOMPARE(hop(action, u"d5"_s).budgetFromMs, 116.0);
        QCOMPARE(action.firstVisibleMs.value(), 156.0);
        QCOMPARE(action.visibleMs.value(), 210.0);  // the last recipient's
    }

    void theOrderOfArrivalDoesNotMatter() {
        const auto story = Story::of(createPostText());
        const auto expected = json(make(story));
        std::mt19937 random(7);
        for (int i = 0; i < 200; ++i) {
            TraceParts parts;
            std::vector<int> order(story.spans.size() + story.events.size());
            std::iota(order.begin(), order.end(), 0);
            auto twice = order;  // each comes twice
            order.insert(order.end(), twice.begin(), twice.end());
            std::shuffle(order.begin(), order.end(), random);
            for (const int n : order) {
                if (n < static_cast<int>(story.spans.size()))
                    parts.add(SpanRecord(story.spans[static_cast<std::size_t>(n)]), zeroMs);
                else
                    parts.add(EventFact(story.events[static_cast<std::size_t>(n) - story.spans.size()]), zeroMs);
            }
            QCOMPARE(json(assemble(traceId, parts, m_groups, Quiet::no)), expected);
        }
    }

    // Whatever is left out: nothing is invented, nothing is negative, and only what is whole says so.
    void anyPartMayBeMissing() {
        const auto whole = Story::of(createPostText());
        for (const auto& span : whole.spans) {
            const auto action = make(whole.without(span.spanId.c_str() + 14));
            const bool leaf = span.spanId.ends_with("d3") || span.spanId.ends_with("d4");
            const bool callers = span.spanId.ends_with("a0");  // need not be sent
            QCOMPARE(action.complete, leaf || callers);
            for (const auto& h : action.hops) {
                QVERIFY(h.durationMs >= 0);
                QVERIFY(!h.budgetMs || *h.budgetMs > 0);
            }
            if (!action.complete) QVERIFY(!action.notes.isEmpty());
        }
    }

    void withoutTheCallersSpanTheGatewayIsZero() {
        const auto action = make(Story::of(createPostText()).without("a0"));
        QVERIFY(action.complete);
        QVERIFY(!action.clientAckMs);
        QCOMPARE(action.startedUs, zeroNs / 1'000 + 1'000);
        QCOMPARE(action.visibleMs.value(), 155.0);
        QVERIFY(hop(action, u"b1"_s).parent.isEmpty());  // the caller is no hop of ours
    }

    void withoutARootTheEventIsZero() {
        const auto action = make(Story::of(createPostText()).without("a0").without("b1"));
        QVERIFY(!action.complete && !action.ackMs && isUserAction(action));
        QCOMPARE(action.action, u"createPost"_s);  // what publishes a PostCreated
        QCOMPARE(action.startedUs, zeroNs / 1'000 + 30'000);
        QCOMPARE(hop(action, u"c1"_s).startMs, -27.0);  // raw clocks: before zero
        QVERIFY(action.notes.first().contains(u"gateway's span has not come"_s));
    }

    void effectBeforeItsCauseStaysAsItIs() {
        const auto action =
            make(Story::of("span b1 - graphql-gateway http server 10 5 POST_/graphql action=feed user=u1\n"
                           "span c1 b1 feed-service grpc server 7.5 2 Feed/GetFeed\n"));
        QCOMPARE(hop(action, u"c1"_s).startMs, -2.5);
        QCOMPARE(action.user, u"u1"_s);  // no handle known
    }

    void aMissingConsumerIsPendingThenUnknown() {
        const auto story = Story::of(createPostText()).without("d1").without("d2").without("d3").without("d4");
        auto action = make(story, Quiet::settled);
        const auto& pending = hop(action, u"event:E1:feed-service"_s);
        QVERIFY(pending.pending && !action.complete);
        QCOMPARE(pending.outcome, u"pending"_s);
        QCOMPARE(pending.kind, u"consume"_s);
        QCOMPARE(pending.parent, u"00000000000000c4"_s);
        QCOMPARE(pending.startMs, 42.0);  // from the record
        QCOMPARE(pending.offset, 48);
        QVERIFY(!action.visibleMs && !action.firstVisibleMs);
        action = make(story, Quiet::givenUp);
        QCOMPARE(hop(action, u"event:E1:feed-service"_s).outcome, u"unknown"_s);
        QVERIFY(action.notes.first().startsWith(u"Given up: feed-service"_s));
    }

    void theKeyTellsWhatTheSpanDidNot() {
        auto parts = Story::of(createPostText()).without("e1").without("e2").parts();
        parts.keyStates[{"E1", "social-service"}] = "done";
        const auto action = assemble(traceId, parts, m_groups, Quiet::settled);
        QVERIFY(action.complete);
        const auto& built = hop(action, u"event:E1:social-service"_s);
        QVERIFY(built.pending);
        QCOMPARE(built.outcome, u"done"_s);
        QVERIFY(action.notes.first().contains(u"idempotency key"_s));
        parts.keyStates[{"E1", "social-service"}] = "leased";
        QVERIFY(!assemble(traceId, parts, m_groups, Quiet::settled).complete);
    }

    void aDeadLetterIsAnOutcome() {
        auto story = Story::of(createPostText()).without("d1").without("d2").without("d3").without("d4");
        story.events.push_back(
            Story::of("event E1 PostCreated nova.content.events 3 48 30 90 dlq=feed-service\n").events.front());
        const auto action = make(story);
        QVERIFY(action.complete);
        QCOMPARE(hop(action, u"event:E1:feed-service"_s).outcome, u"dead-lettered"_s);
        QVERIFY(!action.visibleMs);
    }

    void aRecordWithoutItsPublishSpanIsBuilt() {
        const auto action = make(Story::of(createPostText()).without("c4"));
        const auto& built = hop(action, u"event:E1:produce"_s);
        QVERIFY(built.pending && !action.complete);
        QCOMPARE(built.kind, u"produce"_s);
        QCOMPARE(built.service, u"content-service"_s);
        QCOMPARE(built.partition, 3);
        QVERIFY2(action.notes.join(u'\n').contains(u"name a parent that has not come"_s),
                 qPrintable(action.notes.join(u'\n')));
    }

    void aDuplicateDoesNotUndoWhatWasDone() {
        auto story = Story::of(createPostText());
        const auto again = Story::of(
            "span f1 c4 feed-service kafka internal 42 300 in_Kafka event=E1 topic=nova.content.events partition=3 "
            "offset=49 group=feed-service\n"
            "span f2 f1 feed-service consume consumer 342 3 feed-service_PostCreated event=E1 "
            "topic=nova.content.events partition=3 offset=49 "
            "group=feed-service outcome=duplicate tries=1\n"
            "event E1 PostCreated nova.content.events 3 49 30 60\n");
        story.spans.insert(story.spans.end(), again.spans.begin(), again.spans.end());
        story.events.push_back(again.events.front());
        const auto action = make(story);
        QVERIFY(action.complete);
        QCOMPARE(hop(action, u"f2"_s).outcome, u"duplicate"_s);
        QCOMPARE(action.visibleMs.value(), 156.0);
        QVERIFY(action.notes.first().contains(u"2"_s));  // in the log twice
    }

    void anAbandonedTryIsNoOutcome() {
        auto story = Story::of(createPostText());
        for (auto& span : story.spans) {
            if (span.spanId.ends_with("d2")) span.attributes["nova.outcome"] = "failed";
        }
        const auto action = make(story);
        QVERIFY(!action.complete);
        QCOMPARE(action.firstVisibleMs.value(), 156.0);
        QVERIFY(!action.visibleMs);  // may still grow
    }

    void nobodyFollows() {
        auto story = Story::of(createPostText());
        for (auto& span : story.spans) {
            if (span.spanId.ends_with("d4")) span.attributes["nova.recipients"] = "0";
        }
        const auto action = make(story);
        QVERIFY(action.complete && !action.visibleMs && !action.firstVisibleMs);
        QVERIFY(action.notes.first().contains(u"nobody follows"_s));
    }

    void aPostIsNotWholeBeforeItsEventIsKnown() {
        const auto story = Story::of(
            "span b1 - graphql-gateway http server 1 39 POST_/graphql action=createPost user=u1\n"
            "span b2 b1 graphql-gateway grpc client 2 36 Content/CreatePost\n"
            "span c1 b2 content-service grpc server 3 34 Content/CreatePost\n");
        QVERIFY(!make(story).complete);
        QVERIFY(!make(story, Quiet::givenUp).complete);
        QVERIFY(make(story).notes.first().contains(u"No PostCreated"_s));
    }

    void aCallWaitsForItsOtherSide() {
        const auto story = Story::of(
            "span b1 - graphql-gateway http server 1 39 POST_/graphql action=markNotificationsSeen user=u1\n"
            "span b2 b1 graphql-gateway grpc client 2 36 Notification/MarkSeen\n");
        QVERIFY(!make(story).complete);
        QVERIFY(make(story, Quiet::settled).complete);  // it never came, and nothing names it
    }

    void aRefusedActionIsWholeAndFailed() {
        const auto action = make(Story::of(
            "span b1 - graphql-gateway http server 1 3 POST_/graphql action=createPost error=not_signed_in\n"));
        QVERIFY(action.complete && action.failed);
        QCOMPARE(hop(action, u"b1"_s).error, u"not signed in"_s);
    }

    void jsonHasTheContractsFields() {
        const auto line = nlohmann::json::parse(json(make(Story::of(createPostText()).without("e1").without("e2"))));
        for (const char* name : {"trace_id", "action", "user", "started", "ack_ms", "client_ack_ms", "first_visible_ms",
                                 "visible_ms", "complete", "critical_path_ms", "hops", "notes", "sources"}) {
            QVERIFY2(line.contains(name), name);
        }
        QVERIFY(line["critical_path_ms"].is_null());
        QCOMPARE(line["started"].get<std::string>(), std::string("2023-11-14T22:13:20.000000Z"));
        const auto& hops = line["hops"];
        for (const auto& h : hops) {
            for (const char* name : {"id", "parent", "name", "service", "kind", "start_ms", "duration_ms", "budget_ms",
                                     "topic", "partition", "offset", "event_id", "group", "outcome"}) {
                QVERIFY2(h.contains(name), name);
            }
        }
        const auto missing =
            std::find_if(hops.begin(), hops.end(), [](const auto& h) { return h["id"] == "event:E1:social-service"; });
        QVERIFY(missing != hops.end());
        QVERIFY((*missing)["duration_ms"].is_null());
        QCOMPARE((*missing)["outcome"].get<std::string>(), std::string("pending"));
        QVERIFY(hops[0]["topic"].is_null() && hops[0]["parent"].is_null() && hops[0]["partition"].is_null());
    }

    void aTraceHoldsOnlySoMuch() {
        TraceParts parts;
        for (std::size_t i = 0; i < TraceParts::maxSpans + 3; ++i) {
            SpanRecord span;
            span.spanId = std::to_string(i);
            span.startNs = zeroNs;
            parts.add(std::move(span), zeroMs);
        }
        QCOMPARE(parts.left, 3u);
        const auto action = assemble(traceId, parts, m_groups, Quiet::no);
        QVERIFY(!action.complete);
        QVERIFY(action.notes.last().contains(u"left out"_s));
    }
};

QTEST_GUILESS_MAIN(AssemblyTest)
#include "tst_assembly.moc"
