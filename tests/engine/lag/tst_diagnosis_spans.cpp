// What is made of an action's hops: how a record was handled while it is still in hand and when it is done, how calls
// to each dependency went, and what belongs to others.
#include <QtTest>

#include "app/engine/lag/diagnosis_spans.h"
#include "tests/support/strict_log.h"

using namespace nova::engine;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 now = 1'795'391'250'000;

Hop hop(const QString& id, const QString& parent, const QString& kind, double startMs, double durationMs) {
    Hop h;
    h.id = id;
    h.parent = parent;
    h.kind = kind;
    h.name = kind;
    h.service = u"feed-service"_s;
    h.replica = u"feed-service/0"_s;
    h.startMs = startMs;
    h.durationMs = durationMs;
    return h;
}

Hop ofRecord(Hop h) {
    h.group = u"feed-service"_s;
    h.topic = u"nova.content.events"_s;
    h.partition = 1;
    h.offset = 77;
    return h;
}

// Begun `secondsAgo`; fetched 100 ms later.
Action actionOf(const QString& trace, int secondsAgo) {
    Action action;
    action.traceId = trace;
    action.startedUs = (now - secondsAgo * 1'000) * 1'000;
    action.hops << ofRecord(hop(u"k"_s, u"p"_s, u"kafka"_s, 40, 60));
    return action;
}

StuckRecord record() {
    StuckRecord r;
    r.topic = u"nova.content.events"_s;
    r.partition = 1;
    r.committed = r.offset = 77;
    return r;
}

Hop failed(Hop h, const QString& error) {
    h.error = error;
    h.outcome = u"failed"_s;
    return h;
}

}  // namespace

class DiagnosisSpansTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { nova::test::failOnLoggedErrors(); }

    void aRecordInHandIsKnownByItsSteps() {
        auto action = actionOf(u"t"_s, 10);
        for (int i = 0; i < 4; ++i) {
            action.hops << hop(u"c%1"_s.arg(i), u"not-come"_s, u"redis"_s, 110 + i * 1'000, 1)
                        << failed(hop(u"s%1"_s.arg(i), u"not-come"_s, u"sql"_s, 112 + i * 1'000, 3),
                                  u"could not serialize"_s);
        }
        auto r = record();
        tellHandling(r, action, u"feed-service"_s);
        QVERIFY(r.spansKnown);
        QCOMPARE(r.polls, 1);
        QCOMPARE(r.polledAtMs, now - 10'000 + 100);
        QCOMPARE(r.tries, 4);
        QCOMPARE(r.failures(), 4);
        QCOMPARE(r.attempts.size(), 8);
        QCOMPARE(r.attempts.at(1).dependency, u"PostgreSQL"_s);
        QVERIFY(r.outcome.isEmpty());
    }

    void aRecordThatIsDoneHasItsOutcome() {
        auto action = actionOf(u"t"_s, 10);
        auto consume = ofRecord(hop(u"h"_s, u"k"_s, u"consume"_s, 100, 20));
        consume.outcome = u"dead-lettered"_s;
        consume.error = u"handler: no"_s;
        consume.tries = 5;
        action.hops << consume << hop(u"c"_s, u"h"_s, u"redis"_s, 101, 1);
        auto r = record();
        tellHandling(r, action, u"feed-service"_s);
        QCOMPARE(r.outcome, u"dead-lettered"_s);
        QCOMPARE(r.tries, 5);
        QCOMPARE(r.attempts.size(), 1);
        QCOMPARE(deadLettersOf({action}, u"feed-service"_s, u"nova.content.events"_s, now), 1);
        QCOMPARE(deadLettersOf({action}, u"social-service"_s, u"nova.content.events"_s, now), 0);
        QCOMPARE(deadLettersOf({action}, u"feed-service"_s, u"nova.content.events"_s, now + 700'000), 0);
    }

    void stepsOfOthersAndOfOtherRecordsAreNotThisOnes() {
        auto action = actionOf(u"t"_s, 10);
        auto other = ofRecord(hop(u"o"_s, u"k"_s, u"consume"_s, 100, 20));
        other.offset = 78;
        auto foreign = hop(u"f"_s, u"nobody"_s, u"sql"_s, 100, 5);
        foreign.service = u"notification-service"_s;
        action.hops << other << hop(u"c"_s, u"o"_s, u"redis"_s, 101, 1) << foreign;
        auto r = record();
        tellHandling(r, action, u"feed-service"_s);
        QVERIFY(r.attempts.isEmpty());
        QVERIFY(r.outcome.isEmpty());
    }

    void neverFetchedIsSeenAsSuch() {
        Action action;
        action.traceId = u"t"_s;
        auto r = record();
        tellHandling(r, action, u"feed-service"_s);
        QVERIFY(r.spansKnown);
        QCOMPARE(r.polls, 0);
        QCOMPARE(r.polledAtMs, 0);
    }

    void dependenciesAreComparedWithThePast() {
        QVector<Action> actions;
        for (int i = 0; i < 20; ++i) {
            const bool lately = i < 8;
            auto action = actionOf(u"t%1"_s.arg(i), lately ? 5 + i : 60 + i * 10);
            auto consume = ofRecord(hop(u"h"_s, u"k"_s, u"consume"_s, 100, lately ? 50 : 5));
            action.hops << consume << hop(u"s"_s, u"h"_s, u"sql"_s, 101, lately ? 45 : 2)
                        << hop(u"r"_s, u"h"_s, u"redis"_s, 148, 0.5);
            actions << action;
        }
        const auto facts = dependenciesOf(actions, u"feed-service"_s, now);
        QCOMPARE(facts.size(), 2);
        QCOMPARE(facts.at(0).name, u"PostgreSQL"_s);
        QCOMPARE(facts.at(0).calls, 8);
        QCOMPARE(facts.at(0).medianMs, 45.0);
        QCOMPARE(facts.at(0).callsBefore, 12);
        QCOMPARE(facts.at(0).medianBeforeMs, 2.0);
        QVERIFY(std::abs(facts.at(0).share - 0.9) < 1e-9);
        QCOMPARE(facts.at(1).failed, 0);
    }

    void failuresAreCountedByRecordAndOthersSuccessesApart() {
        QVector<Action> actions;
        for (int i = 0; i < 2; ++i) {
            auto action = actionOf(u"t%1"_s.arg(i), 8);
            for (int n = 0; n < 3; ++n)
                action.hops << failed(hop(u"r%1"_s.arg(n), u"not-come"_s, u"redis"_s, 110 + n * 50, 2'000),
                                      u"timeout"_s);
            for (const double at : {100.0, 2'500.0}) {  // before the failures and among them: only the latter tells
                auto other = hop(u"x%1"_s.arg(at), u"y"_s, u"redis"_s, at, 1);
                other.service = u"notification-service"_s;
                action.hops << other;
            }
            actions << action;
        }
        const auto facts = dependenciesOf(actions, u"feed-service"_s, now);
        QCOMPARE(facts.size(), 1);
        QCOMPARE(facts.at(0).failed, 6);
        QCOMPARE(facts.at(0).failedRecords, 2);
        QCOMPARE(facts.at(0).othersFine, 2);
        QCOMPARE(facts.at(0).error, u"timeout"_s);
    }

    void aCallToAServiceIsNamedByWhoAnswers() {
        auto action = actionOf(u"t"_s, 5);
        auto call = hop(u"g"_s, u"h"_s, u"grpc"_s, 100, 30);
        call.client = true;
        auto answered = hop(u"a"_s, u"g"_s, u"grpc"_s, 105, 20);
        answered.service = u"social-service"_s;
        action.hops << call << answered;
        const auto facts = dependenciesOf({action}, u"feed-service"_s, now);
        QCOMPARE(facts.size(), 1);
        QCOMPARE(facts.at(0).name, u"social-service"_s);
    }
};

QTEST_GUILESS_MAIN(DiagnosisSpansTest)
#include "tst_diagnosis_spans.moc"
