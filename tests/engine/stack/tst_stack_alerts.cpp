// The alert rules: accepted by Prometheus' own tool, read by ours, about metrics that there are; and when they hold.
#include <QDirIterator>
#include <QFile>
#include <QMutex>
#include <QProcess>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTcpServer>
#include <QTcpSocket>
#include <QtTest>

#include "app/engine/stack/alert_watch.h"
#include "app/engine/stack/status_json.h"

using namespace nova::stack;

namespace {

const QString rulesFile = QStringLiteral(NOVA_SOURCE_DIR "/resources/alerts/nova.rules.yml");

QByteArray rule(const char* expression, const char* wait) {
    return QByteArray("groups:\n  - name: t\n    rules:\n      - alert: T\n        expr: ") + expression +
           "\n        for: " + wait +
           "\n        labels:\n          severity: warning\n        annotations:\n"
           "          summary: \"{{ $labels.job }} has {{ $value }}\"\n";
}

Sample sample(const char* name, const char* job, const char* partition, double value) {
    return {QLatin1String(name),
            {{QStringLiteral("job"), QLatin1String(job)}, {QStringLiteral("partition"), QLatin1String(partition)}},
            value};
}

// Answers each request with the same page of metrics.
class Page : public QTcpServer {
public:
    QByteArray text;
    Page() {
        connect(this, &QTcpServer::newConnection, this, [this] {
            auto* client = nextPendingConnection();
            connect(client, &QTcpSocket::readyRead, client, [this, client] {
                client->write("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + text);
                client->disconnectFromHost();
            });
            connect(client, &QTcpSocket::disconnected, client, &QObject::deleteLater);
        });
    }
};

}  // namespace

class TestAlerts : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void prometheusAcceptsTheRules();
    void theyAreReadAndAboutMetricsThereAre();
    void faultsAreNamed_data();
    void faultsAreNamed();
    void samplesAreRead();
    void lagIsSummedOverPartitionsAndReplicas();
    void aCounterThatGrewIsSeenOverAReset();
    void nothingHandledWhileRecordsWait();
    void itFiresOnlyWhenItHasHeldLongEnough();
    void alertsSurviveTheWire();
    void processesAreAskedAndMissed();
    void kafkaTellsTheLagOfWhoIsSilent();
};

void TestAlerts::prometheusAcceptsTheRules() {
    const auto promtool = QStandardPaths::findExecutable(QStringLiteral("promtool"));
    if (promtool.isEmpty()) QSKIP("promtool is not installed");
    QProcess process;
    process.start(promtool, {QStringLiteral("check"), QStringLiteral("rules"), rulesFile});
    QVERIFY(process.waitForFinished());
    QVERIFY2(process.exitCode() == 0, process.readAllStandardError().constData());
}

void TestAlerts::theyAreReadAndAboutMetricsThereAre() {
    const auto& rules = AlertRules::builtIn();
    QStringList names;
    for (const auto& one : rules.rules()) names << one.name;
    QCOMPARE(names, (QStringList{QStringLiteral("NovaConsumerLag"), QStringLiteral("NovaNoProgress"),
                                 QStringLiteral("NovaOutboxAge"), QStringLiteral("NovaDeadLetters"),
                                 QStringLiteral("NovaProcessDown")}));
    QCOMPARE(rules.rules().first().forMs, 15'000);
    QByteArray sources;
    for (QDirIterator files(QStringLiteral(NOVA_SOURCE_DIR "/services/kit"),
                            {QStringLiteral("*.cpp"), QStringLiteral("*.h")}, QDir::Files,
                            QDirIterator::Subdirectories);
         files.hasNext();) {
        QFile file(files.next());
        QVERIFY(file.open(QIODevice::ReadOnly));
        sources += file.readAll();
    }
    for (const auto& name : rules.names())
        QVERIFY2(name == QLatin1String("up") || sources.contains(QByteArray('"' + name.toUtf8() + '"')),
                 qPrintable(name));
}

void TestAlerts::faultsAreNamed_data() {
    QTest::addColumn<QByteArray>("yaml");
    QTest::addColumn<QString>("fault");
    QTest::newRow("comparison") << rule("a", "1s") << QStringLiteral("expected a comparison");
    QTest::newRow("number") << rule("a > b", "1s") << QStringLiteral("expected a number");
    QTest::newRow("brackets") << rule("sum by (x) (a > 1", "1s") << QStringLiteral("expected )");
    QTest::newRow("range") << rule("increase(a[5]) > 1", "1s") << QStringLiteral("expected a time");
    QTest::newRow("rest") << rule("a > 1 or b > 1", "1s") << QStringLiteral("expected and, unless or the end");
    QTest::newRow("for") << rule("a > 1", "soon") << QStringLiteral("line 6");
    QTest::newRow("unknown") << rule("a > 1", "1s").replace("labels", "label") << QStringLiteral("line 7");
    QTest::newRow("no summary") << rule("a > 1", "1s").replace("summary", "hint") << QStringLiteral("no summary");
    QTest::newRow("not ours") << QByteArray("hello") << QStringLiteral("line 1");
}

void TestAlerts::faultsAreNamed() {
    QFETCH(QByteArray, yaml);
    QFETCH(QString, fault);
    QString said;
    QVERIFY(!AlertRules::parse(yaml, &said));
    QVERIFY2(said.contains(fault), qPrintable(said));
}

void TestAlerts::samplesAreRead() {
    const QByteArray text =
        "# TYPE a gauge\na{x=\"1\",y=\"a \\\"b\\\" \\\\ c\"} 2.5\nb 3\na 4 1700000000000\na{x=\"1\"} "
        "NaN\nbroken\na{x=1} 2\n";
    const auto samples = readMetrics(text, {QStringLiteral("a")});
    QCOMPARE(samples.size(), 2);
    QCOMPARE(samples[0].value, 2.5);
    QCOMPARE(samples[0].labels.value(QStringLiteral("y")), QStringLiteral("a \"b\" \\ c"));
    QCOMPARE(samples[1].value, 4);
    QVERIFY(samples[1].labels.isEmpty());
}

void TestAlerts::lagIsSummedOverPartitionsAndReplicas() {
    QString fault;
    const auto expression = AlertExpression::parse(QStringLiteral("sum by (job) (lag) > 1000"), &fault);
    QVERIFY2(expression, qPrintable(fault));
    SampleHistory history(10'000);
    history.add(1'000,
                {sample("lag", "feed", "0", 600), sample("lag", "feed", "1", 500), sample("lag", "social", "0", 900)});
    const auto held = expression->evaluate(history);
    QCOMPARE(held.size(), 1);
    QCOMPARE(held.first().value, 1100);
    QCOMPARE(held.first().labels, (MetricLabels{{QStringLiteral("job"), QStringLiteral("feed")}}));
    history.add(2'000, {sample("lag", "feed", "0", 600)});  // the other series is gone
    QVERIFY(expression->evaluate(history).isEmpty());
}

void TestAlerts::aCounterThatGrewIsSeenOverAReset() {
    QString fault;
    const auto expression = AlertExpression::parse(QStringLiteral("max by (job) (increase(dead[5s])) >= 3"), &fault);
    QVERIFY2(expression, qPrintable(fault));
    SampleHistory history(5'000);
    history.add(1'000, {sample("dead", "feed", "0", 7)});
    QVERIFY(expression->evaluate(history).isEmpty());  // one sample tells nothing
    history.add(2'000, {sample("dead", "feed", "0", 9)});
    history.add(3'000, {sample("dead", "feed", "0", 1)});  // it began again
    QCOMPARE(expression->evaluate(history).value(0).value, 3);
    history.add(8'500, {sample("dead", "feed", "0", 1)});
    QVERIFY(expression->evaluate(history).isEmpty());
}

void TestAlerts::nothingHandledWhileRecordsWait() {
    QString fault;
    const auto expression = AlertExpression::parse(
        QStringLiteral("sum by (job) (lag) > 0 unless sum by (job) (increase(done[10s])) > 0"), &fault);
    QVERIFY2(expression, qPrintable(fault));
    SampleHistory history(10'000);
    history.add(1'000, {sample("lag", "a", "0", 5), sample("lag", "b", "0", 5), sample("done", "a", "0", 1)});
    history.add(2'000, {sample("lag", "a", "0", 5), sample("lag", "b", "0", 5), sample("done", "a", "0", 2)});
    const auto held = expression->evaluate(history);
    QCOMPARE(held.size(), 1);  // b has never handled anything: it has no counter yet
    QCOMPARE(held.first().labels.value(QStringLiteral("job")), QStringLiteral("b"));
}

void TestAlerts::itFiresOnlyWhenItHasHeldLongEnough() {
    QString fault;
    const auto rules = AlertRules::parse(rule("lag > 10", "15s"), &fault);
    QVERIFY2(rules, qPrintable(fault));
    AlertStates states(*rules);
    SampleHistory history(60'000);
    const auto at = [&](qint64 ms, double lag) {
        history.add(ms, {sample("lag", "feed", "0", lag)});
        return states.evaluate(ms, history);
    };
    QCOMPARE(at(1'000, 11).value(0).firing, false);
    QCOMPARE(at(15'999, 12).value(0).firing, false);
    const auto fired = at(16'000, 13).value(0);
    QVERIFY(fired.firing);
    QCOMPARE(fired.since, 1'000);
    QCOMPARE(fired.summary, QStringLiteral("feed has 13"));
    QCOMPARE(fired.severity, QStringLiteral("warning"));
    QVERIFY(at(17'000, 10).isEmpty());
    QCOMPARE(at(18'000, 11).value(0).since, 18'000);  // from the beginning
}

void TestAlerts::alertsSurviveTheWire() {
    Alert alert;
    alert.rule = QStringLiteral("T");
    alert.severity = QStringLiteral("critical");
    alert.summary = QStringLiteral("s");
    alert.labels = {{QStringLiteral("job"), QStringLiteral("feed")}};
    alert.value = 1.5;
    alert.since = 1'700'000'000'123;
    alert.firing = true;
    QCOMPARE(alertsFromJson(toJson(QVector<Alert>{alert})), QVector<Alert>{alert});
}

void TestAlerts::processesAreAskedAndMissed() {
    Page page;
    QVERIFY(page.listen(QHostAddress::LocalHost));
    page.text = "lag{topic=\"t\"} 12\n";
    QString fault;
    auto text = rule("lag > 10", "1s");
    const auto rules = AlertRules::parse(
        text + "      - alert: Down\n        expr: up == 0\n        annotations:\n          summary: \"x\"\n", &fault);
    QVERIFY2(rules, qPrintable(fault));
    AlertWatch watch(*rules);
    watch.watch({{QStringLiteral("feed-service"), page.serverPort()}});
    const auto state = [&watch](const char* name) {
        for (const auto& alert : watch.alerts())
            if (alert.rule == QLatin1String(name)) return alert.firing ? 2 : 1;
        return 0;
    };
    QTRY_COMPARE(state("T"), 1);
    QTRY_COMPARE(state("T"), 2);
    QCOMPARE(watch.alerts().first().labels.value(QStringLiteral("job")), QStringLiteral("feed-service"));
    QCOMPARE(state("Down"), 0);
    page.close();
    QTRY_COMPARE(state("Down"), 2);
    QCOMPARE(state("T"), 0);
    QSignalSpy changed(&watch, &AlertWatch::changed);
    watch.watch({});
    QCOMPARE(changed.count(), 1);
    QVERIFY(watch.alerts().isEmpty());
}

// A process that tells its lag is believed, whatever Kafka says; of one that is stopped, and of one that tells none,
// Kafka's is taken, and the same rule fires.
void TestAlerts::kafkaTellsTheLagOfWhoIsSilent() {
    Page feed, social;
    QVERIFY(feed.listen(QHostAddress::LocalHost) && social.listen(QHostAddress::LocalHost));
    feed.text = "nova_consumer_lag{partition=\"0\",topic=\"t\"} 4\n";
    social.text = "nova_other 4\n";
    QString fault;
    const auto rules = AlertRules::parse(rule("sum by (job, topic) (nova_consumer_lag) > 10", "1s"), &fault);
    QVERIFY2(rules, qPrintable(fault));
    const QString feedName = QStringLiteral("feed-service"), socialName = QStringLiteral("social-service");
    const AlertWatch::Target feedTarget{feedName, feed.serverPort()}, socialTarget{socialName, social.serverPort()};
    QMutex mutex;
    QVector<QStringList> asked;
    AlertWatch watch(*rules);
    watch.watch({feedTarget, socialTarget});
    watch.setGroups({feedName, socialName}, [&](const QStringList& groups) {
        const QMutexLocker lock(&mutex);
        asked << groups;
        QVector<Sample> told;
        for (const auto& group : groups)
            for (const auto& partition : {QStringLiteral("0"), QStringLiteral("1")})
                told.append({QStringLiteral("nova_consumer_lag"),
                             {{QStringLiteral("group"), group},
                              {QStringLiteral("topic"), QStringLiteral("t")},
                              {QStringLiteral("partition"), partition}},
                             600});
        return told;
    });
    const auto firing = [&watch] {
        QMap<QString, double> jobs;
        for (const auto& alert : watch.alerts())
            if (alert.firing) jobs.insert(alert.labels.value(QStringLiteral("job")), alert.value);
        return jobs;
    };
    const auto questions = [&] {
        const QMutexLocker lock(&mutex);
        return asked;
    };
    QTRY_COMPARE(firing(), (QMap<QString, double>{{socialName, 1'200}}));
    QCOMPARE(questions().last(), QStringList{socialName});
    watch.watch({socialTarget});  // stopped by hand: it is no target any more
    QTRY_COMPARE(firing(), (QMap<QString, double>{{feedName, 1'200}, {socialName, 1'200}}));
    QCOMPARE(questions().last(), (QStringList{feedName, socialName}));
    // Both tell again: at once Kafka's is nothing any more, and it is not asked.
    social.text = feed.text;
    watch.watch({feedTarget, socialTarget});
    QTRY_VERIFY(watch.alerts().isEmpty());
    const auto before = questions().size();
    QTest::qWait(2 * AlertWatch::everyMs);
    QCOMPARE(questions().size(), before);
}

QTEST_GUILESS_MAIN(TestAlerts)
#include "tst_stack_alerts.moc"
