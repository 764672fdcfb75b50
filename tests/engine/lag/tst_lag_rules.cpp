// The meaning of a partition's offsets, row by row of the table in lag_rules.h; thresholds, alarms, rates, order.
#include <QtTest>

#include "app/engine/cluster/profile.h"
#include "app/engine/lag/alarms.h"
#include "app/engine/lag/lag_rules.h"
#include "app/engine/lag/rates.h"

using namespace nova::engine;
using namespace Qt::StringLiterals;

namespace {

using Offset = std::optional<qint64>;
constexpr qint64 now = 1'000'000;

OffsetFacts facts(Offset start, Offset end, Offset committed) {
    OffsetFacts facts;
    facts.logStart = start;
    facts.logEnd = facts.lso = end;
    facts.committed = committed;
    return facts;
}

LagRow row(const QString& group, const QString& topic, int partition, Offset lag, LagStatus status = LagStatus::ok) {
    LagRow row;
    row.group = group;
    row.topic = topic;
    row.partition = partition;
    row.lag = lag;
    row.status = status;
    return row;
}

}  // namespace

class LagRulesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void eachCaseOfTheTable_data() {
        QTest::addColumn<OffsetFacts>("facts");
        QTest::addColumn<QString>("status");
        QTest::addColumn<Offset>("lag");
        QTest::addColumn<qint64>("lost");
        const auto add = [](const char* name, const OffsetFacts& f, const QString& status, Offset lag,
                            qint64 lost = 0) { QTest::newRow(name) << f << status << lag << lost; };
        add("plain", facts(0, 100, 40), u"ok"_s, 60);
        add("at the end", facts(10, 100, 100), u"ok"_s, 0);
        add("no commit", facts(0, 100, {}), u"no-commit"_s, {});
        add("no commit of an empty log", facts(0, 0, {}), u"no-commit"_s, {});
        add("committed at the log start", facts(40, 100, 40), u"ok"_s, 60);
        add("below the log start", facts(40, 100, 15), u"lost"_s, 60, 25);
        add("below a log that is empty now", facts(100, 100, 15), u"lost"_s, 0, 85);
        add("start is end", facts(100, 100, 100), u"ok"_s, 0);
        add("beyond, end read once", facts(0, 100, 101), u"unknown"_s, {});
        auto beyond = facts(0, 100, 101);
        beyond.endReadTwice = true;
        add("beyond, end read twice", beyond, u"beyond-end"_s, {});
        auto emptyBeyond = facts(0, 0, 7);
        emptyBeyond.endReadTwice = true;
        add("beyond the end of a topic made anew", emptyBeyond, u"beyond-end"_s, {});
        auto leaderless = facts({}, {}, 40);
        leaderless.trouble = u"Broker: Leader not available"_s;
        add("leaderless", leaderless, u"unknown"_s, {});
        auto unread = facts(0, 100, {});
        unread.commitTrouble = u"no answer in time"_s;
        add("commits not read: not the same as none", unread, u"unknown"_s, {});
    }
    // Wishes 2 and 3: no lag below zero, none clamped away, and what retention deleted is lost, not backlog.
    void eachCaseOfTheTable() {
        QFETCH(OffsetFacts, facts);
        QFETCH(QString, status);
        QFETCH(Offset, lag);
        QFETCH(qint64, lost);
        LagRow row;
        judgeOffsets(row, facts, now);
        QCOMPARE(statusWord(row.status), status);
        QVERIFY2(row.lag == lag, qPrintable(QString::number(row.lag.value_or(-1))));
        QCOMPARE(row.lost, lost);
        QCOMPARE(row.statusReason.isEmpty(), row.status == LagStatus::ok);
    }

    // What the group would read without a commit, by where auto.offset.reset lets it begin.
    void withoutACommitItSaysWhatAResetWouldGive() {
        LagRow row;
        judgeOffsets(row, facts(200, 1'404, {}), now);
        QCOMPARE(row.statusReason,
                 u"nothing committed yet; auto.offset.reset=earliest would read %1 offsets, latest none of them"_s.arg(
                     grouped(1'204)));
        judgeOffsets(row, facts(200, 200, {}), now);
        QCOMPARE(row.statusReason, u"nothing committed yet"_s);
        auto expired = facts(0, 100, {});
        expired.lastCommitted = 40;
        judgeOffsets(row, expired, now);
        QVERIFY2(row.statusReason.contains(u"earliest would read 100 offsets"_s), qPrintable(row.statusReason));
    }

    void whatIsNotReadKeepsItsAgeAndIsNeverFresh() {
        LagRow row;
        judgeOffsets(row, facts(0, 100, 40), now);
        QCOMPARE(row.readAtMs, now);
        auto lost = facts({}, {}, 40);
        lost.trouble = u"timed out"_s;
        judgeOffsets(row, lost, now + 60'000);
        QCOMPARE(statusWord(row.status), u"unknown"_s);
        QCOMPARE(row.statusReason, u"timed out"_s);
        QVERIFY(!row.lag);
        QCOMPARE(row.logEnd, Offset(100));  // the last known, as old as readAtMs says
        QCOMPARE(row.readAtMs, now);
        judgeOffsets(row, facts(0, 120, 40), now + 61'000);
        QCOMPARE(row.lag, Offset(80));
        QCOMPARE(row.readAtMs, now + 61'000);
    }

    void openTransactionsAreHeldAndStillLag() {
        LagRow row;
        auto open = facts(0, 100, 70);
        open.lso = 70;
        judgeOffsets(row, open, now);
        QCOMPARE(row.lag, Offset(30));
        QCOMPARE(row.heldByTransactions, 30);
        open.lso.reset();  // not told: nothing is claimed
        judgeOffsets(row, open, now);
        QCOMPARE(row.heldByTransactions, 0);
    }

    void anExpiredCommitIsToldWithItsLastValue() {
        LagRow row;
        auto expired = facts(0, 100, {});
        expired.lastCommitted = 1'204;
        expired.groupEmpty = true;
        judgeOffsets(row, expired, now);
        QCOMPARE(statusWord(row.status), u"no-commit"_s);
        QVERIFY(row.statusReason.contains(u"expired"));
        QCOMPARE(row.lastCommitted, Offset(1'204));
        judgeOffsets(row, facts(0, 100, 50), now);
        QVERIFY(!row.lastCommitted);
    }

    void patternsMatchAnyRun() {
        QVERIFY(matchesPattern(u"*"_s, u""_s));
        QVERIFY(matchesPattern(u"feed-*"_s, u"feed-service"_s));
        QVERIFY(matchesPattern(u"*-service"_s, u"feed-service"_s));
        QVERIFY(matchesPattern(u"f*d*e"_s, u"feed-service"_s));
        QVERIFY(!matchesPattern(u"feed-service*feed-service"_s, u"feed-service"_s));
        QVERIFY(!matchesPattern(u"feed"_s, u"feed-service"_s));
        QVERIFY(!matchesPattern(u"ab*ba"_s, u"aba"_s));
    }

    void worstFirst() {
        QVector<LagRow> rows{
            row(u"a"_s, u"t"_s, 0, 5), row(u"b"_s, u"t"_s, 0, 50), row(u"c"_s, u"t"_s, 0, {}, LagStatus::noCommit),
            row(u"d"_s, u"t"_s, 0, 1, LagStatus::stop), row(u"e"_s, u"t"_s, 0, {}, LagStatus::beyondEnd)};
        rows[1].alarm = true;
        auto nothing = row(u"f"_s, u"t"_s, 0, {}, LagStatus::noCommit);
        nothing.logStart = nothing.logEnd = 7;
        rows.append(nothing);
        std::sort(rows.begin(), rows.end(), worse);
        QString order;
        for (const auto& r : rows) order += r.group;
        QCOMPARE(order, u"bedcaf"_s);
    }

    void aThresholdIsOfTheTopicAndCountsAfterAWhile() {
        Profile profile;
        profile.lag = {{u"quiet-*"_s, 0, {}, true}, {u"aged"_s, 1'000'000, 30.0, false}};
        Alarms alarms(profile, 15'000);
        // Two partitions of 600 are 1,200 of the topic; the built-in rule is 1,000.
        QVector<LagRow> rows{row(u"aged"_s, u"t"_s, 0, 10),
                             row(u"feed"_s, u"t"_s, 0, 600),
                             row(u"feed"_s, u"t"_s, 1, 601),
                             row(u"feed"_s, u"t"_s, 2, 0),
                             row(u"feed"_s, u"u"_s, 0, 900),
                             row(u"quiet-1"_s, u"t"_s, 0, 9'999),
                             row(u"z"_s, u"t"_s, 0, {}, LagStatus::beyondEnd)};
        rows[0].lagSeconds = 31;
        rows[6].statusReason = u"beyond"_s;
        const auto fire = [&](qint64 at) {
            alarms.judge(rows, at);
            alarms.judge(rows, at);  // a second judgement of the same look changes nothing
            alarms.settle();
            QStringList firing;
            for (const auto& r : rows)
                if (r.alarm) firing << u"%1/%2/%3"_s.arg(r.group, r.topic).arg(r.partition);
            return firing.join(u' ');
        };
        QCOMPARE(fire(now), u"z/t/0"_s);
        QCOMPARE(alarms.begun().size(), 1);
        QCOMPARE(fire(now + 14'999), u"z/t/0"_s);
        QCOMPARE(alarms.begun().size(), 0);
        QCOMPARE(fire(now + 15'000), u"aged/t/0 feed/t/0 feed/t/1 z/t/0"_s);
        QCOMPARE(alarms.begun().size(), 2);
        QCOMPARE(alarms.begun()[1].partition, 1);  // the worst of its topic
        QVERIFY(alarms.begun()[1].alarmReason.contains(grouped(1'201)));
        rows[2].lag = 0;
        QCOMPARE(fire(now + 16'000), u"aged/t/0 z/t/0"_s);
        QCOMPARE(alarms.ended(), (QVector<std::pair<QString, QString>>{{u"feed"_s, u"t"_s}}));
        rows[2].lag = 601;
        QCOMPARE(fire(now + 17'000), u"aged/t/0 z/t/0"_s);  // its time begins anew
    }

    void ratesAreOfTheLastMinute() {
        RateWindow window;
        QVERIFY(!window.rates().inPerSecond);
        // 100/s in, 150/s out, from a lag of 10,000: 50/s less, 200 s to go at the start.
        for (int s = 0; s <= 100; ++s) window.add(s * 1'000, 10'000 + s * 100, s * 150);
        const auto rates = window.rates();
        QCOMPARE(rates.inPerSecond, std::optional(100.0));
        QCOMPARE(rates.outPerSecond, std::optional(150.0));
        QVERIFY(rates.catchUpSeconds && std::abs(*rates.catchUpSeconds - 100) < 0.01);  // 5,000 left
        QVERIFY(rates.catchUpError && *rates.catchUpError < 0.01);
    }

    void aLagThatDoesNotFallHasNoTimeToCatchUp() {
        RateWindow window;
        for (int s = 0; s <= 30; ++s) window.add(s * 1'000, 100 + s * 10, s * 10);
        QVERIFY(window.rates().inPerSecond && !window.rates().catchUpSeconds);
        // Falling by 10 a second, but jumping by hundreds: not surely falling.
        RateWindow noisy;
        for (int s = 0; s <= 60; ++s)
            noisy.add(s * 1'000, 100'000 + s * 10, 50'000 + s * 10 + (s / 5 % 2) * 500 * (s % 5 == 0) + s);
        const auto rates = noisy.rates();
        QVERIFY(!rates.catchUpSeconds || *rates.catchUpError > 0.2 * *rates.catchUpSeconds);
    }

    void anErrorComesWithTheScatter() {
        RateWindow window;
        const int wobble[] = {0, 60, -60, 30, -30, 50, -50, 20, -20, 40, -40, 10, 0};
        for (int i = 0; i <= 12; ++i) window.add(i * 5'000, 10'000 + i * 500, i * 750 + wobble[i]);
        const auto rates = window.rates();
        QVERIFY(rates.catchUpSeconds);
        QVERIFY(std::abs(*rates.catchUpSeconds - 140) < 10);  // 7,000 left at 50/s
        QVERIFY(*rates.catchUpError > 0.5 && *rates.catchUpError < 10);
    }

    // What never was read comes in as well: its rate is that of the log, and nothing goes out.
    void aPartitionWithoutACommitHasARateIn() {
        RateWindow window;
        for (int s = 0; s <= 30; ++s) window.add(s * 1'000, 500 + s * 40, {});
        QCOMPARE(window.rates().inPerSecond, std::optional(40.0));
        QVERIFY(!window.rates().outPerSecond && !window.rates().catchUpSeconds);
        // From the first commit on it is read, too.
        for (int s = 31; s <= 60; ++s) window.add(s * 1'000, 500 + s * 40, s * 100 - 3'100);
        QCOMPARE(window.rates().inPerSecond, std::optional(40.0));
        QCOMPARE(window.rates().outPerSecond, std::optional(100.0));
        window.add(61'000, 3'000, {});  // the commit is gone
        QVERIFY(window.rates().inPerSecond && !window.rates().outPerSecond);
    }

    // Retention overtook the group: what left the log is neither lag nor read.
    void offsetsThatLeftTheLogAreNotReadAndNotToBeRead() {
        RateWindow lost;
        for (int s = 0; s <= 60; ++s) lost.add(s * 1'000, 100'000, 100, s < 30 ? 0 : 90'000);
        QCOMPARE(lost.rates().outPerSecond, std::optional(0.0));  // the log start came nearer to the end, not the group
        QVERIFY(!lost.rates().catchUpSeconds);
        lost.add(61'000, 100'000, 90'010, 90'000);  // it goes on where the log begins
        QVERIFY(*lost.rates().outPerSecond < 1);
        // From a commit far below the log start it goes on at 100/s: no leap at the start, and the rest takes 50 s.
        RateWindow behind;
        for (int s = 0; s <= 60; ++s)
            behind.add(s * 1'000, 100'000, s <= 10 ? 10'000 : 84'000 + (s - 10) * 100, 84'000);
        for (int s = 61; s <= 120; ++s) behind.add(s * 1'000, 100'000, 84'000 + (s - 10) * 100, 84'000);
        const auto rates = behind.rates();
        QCOMPARE(rates.outPerSecond, std::optional(100.0));
        QVERIFY(rates.catchUpSeconds && std::abs(*rates.catchUpSeconds - 50) < 0.1);
    }

    void offsetsThatWentBackBeginAnew() {
        RateWindow window;
        for (int s = 0; s <= 20; ++s) window.add(s * 1'000, 1'000 + s, s);
        window.add(21'000, 1'021, 0);
        QVERIFY(!window.rates().outPerSecond);
    }
};

QTEST_GUILESS_MAIN(LagRulesTest)
#include "tst_lag_rules.moc"
