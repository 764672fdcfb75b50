// What the desktop is told of lag alarms, by the standard interface over a session bus of the test's own: one
// notification each time a rule fires, whose click leads to Lag.
#include <QSignalSpy>
#include <QtTest>

#include "app/engine/lag/alarms.h"
#include "app/shell/lag_alarms.h"
#include "tests/support/fake_desktop.h"
#include "tests/support/strict_log.h"

using namespace nova;
using namespace Qt::StringLiterals;

namespace {

constexpr int patienceMs = 20'000;

engine::LagRow rowOf(qint64 lag) {
    engine::LagRow row;
    row.group = u"feed <service>"_s;
    row.topic = u"orders"_s;
    row.logStart = 0, row.committed = 0, row.logEnd = lag, row.lag = lag;
    row.status = engine::LagStatus::ok;
    return row;
}

// A look after another, judged by the rules of a profile as the board does it.
struct Room {
    engine::Alarms rules{[] {
                             engine::Profile profile;
                             profile.lag = {{u"*"_s, 100, {}, false}};
                             return profile;
                         }(),
                         0};
    shell::LagAlarms alarms;
    qint64 nowMs = 0;

    void look(qint64 lag) {
        engine::LagSample sample;
        sample.rows = {rowOf(lag)};
        rules.judge(sample.rows, nowMs += 1'000);
        rules.settle();
        alarms.take(sample);
        for (const auto& row : rules.begun()) alarms.begin(row);
    }
};

}  // namespace

class AlarmNoticesTest : public QObject {
    Q_OBJECT
    test::FakeDesktop m_desktop;

private Q_SLOTS:
    void initTestCase() { test::failOnLoggedErrors(); }
    void init() {
        m_desktop.shown.clear();
        m_desktop.closed.clear();
    }

    void eachFiringIsToldOnceAndTakenBackWhenItEnds() {
        Room room;
        room.look(50);
        for (int i = 0; i < 5; ++i) room.look(500 + i);
        QTRY_COMPARE_WITH_TIMEOUT(m_desktop.shown.size(), 1, patienceMs);
        const auto first = m_desktop.shown[0];
        QCOMPARE(first.title, u"Lag alarm"_s);
        QCOMPARE(first.text, u"feed &lt;service&gt; on orders p0: lag 500 &gt; 100"_s);  // a body is markup
        QCOMPARE(first.actions.value(0), u"default"_s);
        for (int i = 0; i < 5; ++i) room.look(600 + i);
        QVERIFY(m_desktop.closed.isEmpty());
        room.look(50);
        QTRY_COMPARE_WITH_TIMEOUT(m_desktop.closed, QVector<uint>{first.id}, patienceMs);
        room.look(700);
        QTRY_COMPARE_WITH_TIMEOUT(m_desktop.shown.size(), 2, patienceMs);  // not within 10 s of the first
        QVERIFY(m_desktop.shown[1].text.contains(u"lag 700"_s));
        QCOMPARE(m_desktop.shown[1].replaced, 0u);
    }

    void aClickLeadsToLag() {
        Room room;
        QSignalSpy opened(&room.alarms, &shell::LagAlarms::opened);
        room.look(500);
        QTRY_COMPARE_WITH_TIMEOUT(m_desktop.shown.size(), 1, patienceMs);
        m_desktop.click(m_desktop.shown[0].id + 7, u"default"_s);  // of another program
        m_desktop.click(m_desktop.shown[0].id, u"default"_s);
        QVERIFY(opened.wait(patienceMs));
        QCOMPARE(opened.size(), 1);
    }

    void aDesktopThatShowsNoneIsNoFault() {
        m_desktop.setThere(false);
        const auto back = qScopeGuard([this] { m_desktop.setThere(true); });
        shell::DesktopNotice notice;
        QSignalSpy refused(&notice, &shell::DesktopNotice::refused);
        QVERIFY(notice.show(u"Lag alarm"_s, u"text"_s, u"Show"_s));
        QVERIFY(refused.wait(patienceMs));
        QVERIFY(m_desktop.shown.isEmpty());
    }
};

QTEST_MAIN(AlarmNoticesTest)
#include "tst_alarm_notices.moc"
