// Burrow's rules, each on a window of ten commits worked out by hand, in the order in which they are asked, with their
// traps.
#include <QtTest>

#include "app/engine/lag/burrow.h"

using namespace nova::engine;
using namespace Qt::StringLiterals;

namespace {

struct Window {
    QVector<qint64> offsets, lags;  // lag −1: not known
    QVector<qint64> ends;           // stored, one each 10 s
    qint64 currentLag = 0;
    int everyS = 1;      // between commits
    int sinceLastS = 1;  // from the last commit to now
};

CommitRing ring(const Window& window) {
    CommitRing commits;
    for (qsizetype i = 0; i < window.offsets.size(); ++i) {
        const auto lag = i < window.lags.size() ? window.lags[i] : -1;
        commits.add(
            {window.offsets[i], 1'000'000 + i * window.everyS * 1'000, lag < 0 ? std::nullopt : std::optional(lag)});
    }
    return commits;
}

LagStatus judge(const Window& window, qint64 allowed = 0) {
    const auto commits = ring(window);
    EndRing ends;
    for (const auto end : window.ends) ends.add(end);
    const auto now = (commits.size() ? commits.last().atMs : 0) + window.sinceLastS * 1'000;
    return burrowStatus(commits, ends, window.currentLag, now, allowed);
}

const QVector<qint64> rising{10, 20, 30, 40, 50, 60, 70, 80, 90, 100};
const QVector<qint64> same{100, 100, 100, 100, 100, 100, 100, 100, 100, 100};
const QVector<qint64> growing{5, 5, 6, 7, 8, 9, 10, 10, 11, 12};
const QVector<qint64> wobbling{5, 6, 7, 6, 8, 9, 10, 10, 11, 12};
const QVector<qint64> onceZero{5, 0, 6, 7, 8, 9, 10, 11, 12, 13};

}  // namespace

class BurrowTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void theRulesInTheirOrder_data() {
        QTest::addColumn<Window>("window");
        QTest::addColumn<QString>("status");
        const auto add = [](const char* name, const Window& window, const QString& status) {
            QTest::newRow(name) << window << status;
        };
        add("nothing is known", {{}, {}, {200}, 100}, u"ok"_s);
        add("nine of ten: not judged, however bad", {same.mid(1), growing.mid(1), {200}, 100, 1, 9'000}, u"ok"_s);
        add("no lag now: never in error, however old the last commit", {rising, growing, {100}, 0, 1, 9'000}, u"ok"_s);
        add("STOP: silent for longer than the window took", {rising, wobbling, {150, 160}, 60, 1, 10}, u"stop"_s);
        add("silent for as long as the window took: not yet", {rising, wobbling, {150, 160}, 60, 1, 9}, u"ok"_s);
        add("STOP counts though the lag was zero once", {rising, onceZero, {150, 160}, 60, 1, 10}, u"stop"_s);
        add("not STOP: an end stored lately was reached", {rising, wobbling, {100, 160}, 60, 1, 10}, u"ok"_s);
        add("STOP: the end stored lies just above", {rising, wobbling, {101, 160}, 60, 1, 10}, u"stop"_s);
        add("STOP comes before REWIND", {{10, 20, 30, 40, 50, 60, 70, 80, 90, 15}, growing, {150}, 60, 1, 10},
            u"stop"_s);
        add("REWIND: back, and not up again", {{10, 20, 30, 40, 50, 60, 70, 80, 20, 30}, growing, {150}, 60},
            u"rewind"_s);
        add("REWIND counts though the lag was zero once",
            {{10, 20, 30, 40, 50, 60, 70, 80, 20, 30}, onceZero, {150}, 60}, u"rewind"_s);
        add("not REWIND: up to where it was", {{10, 20, 30, 25, 30, 60, 70, 80, 90, 100}, wobbling, {150}, 60},
            u"ok"_s);
        add("REWIND: one short of where it was", {{10, 20, 90, 25, 30, 60, 70, 80, 85, 89}, wobbling, {150}, 60},
            u"rewind"_s);
        add("REWIND: the last of two falls is not made up",
            {{10, 50, 20, 60, 30, 40, 41, 42, 43, 44}, wobbling, {150}, 60}, u"rewind"_s);
        add("zero once: neither STALL", {same, onceZero, {150}, 50}, u"ok"_s);
        add("… nor WARN", {rising, onceZero, {150}, 50}, u"ok"_s);
        add("STALL: commits, all the same", {same, growing, {150}, 50}, u"stall"_s);
        add("STALL though the lag fell (records deleted)", {same, wobbling, {150}, 50}, u"stall"_s);
        add("STALL with lags that nobody knows", {same, {}, {150}, 50}, u"stall"_s);
        add("WARN: the lag never fell", {rising, growing, {150}, 12}, u"warn"_s);
        add("WARN: a lag that only stays", {rising, {5, 5, 5, 5, 5, 5, 5, 5, 5, 5}, {150}, 5}, u"warn"_s);
        add("the lag fell once: fine", {rising, wobbling, {150}, 12}, u"ok"_s);
        add("lags of before the start are not known: no WARN from nothing", {rising, {}, {150}, 12}, u"ok"_s);
        add("two known that rose", {rising, {-1, -1, -1, -1, -1, -1, -1, -1, 3, 4}, {150}, 12}, u"warn"_s);
        add("one known says nothing", {rising, {-1, -1, -1, -1, -1, -1, -1, -1, -1, 4}, {150}, 12}, u"ok"_s);
    }
    void theRulesInTheirOrder() {
        QFETCH(Window, window);
        QFETCH(QString, status);
        QCOMPARE(statusWord(judge(window)), status);
    }

    void whatIsAllowedIsNoLag() {
        QCOMPARE(statusWord(judge({same, growing, {150}, 12}, 12)), u"ok"_s);
        QCOMPARE(statusWord(judge({same, growing, {150}, 13}, 12)), u"ok"_s);  // a stored lag of 5 is allowed, too
        QCOMPARE(statusWord(judge({same, {13, 13, 13, 13, 13, 13, 13, 13, 13, 13}, {150}, 13}, 12)), u"stall"_s);
    }

    void theRingKeepsTheLatestTen() {
        CommitRing commits;
        for (int i = 0; i < 25; ++i) commits.add({i, i, {}});
        QCOMPARE(commits.size(), 10);
        QCOMPARE(commits[0].offset, 15);
        QCOMPARE(commits.last().offset, 24);
    }

    void lagIsStoredAtCommitTimeAndNeverNegative() {
        QCOMPARE(lagAtCommit(90, 100), std::optional<qint64>(10));
        QCOMPARE(lagAtCommit(100, 90), std::optional<qint64>(0));
        QVERIFY(!lagAtCommit(100, std::nullopt));
    }

    void untilTenAreKnownItIsWatching() {
        const auto three = ring({{1, 2, 3}, {}, {}, 0});
        QCOMPARE(burrowReason(LagStatus::ok, three, 0), u"watching, 3 of 10"_s);
        QCOMPARE(burrowReason(LagStatus::ok, CommitRing(), 0), u"watching, 0 of 10"_s);
        const auto ten = ring({rising, {}, {}, 0});
        QCOMPARE(burrowReason(LagStatus::ok, ten, ten.last().atMs), QString());
        QCOMPARE(burrowReason(LagStatus::stop, ten, ten.last().atMs + 61'000),
                 u"no commit for 61 s; its last ten took 9.0 s"_s);
    }
};

QTEST_GUILESS_MAIN(BurrowTest)
#include "tst_burrow.moc"
