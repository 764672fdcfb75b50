// An open loop of calls keeps to its times, and ends when it is told to.
#include <QElapsedTimer>
#include <QtTest>

#include "app/engine/plays/load.h"
#include "tests/support/strict_log.h"

using namespace nova::engine;

class LoadTest : public QObject {
    Q_OBJECT

    const QString m_nobody = QStringLiteral("http://127.0.0.1:1/graphql");
    static LoadCall call(int) { return {QStringLiteral("token"), QStringLiteral("{}")}; }

private Q_SLOTS:
    // The workers wait for calls that are due in up to 48 s.
    void stopIsHeededWhileWaiting() {
        QElapsedTimer clock;
        {
            Load load(m_nobody, 1, 60, {}, call);
            QTest::qWait(200);
            clock.start();
        }
        QVERIFY2(clock.elapsed() < 3'000, qPrintable(QString::number(clock.elapsed())));
    }

    void stoppedTellsWhatItMade() {
        Load load(m_nobody, 1, 60, {}, call);
        QTRY_VERIFY_WITH_TIMEOUT(load.due() >= 2, 5'000);
        load.stop();
        const auto report = load.report();
        QVERIFY2(report.sent >= 1 && report.sent <= 5, qPrintable(QString::number(report.sent)));
        QCOMPARE(report.failed, report.sent);
        QVERIFY(!report.firstError.isEmpty());
        QVERIFY(load.isDone());
    }

    void allAreMadeInTheirTime() {
        QElapsedTimer clock;
        clock.start();
        Load load(m_nobody, 50, 1, {}, call);
        const auto report = load.report();
        QCOMPARE(report.sent, 50);
        QVERIFY(clock.elapsed() >= 980);
    }
};

QTEST_GUILESS_MAIN(LoadTest)
#include "tst_load.moc"
