// An action as text: to scale, with its budgets, and nothing wider than the terminal.
#include <QElapsedTimer>
#include <QtTest>

#include "app/commands/output.h"
#include "app/commands/render_action.h"
#include "app/engine/actions/assembly.h"
#include "tests/engine/actions/story.h"

using namespace nova::commands;
using namespace nova::engine;
using namespace nova::test;
using namespace Qt::StringLiterals;

class RenderActionTest : public QObject {
    Q_OBJECT

    static Action make(const Story& story) {
        const Subscriptions groups{{u"nova.content.events"_s, {u"feed-service"_s, u"social-service"_s}}};
        return assemble(traceId, story.parts(), groups, Quiet::settled);
    }
    static QString lineOf(const QStringList& lines, const QString& word) {
        for (const auto& line : lines) {
            if (line.contains(word)) return line;
        }
        return {};
    }

private Q_SLOTS:
    void initTestCase() { qputenv("NO_COLOR", "1"); }

    void barsStandToScale() {
        const auto lines = renderAction(make(Story::of(createPostText())), 160, true);
        QVERIFY(lines[0].startsWith(u"createPost  alice"_s));
        QVERIFY(lines[1].contains(u"answered 39.0 ms ✓ of 45.0"_s));
        QVERIFY(lines[1].contains(u"156 ms ✓ of 245"_s));
        const auto kafka = lineOf(lines, u"in Kafka"_s);
        const auto followers = lineOf(lines, u"followers"_s), feeds = lineOf(lines, u"feeds → 2"_s);
        QVERIFY(kafka.contains(u'▒') && !kafka.contains(u'█'));
        // 50, 20 and 40 ms on one scale, one after the other; a bar takes every column that it touches.
        QVERIFY(std::abs(kafka.count(u'▒') - 2.5 * followers.count(u'█')) < 4);
        QVERIFY(std::abs(feeds.count(u'█') - 2.0 * followers.count(u'█')) < 4);
        QVERIFY(kafka.lastIndexOf(u'▒') < followers.indexOf(u'█'));
        QVERIFY(followers.lastIndexOf(u'█') <= feeds.indexOf(u'█'));
    }

    void whatIsOverBudgetSaysByHowMuch() {
        const auto lines = renderAction(make(Story::of(createPostText())), 160, true);
        QVERIFY(lineOf(lines, u"posts + outbox"_s).contains(u"30.0 ▲+5.0"_s));
        // 33 (outbox wait) to 92 (poll) is 59 of 50.
        QVERIFY(lineOf(lines, u"in Kafka"_s).contains(u"50.0 ▲+9.0"_s));
        QVERIFY(lineOf(lines, u"followers"_s).contains(u"20.0 /50"_s));
    }

    void theClockIsNamed() {
        const auto action = make(Story::of(createPostText()));
        QVERIFY(lineOf(renderAction(action, 160, true), u"│ answered"_s).contains(u"one machine, same clock"_s));
        QVERIFY(lineOf(renderAction(action, 160, false), u"│ answered"_s).contains(u"by each service's clock"_s));
    }

    void whatIsMissingSaysSo() {
        const auto lines = renderAction(
            make(Story::of(createPostText()).without("d1").without("d2").without("d3").without("d4")), 160, true);
        QVERIFY(lineOf(lines, u"feed-service PostCreated"_s).contains(u"pending"_s));
        QVERIFY(lineOf(lines, u"  ! "_s).contains(u"feed-service"_s));
    }

    // A clock that is wrong by years, or a span that lies: the axis is drawn in no time all the same.
    void timesThatAreFarApartAreDrawnAtOnce() {
        auto action = make(Story::of(createPostText()));
        action.hops.last().durationMs = 4e12;
        QElapsedTimer clock;
        clock.start();
        const auto lines = renderAction(action, 100, true);
        QVERIFY2(clock.elapsed() < 1'000, qPrintable(QString::number(clock.elapsed())));
        QVERIFY(visibleWidth(lineOf(lines, u"╵"_s)) <= 100);
    }

    void nothingIsWiderThanTheTerminal() {
        for (const int width : {40, 60, 80, 100, 132, 200}) {
            const auto lines = renderAction(make(Story::of(createPostText())), width, true);
            for (int i = width < 80 ? 0 : 3; i < lines.size(); ++i)
                QVERIFY2(visibleWidth(lines[i]) <= width, qPrintable(lines[i]));
            QVERIFY(lines.filter(u"posts + outbox"_s).size() == 1);
        }
    }

    void childrenStandUnderTheirParents() {
        const auto lines = renderAction(make(Story::of(createPostText())), 160, true);
        const auto row = [&](const QString& word) { return lines.indexOf(lineOf(lines, word)); };
        QVERIFY(row(u"posts + outbox"_s) < row(u"outbox wait"_s));
        QVERIFY(row(u"outbox wait"_s) < row(u"publish"_s));
        QVERIFY(row(u"followers"_s) < row(u"feeds"_s));
    }

    void aListHasALineAnAction() {
        const auto whole = make(Story::of(createPostText()));
        const auto open = make(Story::of(createPostText()).without("e1").without("e2"));
        const auto lines = renderActions({whole, open});
        QCOMPARE(lines.size(), 3);
        QVERIFY(lines[1].contains(u"▲ 2 over"_s));
        QVERIFY(lines[2].contains(u"incomplete"_s));
    }

    void whatIsNotInTheListIsSaid() {
        QVERIFY(storeRemarks(0, 0, 20).isEmpty());
        QVERIFY(storeRemarks(0, 7, 20).isEmpty());  // the twenty newest are all there
        const auto lines = storeRemarks(3, 7, 0);
        QCOMPARE(lines.size(), 2);
        QVERIFY(lines[0].contains(u"3 spans and events"_s) && lines[0].contains(u"incomplete"_s));
        QVERIFY(lines[1].contains(u"7 older ones"_s));
    }
};

QTEST_GUILESS_MAIN(RenderActionTest)
#include "tst_render_action.moc"
