// The lag of before the start: which commits are kept, what is asked of the broker for them, which answers make a
// point, and where such points stand beside measured ones.
#include <QTemporaryDir>
#include <QtTest>

#include "app/engine/lag/lag_history.h"
#include "app/engine/lag/past_lag.h"

using namespace nova::engine;
using namespace Qt::StringLiterals;

namespace {

using Partitions = std::map<PartitionKey, GroupPartition>;
using Times = std::map<PartitionKey, std::int64_t>;
using Answers = std::map<PartitionKey, OffsetAtTime>;
constexpr qint64 start = 1'700'000'000'000, now = start + 600'000;

GroupPartition& add(Partitions& partitions, const char* topic, int partition, qint64 logStart = 0,
                    qint64 logEnd = 1'000) {
    auto& one = partitions[{topic, partition}];
    one.row.partition = partition;
    one.row.logStart = logStart;
    one.row.logEnd = logEnd;
    return one;
}

LagSample sample(qint64 atMs, qint64 lag) {
    LagSample sample;
    sample.atMs = atMs;
    LagRow row;
    row.group = u"g"_s;
    row.topic = u"t"_s;
    row.lag = lag;
    sample.rows.append(row);
    return sample;
}

}  // namespace

class PastLagTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // However many there are and however they lie, the first and the latest stay and the others are spread.
    void commitsAreThinnedEvenly() {
        for (const int many : {1, 2, 20, 21, 100, 50'000}) {
            PastCommits commits;
            for (int i = 0; i < many; ++i) commits.add({i, start + i * 1'000});
            commits.add({-1, start - 1});  // its clock went back
            commits.add({-1, 0});
            QVERIFY(commits.size() <= PastCommits::most && commits.size() >= std::min<std::size_t>(many, 9));
            QCOMPARE(commits.latest().offset, many - 1);
            PastCommits::One last = commits.takeLatest();
            for (; !commits.isEmpty(); last = commits.takeLatest()) {
                QVERIFY(commits.latest().atMs < last.atMs);
                QVERIFY(last.atMs - commits.latest().atMs <= std::max(1'000, many * 1'000 / 4));
            }
            QCOMPARE(last.offset, 0);
        }
    }

    // The end then is the first record of a later millisecond; where none is later, the end of now.
    void aPointIsTheEndThenLessTheCommit() {
        Partitions partitions;
        auto& one = add(partitions, "t", 0);
        for (int i = 0; i < 4; ++i) one.past.commits.add({100 * i, start + i * 1'000});
        add(partitions, "u", 0).past.commits.add({1, start});
        QVector<qint64> asked;
        PastLag past([&](const Times& times) {
            Answers answers;
            for (const auto& [key, time] : times) {
                asked << time;
                if (key.first != "t") qFatal("of another topic");
                answers[key] = time == 1              ? OffsetAtTime{0, {}}
                               : time > start + 2'500 ? OffsetAtTime{}
                                                      : OffsetAtTime{500 + (time - start) / 10, {}};
            }
            return answers;
        });
        QVector<PastPoint> points;
        for (int turn = 0; turn < 3; ++turn) points += past.turn(partitions, "t", now);
        QCOMPARE(asked, (QVector<qint64>{start + 3'001, 1, start + 3'001, start + 2'001, start + 1'001, start + 1}));
        QCOMPARE(points.size(), 4);
        const QVector<qint64> lags{1'000 - 300, 700 - 200, 600 - 100, 500};
        for (qsizetype i = 0; i < 4; ++i) {
            QCOMPARE(points[i].atMs, start + (3 - i) * 1'000);
            QCOMPARE(points[i].lag, lags[i]);
        }
        QCOMPARE(partitions.at({"u", 0}).past.commits.size(), 1u);
    }

    void whatCannotBeMeasuredIsLeftOut() {
        Partitions partitions;
        add(partitions, "t", 0).past.commits.add({10, start});        // no record bears a time
        add(partitions, "t", 1).past.commits.add({10, start});        // the clock of who wrote is ahead
        add(partitions, "t", 2, 200).past.commits.add({10, start});   // all of then is deleted
        add(partitions, "t", 3, 200).past.commits.add({200, start});  // … and all of it was read
        add(partitions, "t", 4).row.logEnd.reset();
        partitions.at({"t", 4}).past.commits.add({10, start});  // nothing later, and no end is known
        PastLag past([](const Times& times) {
            Answers answers;
            for (const auto& [key, time] : times) {
                if (key.second == 1) answers[key].offset = 3;
                if (key.second == 2 || key.second == 3) answers[key].offset = 200;
                if (key.second == 4 && time == 1) answers[key].offset = 0;
                answers[key];
            }
            return answers;
        });
        const auto points = past.turn(partitions, "t", now);
        QCOMPARE(points.size(), 1);
        QCOMPARE(points[0].partition, 3);
        QCOMPARE(points[0].lag, 0);
        for (const auto& [key, partition] : partitions) QVERIFY(partition.past.commits.isEmpty());
    }

    // Five calls a turn, a hundred partitions each; and what failed waits, while the others go on.
    void aTurnIsBoundedAndAFailureWaits() {
        Partitions partitions;
        for (int p = 0; p < 150; ++p)
            for (int i = 0; i < 20; ++i) add(partitions, "t", p).past.commits.add({i, start + i * 60'000});
        int calls = 0;
        std::map<int, int> asked;
        bool fails = true;
        PastLag past([&](const Times& times) {
            ++calls;
            Answers answers;
            if (times.size() > PastLag::partitionsACall) qFatal("too many at once");
            for (const auto& [key, time] : times) {
                ++asked[key.second];
                answers[key].offset = 900;
                if (fails && key.second == 7) answers[key] = {std::nullopt, "leader not available"};
            }
            return answers;
        });
        qsizetype points = past.turn(partitions, "t", now).size();
        QCOMPARE(calls, PastLag::callsATurn);
        QCOMPARE(asked[7], 1);
        for (int turn = 1; turn < 12; ++turn) points += past.turn(partitions, "t", now + turn * 1'000).size();
        QCOMPARE(asked[7], 1);
        QCOMPARE(points, 149 * 20);
        fails = false;
        for (int turn = 0; turn < 8; ++turn) points += past.turn(partitions, "t", now + 30'000).size();
        QCOMPARE(points, 150 * 20);
        const int before = calls;
        QVERIFY(past.turn(partitions, "t", now + 90'000).isEmpty());
        QCOMPARE(calls, before);  // each once
    }

    void measuredPointsStayAlone_data() {
        QTest::addColumn<bool>("withFile");
        QTest::newRow("memory") << false;
        QTest::newRow("file") << true;
    }
    void measuredPointsStayAlone() {
        QFETCH(bool, withFile);
        const QTemporaryDir folder;
        const auto file = withFile ? folder.filePath(u"history.sqlite"_s) : QString();
        {
            LagHistory earlier(file);  // a console of before: 100 s
            for (int s = 0; s <= 100; ++s) earlier.add(sample(start + s * 1'000, 5), {});
        }
        LagHistory history(file);
        for (int s = 500; s < 520; ++s) history.add(sample(start + s * 1'000, 7), {});
        QVector<PastPoint> points;
        for (const int s : {510, 300, 200, 50, 20, -10}) points.append({0, start + s * 1'000, 1'000 + s});
        history.addPast(u"g"_s, u"t"_s, points);
        QVector<qint64> fromCommits;
        qint64 last = 0;
        for (const auto& point : history.points(u"g"_s, u"t"_s, 0, 0)) {
            QVERIFY(point.atMs > last);
            last = point.atMs;
            if (point.fromCommit)
                fromCommits << *point.lag;
            else
                QCOMPARE(*point.lag, point.atMs < start + 500'000 ? 5 : 7);
        }
        QCOMPARE(last, start + 519'000);
        // Between the two consoles, and before the first of which something is known.
        QCOMPARE(fromCommits,
                 withFile ? (QVector<qint64>{990, 1'200, 1'300}) : (QVector<qint64>{990, 1'020, 1'050, 1'200, 1'300}));
        QVERIFY(!history.points(u"g"_s, u"t"_s, 0, start + 400'000).first().fromCommit);
        QVERIFY(history.points(u"g"_s, u"t"_s, 1, 0).isEmpty());
    }
};

QTEST_GUILESS_MAIN(PastLagTest)
#include "tst_past_lag.moc"
