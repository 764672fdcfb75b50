// The clock of one service an hour wrong: the order comes from versions and from one database's clock, so all
// invariants hold.
#include <QDateTime>
#include <QJsonArray>
#include <QtTest>

#include "kit/http/client.h"
#include "tests/support/faults.h"
#include "tests/support/oracle/judge.h"
#include "tests/support/oracle/workload.h"
#include "tests/support/oracle/world_reader.h"

using namespace Qt::StringLiterals;
using namespace nova::test;

namespace {

// Of one service's clock, as its /healthz says, against ours; seconds.
qint64 offsetOf(const LiveNova& nova, const QString& service) {
    for (const auto& value : nova.run().value(u"processes").toArray()) {
        if (value.toObject().value(u"name").toString() != service) continue;
        nova::kit::HttpClient client(value.toObject().value(u"http").toString().toStdString());
        const auto answer = client.send("GET", "/healthz");
        if (!answer) return 0;
        for (const auto& [name, text] : answer.value().headers) {
            if (name != "nova-time") continue;
            return QDateTime::currentDateTimeUtc().secsTo(
                QDateTime::fromString(QString::fromStdString(text).left(19) + u'Z', Qt::ISODate));
        }
    }
    return 0;
}

}  // namespace

class ClocksTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void anHourWrong_data() {
        QTest::addColumn<QString>("service");
        QTest::addColumn<int>("hours");
        QTest::newRow("content-service ahead") << u"content-service"_s << 1;
        QTest::newRow("content-service behind") << u"content-service"_s << -1;
        QTest::newRow("feed-service ahead") << u"feed-service"_s << 1;
        QTest::newRow("feed-service behind") << u"feed-service"_s << -1;
    }
    void anHourWrong() {
        QFETCH(QString, service);
        QFETCH(int, hours);
        // Every process of the Nova carries the library; it acts in the named one alone.
        qputenv("LD_PRELOAD", NOVA_WRONG_CLOCK_LIBRARY);
        qputenv("NOVA_WRONG_CLOCK", u"%1:%2"_s.arg(service).arg(hours * 3'600).toUtf8());
        LiveNova nova;
        Faults faults(nova);
        const bool started = nova.start();
        qunsetenv("LD_PRELOAD");
        qunsetenv("NOVA_WRONG_CLOCK");
        QVERIFY2(started, qPrintable(nova.log()));
        QVERIFY2(std::abs(offsetOf(nova, service) - hours * 3'600) < 5,
                 qPrintable(QString::number(offsetOf(nova, service))));
        QVERIFY(std::abs(offsetOf(nova, u"social-service"_s)) < 5);

        const bool messages = faults.services().contains(u"messaging-service"_s);
        Workload work(nova, {.users = 6, .clients = 2, .pauseMs = 0, .messages = messages});
        QVERIFY(work.prepare());
        work.run(60);
        QVERIFY(faults.kill9(service));  // with a backlog behind it
        work.run(30);
        QVERIFY2(faults.awaitHealed(30'000) >= 0, qPrintable(faults.notHealed()));
        work.run(30);
        QCOMPARE(judge(nova, work.history(), [&] { return readWorld(nova, work.users()); }), std::string());
        QVERIFY(work.history().count(Kind::createPost, Answer::ok) > 10);
        QVERIFY(nova.stop());
    }
};

QTEST_GUILESS_MAIN(ClocksTest)
#include "tst_clocks.moc"
