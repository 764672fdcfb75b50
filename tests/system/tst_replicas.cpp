// Any service in any number of replicas: two of each, one of each killed while clients work, and all invariants hold.
// More replicas than partitions: what has no work says so.
#include <QJsonArray>
#include <QJsonDocument>
#include <QtTest>

#include "kit/http/client.h"
#include "tests/support/faults.h"
#include "tests/support/oracle/judge.h"
#include "tests/support/oracle/workload.h"
#include "tests/support/oracle/world_reader.h"

using namespace Qt::StringLiterals;
using namespace nova::test;

namespace {

const QStringList services{u"graphql-gateway"_s,       u"identity-service"_s,  u"content-service"_s,
                           u"social-service"_s,        u"feed-service"_s,      u"media-service"_s,
                           u"realtime-chat-service"_s, u"messaging-service"_s, u"notification-service"_s};

QStringList twoOfEach() {
    QStringList arguments;
    for (const auto& service : services) arguments << u"--replicas"_s << service + u"=2"_s;
    return arguments;
}

}  // namespace

class ReplicasTest : public QObject {
    Q_OBJECT
    LiveNova m_nova{twoOfEach()};
    Faults m_faults{m_nova};

    // How many replicas of the service say that they are idle, of how many that answer.
    std::pair<int, int> idle(const QString& service) {
        int said = 0, answered = 0;
        for (const auto& value : m_nova.run().value(u"processes"_s).toArray()) {
            const auto process = value.toObject();
            if (process.value(u"name"_s).toString() != service) continue;
            nova::kit::HttpClient door(process.value(u"http"_s).toString().toStdString(), std::chrono::seconds{2});
            const auto answer = door.send("GET", "/readyz");
            if (!answer || answer.value().status != 200) continue;
            ++answered;
            const auto body = QJsonDocument::fromJson(QByteArray::fromStdString(answer.value().body)).object();
            for (const auto& note : body.value(u"notes"_s).toArray()) said += note.toString().contains(u"idle"_s);
        }
        return {said, answered};
    }

private Q_SLOTS:
    void initTestCase() { QVERIFY2(m_nova.start(), qPrintable(m_nova.log())); }

    void oneOfEachIsKilledAndAllHolds() {
        Workload work(m_nova, {.users = 10, .clients = 3, .pauseMs = 10, .messages = true});
        QVERIFY(work.prepare());
        work.start();
        for (const auto& service : services) {
            const int before = work.acknowledged();
            QTRY_VERIFY_WITH_TIMEOUT(work.acknowledged() > before + 20, 30'000);
            const auto victim = m_faults.pid(service, 1);
            QVERIFY2(victim > 0, qPrintable(service));
            QVERIFY(m_faults.kill9(service, 1));
            QTRY_VERIFY_WITH_TIMEOUT(m_faults.pid(service, 1) > 0 && m_faults.pid(service, 1) != victim, 30'000);
        }
        work.stop();
        QVERIFY2(m_faults.awaitHealed(40'000) >= 0, qPrintable(m_faults.notHealed()));
        QCOMPARE(judge(
                     m_nova, work.history(), [&] { return readWorld(m_nova, work.users()); }, 20'000),
                 std::string());
        qInfo("%s", work.history().summary().c_str());
    }

    void whatIsIdleSaysSo() {
        QCOMPARE(idle(u"feed-service"_s), (std::pair{0, 2}));
        QCOMPARE(m_faults.fault({u"scale"_s, u"feed-service"_s, u"7"_s}), QString());
        QTRY_COMPARE_WITH_TIMEOUT(idle(u"feed-service"_s), (std::pair{1, 7}), 60'000);
    }

    void cleanupTestCase() { QVERIFY(m_nova.stop()); }
};

QTEST_GUILESS_MAIN(ReplicasTest)
#include "tst_replicas.moc"
