// History in memory and in its file: a restart keeps it, older is coarser, and neither grows without bound.
#include <sqlite3.h>

#include <QTemporaryDir>
#include <QtTest>
#include <memory>

#include "app/engine/lag/history_file.h"
#include "app/engine/lag/lag_history.h"

using namespace nova::engine;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 start = 1'700'000'000'000;

LagSample sample(qint64 atMs, int partitions, const std::function<qint64(int)>& lagOf) {
    LagSample sample;
    sample.atMs = atMs;
    for (int p = 0; p < partitions; ++p) {
        LagRow row;
        row.group = u"g"_s;
        row.topic = u"t"_s;
        row.partition = p;
        row.lag = lagOf(p);
        row.inPerSecond = 1.5;
        sample.rows.append(row);
    }
    return sample;
}

}  // namespace

class LagHistoryTest : public QObject {
    Q_OBJECT
    QTemporaryDir m_folder;
    QString file(const char* name) const { return m_folder.filePath(QLatin1String(name)); }

private Q_SLOTS:
    void aRestartKeepsWhatWas() {
        const auto path = file("restart.sqlite");
        {
            LagHistory history(path);
            for (int s = 0; s < 120; ++s)
                history.add(
                    sample(start + s * 1'000, 2, [&](int p) { return s * 10 + p; }),
                    s < 60 ? QVector<LagMark>()
                           : QVector<LagMark>{{LagMark::Kind::rebalance, start + 60'000, u"g"_s, u"generation 2"_s}});
            QCOMPARE(history.trouble(), QString());
        }
        LagHistory history(path);
        const auto points = history.points(u"g"_s, u"t"_s, 1, start);
        QCOMPARE(points.size(), 120);
        QCOMPARE(points.first().lag, std::optional<qint64>(1));
        QCOMPARE(points.last().atMs, start + 119'000);
        QCOMPARE(points.last().lag, std::optional<qint64>(1'191));
        QCOMPARE(points.last().inPerSecond, std::optional(1.5));
        QVERIFY(!points.last().seconds);
        QCOMPARE(history.points(u"g"_s, u"t"_s, 1, start + 100'000).size(), 20);
        QVERIFY(history.points(u"other"_s, u"t"_s, 1, start).isEmpty());
        QCOMPARE(history.marks(u"g"_s, start).size(), 1);
        QCOMPARE(history.marks(u"other"_s, start).size(), 0);
        // What comes after it continues the same series.
        history.add(sample(start + 200'000, 2, [](int) { return 5; }), {});
        QCOMPARE(history.points(u"g"_s, u"t"_s, 1, start).size(), 121);
    }

    void olderIsCoarser() {
        HistoryFile history(file("tiers.sqlite"), 64 << 20);
        const qint64 hours = 8 * 3'600;
        for (qint64 s = 0; s < hours; s += 2) history.add(sample(start + s * 1'000, 1, [&](int) { return s; }), {});
        const auto points = history.points({u"g"_s, u"t"_s, 0}, start, start + hours * 1'000);
        int finest = 0, middle = 0, coarse = 0;
        for (qsizetype i = 1; i < points.size(); ++i) {
            QVERIFY(points[i].atMs > points[i - 1].atMs);
            const auto gap = points[i].atMs - points[i - 1].atMs;
            (gap <= 2'000 ? finest : gap <= 10'000 ? middle : coarse) += 1;
        }
        QVERIFY2(finest >= 290 && finest <= 340, qPrintable(QString::number(finest)));      // 10 to 11 minutes of 2 s
        QVERIFY2(middle >= 2'000 && middle <= 2'160, qPrintable(QString::number(middle)));  // the rest of 6 hours
        QVERIFY2(coarse >= 110 && coarse <= 130, qPrintable(QString::number(coarse)));      // 2 hours of minutes
    }

    void theFileIsBoundedAndKeepsTheNewest() {
        const auto path = file("bounded.sqlite");
        constexpr qint64 most = 8 << 20;
        qint64 largest = 0;
        HistoryFile history(path, most);
        for (int s = 0; s < 1'500; ++s) {
            history.add(sample(start + s * 1'000, 500, [&](int p) { return s * 7 + p; }), {});
            qint64 bytes = 0;
            for (const auto& end : {"", "-wal"}) bytes += QFileInfo(path + QLatin1String(end)).size();
            largest = std::max(largest, bytes);
        }
        QVERIFY2(largest <= most + (4 << 20), qPrintable(QString::number(largest)));
        QVERIFY(largest > most / 2);
        const auto points = history.points({u"g"_s, u"t"_s, 7}, start, start + 10'000'000);
        QVERIFY(!points.isEmpty());
        QCOMPARE(points.last().atMs, start + 1'499'000);
    }

    void manySeriesAreEnteredInOneGo() {
        LagHistory history(file("many.sqlite"));
        QElapsedTimer clock;
        clock.start();
        for (int s = 0; s < 6; ++s) history.add(sample(start + s * 1'000, 30'000, [&](int p) { return s + p; }), {});
        const auto took = clock.elapsed();
        QVERIFY2(took < 20'000, qPrintable(QString::number(took)));
        QCOMPARE(history.points(u"g"_s, u"t"_s, 29'999, 0).last().lag, std::optional<qint64>(30'004));
        qInfo("30,000 series, six samples: %lld ms", took);
    }

    void whatDoesNotChangeIsHardlyWritten() {
        const auto path = file("still.sqlite");
        {
            HistoryFile history(path, 64 << 20);
            for (int s = 0; s < 600; ++s) history.add(sample(start + s * 1'000, 1, [](int) { return 3; }), {});
        }
        HistoryFile history(path, 64 << 20);
        const auto points = history.points({u"g"_s, u"t"_s, 0}, start, start + 10'000'000);
        QVERIFY(points.size() >= 10 && points.size() <= 20);
    }

    void memoryHoldsRunsAsTwoAndNoMoreThanItsShare() {
        LagHistory history({});
        for (int s = 0; s < 500; ++s)
            history.add(sample(start + s * 1'000, 1, [&](int) { return s < 250 ? 3 : 4; }), {});
        auto points = history.points(u"g"_s, u"t"_s, 0, 0);
        QVERIFY(points.size() <= 5);
        QCOMPARE(points.first().atMs, start);
        QCOMPARE(points.last().atMs, start + 499'000);
        for (int s = 500; s < 2'000; ++s) history.add(sample(start + s * 1'000, 1, [&](int) { return s; }), {});
        points = history.points(u"g"_s, u"t"_s, 0, 0);
        QVERIFY(points.size() >= LagHistory::mostPoints && points.size() <= LagHistory::mostPoints * 5 / 4);
    }

    void aBrokenFileIsMadeAnew() {
        const auto path = file("broken.sqlite");
        QFile out(path);
        QVERIFY(out.open(QIODevice::WriteOnly));
        out.write(QByteArray(8'192, 'x'));
        out.close();
        {
            LagHistory history(path);
            QCOMPARE(history.trouble(), QString());
            history.add(sample(start, 1, [](int) { return 3; }), {});
        }
        QCOMPARE(LagHistory(path).points(u"g"_s, u"t"_s, 0, 0).size(), 1);
    }

    void aFileThatCannotBeIsSaidAndMemoryGoesOn() {
        LagHistory history(u"/proc/none/history.sqlite"_s);
        QVERIFY(!history.trouble().isEmpty());
        history.add(sample(start, 1, [](int) { return 3; }), {});
        QCOMPARE(history.points(u"g"_s, u"t"_s, 0, 0).size(), 1);
    }

    // Another console, or anything else, that holds the file is no reason to remove it.
    void aLockedFileIsLeftAlone() {
        const auto path = file("locked.sqlite");
        {
            LagHistory history(path);
            for (int s = 0; s < 20; ++s) history.add(sample(start + s * 1'000, 1, [](int) { return 3; }), {});
        }
        sqlite3* raw = nullptr;
        QCOMPARE(sqlite3_open(QFile::encodeName(path).constData(), &raw), SQLITE_OK);
        std::unique_ptr<sqlite3, decltype(&sqlite3_close_v2)> other(raw, sqlite3_close_v2);
        QCOMPARE(sqlite3_exec(raw, "PRAGMA locking_mode=EXCLUSIVE; BEGIN EXCLUSIVE", nullptr, nullptr, nullptr),
                 SQLITE_OK);
        {
            LagHistory history(path);
            QVERIFY2(history.trouble().contains(u"locked"_s), qPrintable(history.trouble()));
            history.add(sample(start + 60'000, 1, [](int) { return 4; }), {});
            QCOMPARE(history.points(u"g"_s, u"t"_s, 0, 0).size(), 1);
        }
        other.reset();
        LagHistory history(path);
        QCOMPARE(history.trouble(), QString());
        QVERIFY(!history.points(u"g"_s, u"t"_s, 0, 0).isEmpty());
    }

    // Two consoles of one profile: each prunes what the other has named and not yet written.
    void whatAnotherConsolePrunedIsNamedAnew() {
        const auto path = file("shared.sqlite");
        HistoryFile first(path, 64 << 20), second(path, 64 << 20, false);
        const auto one = [&](HistoryFile& history, const QString& group, qint64 atMs, qint64 lag) {
            auto taken = sample(atMs, 1, [&](int) { return lag; });
            taken.rows.first().group = group;
            history.add(taken, {});
        };
        one(first, u"a"_s, start, 1);  // written, pruned: all of its points are old
        one(second, u"b"_s, start, 2);
        sqlite3* raw = nullptr;
        QCOMPARE(sqlite3_open(QFile::encodeName(path).constData(), &raw), SQLITE_OK);
        const std::unique_ptr<sqlite3, decltype(&sqlite3_close_v2)> third(raw, sqlite3_close_v2);
        QCOMPARE(sqlite3_exec(raw, "DELETE FROM points; DELETE FROM series", nullptr, nullptr, nullptr), SQLITE_OK);
        for (int s = 1; s <= 20; ++s) {
            one(first, u"a"_s, start + s * 1'000, 100 + s);
            one(second, u"b"_s, start + s * 1'000, 200 + s);
        }
        for (const auto& [group, least, most] : {std::tuple(u"a"_s, 101, 120), std::tuple(u"b"_s, 201, 220)}) {
            const auto points = first.points({group, u"t"_s, 0}, start, start + 100'000);
            QVERIFY(points.size() >= 5);
            for (const auto& point : points)
                QVERIFY2(*point.lag >= least && *point.lag <= most, qPrintable(QString::number(*point.lag)));
        }
    }

    void aMarkOfNoKnownKindIsLeftOut() {
        const auto path = file("marks.sqlite");
        HistoryFile history(path, 64 << 20);
        sqlite3* raw = nullptr;
        QCOMPARE(sqlite3_open(QFile::encodeName(path).constData(), &raw), SQLITE_OK);
        const std::unique_ptr<sqlite3, decltype(&sqlite3_close_v2)> other(raw, sqlite3_close_v2);
        QCOMPARE(sqlite3_exec(raw, "INSERT INTO marks VALUES(5, 77, 'g', 'x'), (6, 1, 'g', 'y')", nullptr, nullptr,
                              nullptr),
                 SQLITE_OK);
        const auto marks = history.marks(u"g"_s, 0);
        QCOMPARE(marks.size(), 1);
        QCOMPARE(marks.first().text, u"y"_s);
    }
};

QTEST_GUILESS_MAIN(LagHistoryTest)
#include "tst_lag_history.moc"
