// Each cause from the facts that bear it out, each honest unknown, and what feigns a cause without being it.
#include <QSignalSpy>
#include <QtTest>

#include "app/engine/cluster/profile.h"
#include "app/engine/lag/diagnosis_desk.h"
#include "app/engine/lag/diagnosis_facts.h"
#include "tests/support/strict_log.h"

using namespace nova::engine;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 now = 1'795'391'250'000;

LagRow rowOf(int partition, qint64 lag, double in, double out) {
    LagRow row;
    row.group = u"feed-service"_s;
    row.topic = u"nova.content.events"_s;
    row.partition = partition;
    row.logStart = 0;
    row.logEnd = row.lso = 10'000;
    row.committed = 10'000 - lag;
    row.lag = lag;
    row.inPerSecond = in;
    row.outPerSecond = out;
    row.status = LagStatus::ok;
    row.member = u"feed-service-0-7d1f"_s;
    row.clientId = u"feed-service-0"_s;
    return row;
}

// A group that reads on: three partitions, one member, nothing wrong but 500 offsets of lag on p1.
DiagnosisFacts sound() {
    DiagnosisFacts facts;
    facts.atMs = now;
    facts.partitions = {rowOf(0, 500, 100, 100), rowOf(1, 500, 100, 100), rowOf(2, 500, 100, 100)};
    facts.row = facts.partitions.at(1);
    for (int i = 0; i < 120; ++i) {
        LagPoint point;
        point.atMs = now - (119 - i) * 5'000;
        point.lag = 500;
        point.inPerSecond = point.outPerSecond = 100;
        facts.history << point;
    }
    facts.committedSinceMs = now - 400;
    facts.lsoSinceMs = now - 400;
    facts.group.listing = {u"feed-service"_s, u"Stable"_s, u"consumer"_s};
    facts.group.description.state = u"Stable"_s;
    facts.group.description.membersKnown = true;
    facts.group.description.members = {{u"feed-service-0-7d1f"_s,
                                        u"feed-service-0"_s,
                                        u"/127.0.0.1"_s,
                                        {{facts.row.topic, 0}, {facts.row.topic, 1}, {facts.row.topic, 2}}}};
    facts.spansWhyNot = u"topic otlp_spans is missing"_s;
    return facts;
}

void stand(DiagnosisFacts& facts, qint64 ms) {
    facts.committedSinceMs = now - ms;
}

void rebalance(DiagnosisFacts& facts, const QVector<int>& secondsAgo) {
    for (const int ago : secondsAgo)
        facts.marks.append({LagMark::Kind::rebalance, now - ago * 1'000, u"feed-service"_s, {}});
}

// With consume spans: the record at the committed offset is known, and Redis and PostgreSQL answer as ever.
void withSpans(DiagnosisFacts& facts) {
    facts.spansKnown = facts.record.spansKnown = true;
    facts.record.offset = facts.record.committed = *facts.row.committed;
    facts.record.partition = 1;
    facts.record.type = u"PostCreated"_s;
    DependencyFacts redis;
    redis.name = u"Redis"_s;
    redis.calls = 200;
    redis.medianMs = 0.6;
    redis.callsBefore = 900;
    redis.medianBeforeMs = 0.6;
    redis.share = 0.3;
    redis.othersFine = 50;
    DependencyFacts postgres = redis;
    postgres.name = u"PostgreSQL"_s;
    postgres.medianMs = postgres.medianBeforeMs = 2.1;
    facts.dependencies = {redis, postgres};
}

bool contains(const QVector<QString>& texts, const QString& words) {
    return std::any_of(texts.begin(), texts.end(), [&](const QString& t) { return t.contains(words); });
}

bool supported(const Diagnosis& diagnosis) {
    return !diagnosis.evidence.isEmpty() && diagnosis.evidence.first().supports &&
           !diagnosis.evidence.first().text.isEmpty();
}

QString said(const Diagnosis& diagnosis) {
    QStringList lines{causeWord(diagnosis.cause), diagnosis.sentence};
    for (const auto& e : diagnosis.evidence) lines << (e.supports ? u"+ "_s : u"- "_s) + e.text;
    for (const auto& m : diagnosis.missing) lines << u"? "_s + m;
    return lines.join(u'\n');
}

}  // namespace

#define CAUSE(facts, expected, words)                                              \
    do {                                                                           \
        const auto diagnosis = diagnose(facts);                                    \
        QVERIFY2(diagnosis.cause == (expected), qPrintable(said(diagnosis)));      \
        QVERIFY2(diagnosis.sentence.contains(words), qPrintable(said(diagnosis))); \
        QVERIFY2(supported(diagnosis), qPrintable(said(diagnosis)));               \
    } while (false)

class DiagnosisTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { nova::test::failOnLoggedErrors(); }

    void everyCauseHasAWordOfItsOwn() {
        QSet<QString> seen;
        for (int i = 0; i <= int(Cause::tooManyConsumers); ++i) {
            const QString word = causeWord(Cause(i));
            QVERIFY(!word.isEmpty() && !seen.contains(word));
            seen << word;
        }
    }

    // ---- the causes

    void aBurst() {
        auto facts = sound();
        facts.row.inPerSecond = 1'204;
        for (auto& row : facts.partitions) row.inPerSecond = 1'204;
        facts.row.outPerSecond = 310;
        CAUSE(facts, Cause::producerBurst, u"1\u202f204/s"_s);
    }
    void aBurstThatIsOverAndReadOff() {
        auto facts = sound();
        for (auto& point : facts.history)
            if (now - point.atMs > 60'000 && now - point.atMs < 120'000) point.inPerSecond = 2'000;
        facts.row.outPerSecond = 320;
        CAUSE(facts, Cause::producerBurst, u"being read off"_s);
    }
    void aRebalanceLoop() {
        auto facts = sound();
        rebalance(facts, {40, 30, 22, 12, 4});
        stand(facts, 30'000);
        CAUSE(facts, Cause::rebalanceLoop, u"again and again"_s);
    }
    void aSlowRebalanceLoopOfPollIntervals() {
        auto facts = sound();
        rebalance(facts, {590, 450, 300, 150, 5});
        CAUSE(facts, Cause::rebalanceLoop, u"max.poll.interval.ms"_s);
    }
    void aGroupWithoutMembers() {
        auto facts = sound();
        facts.group.description.members.clear();
        facts.group.description.state = u"Empty"_s;
        facts.row.member.clear();
        facts.row.clientId.clear();
        stand(facts, 40'000);
        CAUSE(facts, Cause::consumerDead, u"no member"_s);
    }
    void aPartitionThatNoMemberHolds() {
        auto facts = sound();
        facts.row.member.clear();
        facts.row.clientId.clear();
        CAUSE(facts, Cause::consumerDead, u"none of its 1 members"_s);
    }
    void aProcessThatFailed() {
        auto facts = sound();
        facts.supervised = true;
        facts.parts = {{u"feed-service"_s, 0, u"failed"_s, u"exited 139"_s}};
        CAUSE(facts, Cause::consumerDead, u"feed-service/0"_s);
    }
    void aPausedProcess() {
        auto facts = sound();
        facts.supervised = true;
        facts.parts = {{u"feed-service"_s, 0, u"paused"_s, {}}};
        stand(facts, 8'000);
        CAUSE(facts, Cause::consumerPaused, u"feed-service/0"_s);
    }
    void anOpenTransaction() {
        auto facts = sound();
        facts.row.lso = 9'500;
        facts.row.heldByTransactions = 500;
        facts.row.outPerSecond = 0;
        facts.lsoSinceMs = now - 20'000;
        stand(facts, 20'000);
        CAUSE(facts, Cause::openTransaction, u"500 offsets"_s);
    }
    void skewedKeys() {
        auto facts = sound();
        facts.row.inPerSecond = facts.partitions[1].inPerSecond = 900;
        facts.partitions[0].inPerSecond = facts.partitions[2].inPerSecond = 10;
        facts.partitions[0].lag = facts.partitions[2].lag = 0;
        CAUSE(facts, Cause::skewedKeys, u"98 %"_s);
    }
    // The strongest skew: nothing ever came into the others, so that nothing was committed there either.
    void allKeysInOnePartition() {
        auto facts = sound();
        for (const int p : {0, 2}) {
            auto& row = facts.partitions[p];
            row.logStart = row.logEnd = row.lso = 0;
            row.committed = row.lag = std::nullopt;
            row.inPerSecond = row.outPerSecond = std::nullopt;
            row.status = LagStatus::noCommit;
        }
        facts.row.inPerSecond = facts.partitions[1].inPerSecond = 900;
        // What is new is the burst; what always was so is the skew.
        CAUSE(facts, Cause::producerBurst, u"900/s"_s);
        for (auto& point : facts.history) point.inPerSecond = 900;
        CAUSE(facts, Cause::skewedKeys, u"100 %"_s);
        // A log with records in it may well grow: without its rate nothing is said of keys, and that is told.
        facts.partitions[2].logEnd = 40;
        const auto diagnosis = diagnose(facts);
        QVERIFY(diagnosis.cause != Cause::skewedKeys);
        QVERIFY2(contains(diagnosis.missing, u"rate of p2"_s), qPrintable(said(diagnosis)));
    }
    void moreConsumersThanPartitions() {
        auto facts = sound();
        for (int i = 1; i < 5; ++i)
            facts.group.description.members.append({u"m%1"_s.arg(i), u"feed-service-%1"_s.arg(i), {}, {}});
        CAUSE(facts, Cause::tooManyConsumers, u"5 consumers share 3 partitions"_s);
    }
    void aDependencyThatBecameSlow() {
        auto facts = sound();
        withSpans(facts);
        facts.dependencies[1].medianMs = 41.2;
        facts.dependencies[1].share = 0.93;
        CAUSE(facts, Cause::slowDependency, u"PostgreSQL is slow"_s);
    }
    void aDependencyThatFailsForAll() {
        auto facts = sound();
        withSpans(facts);
        auto& redis = facts.dependencies[0];
        redis.calls = redis.failed = redis.failedInRow = 4;
        redis.failedRecords = 2;
        redis.error = u"Resource temporarily unavailable"_s;
        stand(facts, 9'000);
        CAUSE(facts, Cause::slowDependency, u"Redis does not answer"_s);
    }
    void silenceForTheOnlyRecordIsTheDependencys() {
        auto facts = sound();
        withSpans(facts);
        auto& redis = facts.dependencies[0];
        redis.failed = redis.failedInRow = 2;
        redis.failedRecords = 1;
        redis.othersFine = 0;
        redis.error = u"Resource temporarily unavailable"_s;
        CAUSE(facts, Cause::slowDependency, u"Redis does not answer"_s);
    }
    void aStoreThatTheSupervisorKnowsToBePaused() {
        auto facts = sound();
        facts.supervised = true;
        facts.parts = {{u"feed-service"_s, 0, u"degraded"_s, {}}, {u"postgres"_s, 0, u"paused"_s, {}, true}};
        stand(facts, 9'000);
        CAUSE(facts, Cause::slowDependency, u"PostgreSQL is paused"_s);
    }
    void aPoisonRecord() {
        auto facts = sound();
        withSpans(facts);
        facts.record.tries = 7;
        for (int i = 0; i < 7; ++i)
            facts.record.attempts.append({now - 7'000 + i * 900, 1.2, u"cache feeds"_s, u"Redis"_s, u"WRONGTYPE"_s});
        facts.dependencies[0].failed = facts.dependencies[0].failedInRow = 7;
        facts.dependencies[0].failedRecords = 1;
        facts.dependencies[0].error = u"WRONGTYPE"_s;
        stand(facts, 7'000);
        CAUSE(facts, Cause::poisonRecord, u"p1 @ 9\u202f500 (PostCreated)"_s);
        QVERIFY(said(diagnose(facts)).contains(u"Redis answers other calls"_s));
    }

    // ---- what feigns them

    void nothingWrongIsUnknownAndSaysWhatWasLookedAt() {
        const auto diagnosis = diagnose(sound());
        QCOMPARE(diagnosis.cause, Cause::unknown);
        QVERIFY2(diagnosis.sentence.contains(u"none of the known causes"_s), qPrintable(diagnosis.sentence));
        QVERIFY2(diagnosis.evidence.size() >= 5, qPrintable(said(diagnosis)));
        for (const auto& evidence : diagnosis.evidence) QVERIFY(!evidence.supports);
    }
    void kafkaAloneNamesWhatItLacks() {
        const auto diagnosis = diagnose(sound());
        QVERIFY(contains(diagnosis.missing, u"topic otlp_spans is missing"_s));
        QVERIFY(contains(diagnosis.missing, u"supervisor"_s));
        QVERIFY(contains(diagnosis.missing, u"poison record"_s));
    }
    void aConsumerThatHangsIsUnknownWithKafkaAlone() {
        auto facts = sound();
        stand(facts, 45'000);
        const auto diagnosis = diagnose(facts);
        QCOMPARE(diagnosis.cause, Cause::unknown);
        QVERIFY2(diagnosis.sentence.contains(u"committed nothing for 45 s"_s), qPrintable(diagnosis.sentence));
    }
    void aDeploymentIsNoLoop() {
        auto facts = sound();
        rebalance(facts, {58, 56, 54, 52, 50, 48});
        QCOMPARE(diagnose(facts).cause, Cause::unknown);
    }
    void aPausedReplicaThatHoldsNothingIsNotTheCause() {
        auto facts = sound();
        facts.supervised = true;
        facts.parts = {{u"feed-service"_s, 0, u"ready"_s, {}}, {u"feed-service"_s, 1, u"paused"_s, {}}};
        const auto diagnosis = diagnose(facts);
        QCOMPARE(diagnosis.cause, Cause::unknown);
        QVERIFY(said(diagnosis).contains(u"feed-service/1 is paused, but feed-service-0 holds p1"_s));
    }
    void anotherGroupsPauseIsNotTheCause() {
        auto facts = sound();
        facts.supervised = true;
        facts.parts = {{u"social-service"_s, 0, u"paused"_s, {}}};
        QCOMPARE(diagnose(facts).cause, Cause::unknown);
    }
    void aTransactionThatMovesIsNoHold() {
        auto facts = sound();
        facts.row.lso = 9'500;
        facts.row.heldByTransactions = 500;
        QCOMPARE(diagnose(facts).cause, Cause::unknown);
    }
    void aGroupFarBehindTheLsoDoesNotWaitForIt() {
        auto facts = sound();
        facts.row.lso = 9'900;
        facts.lsoSinceMs = now - 60'000;
        stand(facts, 60'000);
        QCOMPARE(diagnose(facts).cause, Cause::unknown);
        QVERIFY(said(diagnose(facts)).contains(u"is elsewhere"_s));
    }
    void aBurstThatNobodyReadsIsNotBlamedOnTheProducer() {
        auto facts = sound();
        facts.row.inPerSecond = 1'204;
        stand(facts, 30'000);
        const auto diagnosis = diagnose(facts);
        QCOMPARE(diagnosis.cause, Cause::unknown);
        QVERIFY(said(diagnosis).contains(u"nothing is read"_s));
    }
    // A topic that could not be looked for is not said to be missing.
    void aClusterThatDoesNotAnswerIsNotOneWithoutSpans() {
        Profile profile;
        profile.kafka = {{"bootstrap.servers", "127.0.0.1:1"}};
        DiagnosisDesk desk;
        desk.start(Target::of(profile));
        LagSample sample;
        sample.atMs = now;
        sample.rows = {rowOf(0, 500, 100, 100)};
        desk.takeSample(sample);
        QSignalSpy diagnosed(&desk, &DiagnosisDesk::diagnosed);
        desk.ask(sample.rows[0].group, sample.rows[0].topic, 0);
        QVERIFY(diagnosed.wait(30'000));
        const auto told = diagnosed[0][0].value<Diagnosed>();
        QVERIFY2(contains(told.diagnosis.missing, u"not known: "_s), qPrintable(said(told.diagnosis)));
        QVERIFY2(!said(told.diagnosis).contains(u"is missing"_s), qPrintable(said(told.diagnosis)));
        QVERIFY(!told.record.spansWhyNot.contains(u"is missing"_s));
    }
    void skewWithoutAReaderIsNotBlamedOnKeys() {
        auto facts = sound();
        facts.row.inPerSecond = facts.partitions[1].inPerSecond = 900;
        facts.partitions[0].inPerSecond = facts.partitions[2].inPerSecond = 10;
        facts.partitions[0].lag = facts.partitions[2].lag = 0;
        for (auto& point : facts.history) point.inPerSecond = 900;
        stand(facts, 30'000);
        QCOMPARE(diagnose(facts).cause, Cause::unknown);
    }
    void oneRecordThatFailsIsNoSlowDependency() {
        auto facts = sound();
        withSpans(facts);
        facts.dependencies[1].failed = facts.dependencies[1].failedInRow = 3;
        facts.dependencies[1].failedRecords = 1;
        facts.dependencies[1].othersFine = 0;
        facts.dependencies[1].error = u"ERROR: division by zero"_s;
        QCOMPARE(diagnose(facts).cause, Cause::unknown);
    }
    void aRecordThatSucceededInTheEndIsNoPoison() {
        auto facts = sound();
        withSpans(facts);
        facts.record.tries = 4;
        facts.record.outcome = u"done"_s;
        for (int i = 0; i < 3; ++i) facts.record.attempts.append({now - 7'000, 1, u"x"_s, u"Redis"_s, u"timeout"_s});
        QCOMPARE(diagnose(facts).cause, Cause::unknown);
    }
    void membersUnknownIsNeverDead() {
        auto facts = sound();
        facts.group.description.membersKnown = false;
        facts.group.description.trouble = u"Broker: Group ID not found"_s;
        facts.row.member.clear();
        facts.row.clientId.clear();
        const auto diagnosis = diagnose(facts);
        QCOMPARE(diagnosis.cause, Cause::unknown);
        QVERIFY(contains(diagnosis.missing, u"Group ID not found"_s));
    }
    void aRebalanceUnderWayIsNotDead() {
        auto facts = sound();
        facts.group.description.state = u"PreparingRebalance"_s;
        facts.row.member.clear();
        QCOMPARE(diagnose(facts).cause, Cause::unknown);
    }
    void nothingBehindIsSaidPlainly() {
        auto facts = sound();
        facts.row.lag = 0;
        QVERIFY(diagnose(facts).sentence.contains(u"does not lag"_s));
        facts.row.lag = std::nullopt;
        facts.row.status = LagStatus::noCommit;
        QVERIFY(diagnose(facts).sentence.contains(u"never committed"_s));
        facts.row.status = LagStatus::unknown;
        facts.row.statusReason = u"leader not available"_s;
        QVERIFY(diagnose(facts).sentence.contains(u"leader not available"_s));
        facts.row.status = LagStatus::beyondEnd;
        QVERIFY(diagnose(facts).sentence.contains(u"beyond the end"_s));
        QCOMPARE(diagnose(facts).cause, Cause::unknown);
    }
    void whatStopsComesBeforeWhatSlows() {
        auto facts = sound();
        facts.row.inPerSecond = 5'000;
        facts.group.description.members.clear();
        facts.group.description.state = u"Empty"_s;
        facts.row.member.clear();
        QCOMPARE(diagnose(facts).cause, Cause::consumerDead);
    }
};

QTEST_GUILESS_MAIN(DiagnosisTest)
#include "tst_diagnosis.moc"
