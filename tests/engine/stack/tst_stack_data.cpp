// The catalogue, what services are told, the run file, readiness answers, waits: pure functions of data.
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

#include "app/engine/stack/backoff.h"
#include "app/engine/stack/catalogue.h"
#include "app/engine/stack/probe.h"
#include "app/engine/stack/run_file.h"
#include "app/engine/stack/service_config.h"
#include "app/engine/stack/status_json.h"
#include "contract/topics.h"

using namespace nova::stack;

namespace {

LocalNova novaOfTest() {
    LocalNova nova(QStringLiteral("/data"));
    nova.ports = {{QStringLiteral("kafka/0.broker"), 21001},
                  {QStringLiteral("postgres/0.sql"), 21002},
                  {QStringLiteral("redis/0.redis"), 21003},
                  {QStringLiteral("content-service/0.grpc"), 21004},
                  {QStringLiteral("content-service/0.http"), 21005},
                  {QStringLiteral("graphql-gateway/0.http"), 21006},
                  {QStringLiteral("s3/0.s3"), 21007},
                  {QStringLiteral("realtime-chat-service/0.ws"), 21008}};
    nova.secrets.s3AccessKey = QStringLiteral("ak");
    nova.secrets.s3SecretKey = QStringLiteral("sk");
    nova.secrets.postgres = {{QStringLiteral("content"), QStringLiteral("pw-c")},
                             {QStringLiteral("nova_reader"), QStringLiteral("pw-r")}};
    return nova;
}

PartStatus running(const char* name, qint64 pid, const QMap<QString, int>& ports = {}) {
    PartStatus status;
    status.name = QLatin1String(name);
    status.pid = pid;
    status.ports = ports;
    status.state = PartState::ready;
    status.upSince = QDateTime(QDate(2026, 11, 23), QTime(1, 2, 3, 45), Qt::UTC);
    return status;
}

}  // namespace

class TestStackData : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void catalogueHasTheContractsTopics();
    void everyPartHasARecipe();
    void catalogueSaysWhoStopsFirst();
    void catalogueRefusesWhatNothingDefines_data();
    void catalogueRefusesWhatNothingDefines();
    void serviceConfigHoldsWhatItNeedsAndNoMore();
    void overridesWin();
    void tomlValuesAreQuoted();
    void endpointsNameGrpcOnly();
    void runFileIsTheContracts();
    void runFileWithoutAGateway();
    void readyzAnswers();
    void waitsGrowAndAreForgiven();
    void statusSurvivesTheWire();
};

void TestStackData::catalogueHasTheContractsTopics() {
    const auto& catalogue = Catalogue::builtIn();
    QStringList names;
    for (const auto& topic : catalogue.topics()) {
        names << topic.name;
        QCOMPARE(topic.config.value(QStringLiteral("message.timestamp.type")), QStringLiteral("LogAppendTime"));
        QCOMPARE(topic.config.value(QStringLiteral("retention.ms")), QString::number(168 * 3'600'000));
        QCOMPARE(topic.config.value(QStringLiteral("retention.bytes")), QString::number(1 << 30));
        QCOMPARE(topic.partitions, nova::contract::topic::partitions);
    }
    for (const auto name : nova::contract::topic::events)
        QVERIFY2(names.contains(QString::fromUtf8(name.data(), static_cast<qsizetype>(name.size()))), name.data());
    QVERIFY(names.contains(QStringLiteral("otlp_spans")));
    QCOMPARE(catalogue.schemas(),
             (QStringList{QStringLiteral("identity"), QStringLiteral("content"), QStringLiteral("media"),
                          QStringLiteral("messaging"), QStringLiteral("social"), QStringLiteral("feed"),
                          QStringLiteral("notification")}));
}

void TestStackData::everyPartHasARecipe() {
    const auto nova = std::make_shared<const LocalNova>(novaOfTest());
    for (const auto& part : Catalogue::builtIn().parts())
        QVERIFY2(recipeFor(nova, Catalogue::builtIn(), part, 0), qPrintable(part.name));
}

void TestStackData::catalogueSaysWhoStopsFirst() {
    const auto& catalogue = Catalogue::builtIn();
    QCOMPARE(catalogue.stoppedBefore(QStringLiteral("content-service")),
             QStringList{QStringLiteral("graphql-gateway")});
    QCOMPARE(catalogue.stoppedBefore(QStringLiteral("graphql-gateway")), QStringList());
    QCOMPARE(catalogue.stoppedBefore(QStringLiteral("redis")),
             (QStringList{QStringLiteral("content-service"), QStringLiteral("social-service"),
                          QStringLiteral("feed-service"), QStringLiteral("notification-service"),
                          QStringLiteral("realtime-chat-service")}));
    QCOMPARE(catalogue.stoppedBefore(QStringLiteral("s3")), QStringList{QStringLiteral("media-service")});
}

void TestStackData::catalogueRefusesWhatNothingDefines_data() {
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("fault");
    const QByteArray kafka = R"({"name":"kafka","kind":"store","lane":"topics"})";
    QTest::newRow("broken") << QByteArray("{\"parts\":[") << QStringLiteral("at byte");
    QTest::newRow("kind") << QByteArray(R"({"parts":[{"name":"x","kind":"shop","lane":"topics"}]})")
                          << QStringLiteral("\"shop\" is no kind");
    QTest::newRow("twice") << QByteArray(R"({"parts":[)" + kafka + ',' + kafka + "]}") << QStringLiteral("there twice");
    QTest::newRow("need")
        << QByteArray(R"({"parts":[{"name":"x","kind":"service","lane":"writers","binary":"x","needs":["kafka"]}]})")
        << QStringLiteral("needs kafka");
    QTest::newRow("topic")
        << QByteArray(R"({"parts":[{"name":"x","kind":"service","lane":"writers","binary":"x","consumes":["t"]}]})")
        << QStringLiteral("names topic t");
    QTest::newRow("call")
        << QByteArray(R"({"parts":[{"name":"x","kind":"service","lane":"writers","binary":"x","calls":["y"]}]})")
        << QStringLiteral("calls y");
}

void TestStackData::catalogueRefusesWhatNothingDefines() {
    QFETCH(QByteArray, json);
    QFETCH(QString, fault);
    QString said;
    QVERIFY(!Catalogue::parse(json, &said));
    QVERIFY2(said.contains(fault), qPrintable(said));
}

void TestStackData::serviceConfigHoldsWhatItNeedsAndNoMore() {
    const auto& catalogue = Catalogue::builtIn();
    const auto text = serviceConfig(novaOfTest(), *catalogue.part(QStringLiteral("content-service")), 0);
    QVERIFY(text.contains("service = \"content-service\"\n"));
    QVERIFY(text.contains("grpc_listen = \"127.0.0.1:21004\"\n"));
    QVERIFY(text.contains("postgres_uri = \"postgresql://content:pw-c@127.0.0.1:21002/nova\"\n"));
    QVERIFY(text.contains("kafka_bootstrap = \"127.0.0.1:21001\"\n"));
    QVERIFY2(!text.contains("private"), "only identity-service signs");
    const auto gateway = serviceConfig(novaOfTest(), *catalogue.part(QStringLiteral("graphql-gateway")), 0);
    QVERIFY(!gateway.contains("postgres"));
    QVERIFY(!gateway.contains("grpc_listen"));
    for (const auto& each : {text, gateway}) {
        QVERIFY(each.contains("kafka_eager = true\n"));
        QVERIFY(each.contains("allow_request_mode = true\n"));
        QVERIFY(!each.contains("s3_"));
        QVERIFY(!each.contains("ws_listen"));
    }
    const auto media = serviceConfig(novaOfTest(), *catalogue.part(QStringLiteral("media-service")), 0);
    QVERIFY(media.contains("s3_endpoint = \"http://127.0.0.1:21007\"\n"));
    QVERIFY(media.contains("s3_access_key = \"ak\"\n"));
    QVERIFY(media.contains("s3_secret_key = \"sk\"\n"));
    QVERIFY(media.contains("s3_bucket = \"nova-media\"\n"));
    QVERIFY(serviceConfig(novaOfTest(), *catalogue.part(QStringLiteral("realtime-chat-service")), 0)
                .contains("ws_listen = \"127.0.0.1:21008\"\n"));
    QVERIFY(serviceConfig(novaOfTest(), *catalogue.part(QStringLiteral("identity-service")), 0)
                .contains("token_private_key_file"));
}

void TestStackData::overridesWin() {
    auto nova = novaOfTest();
    nova.set[QStringLiteral("content-service")] = {{QStringLiteral("rpc_delay_ms"), QStringLiteral("80")},
                                                   {QStringLiteral("publish"), QStringLiteral("direct")},
                                                   {QStringLiteral("replica"), QStringLiteral("7")}};
    const auto text = serviceConfig(nova, *Catalogue::builtIn().part(QStringLiteral("content-service")), 0);
    QVERIFY(text.contains("rpc_delay_ms = 80\n"));
    QVERIFY(text.contains("publish = \"direct\"\n"));
    QCOMPARE(text.count("replica = "), 1);
    QVERIFY(text.contains("replica = 7\n"));
}

void TestStackData::tomlValuesAreQuoted() {
    QCOMPARE(tomlValue(QStringLiteral("12.5")), QStringLiteral("12.5"));
    QCOMPARE(tomlValue(QStringLiteral("true")), QStringLiteral("true"));
    QCOMPARE(tomlValue(QStringLiteral("a\"b\\c")), QStringLiteral("\"a\\\"b\\\\c\""));
}

void TestStackData::endpointsNameGrpcOnly() {
    const auto replica = [](int number, int grpc) {
        auto status = running("content-service", 1, {{QStringLiteral("grpc"), grpc}});
        status.replica = number;
        return status;
    };
    const QVector<PartStatus> parts{running("graphql-gateway", 2, {{QStringLiteral("http"), 1}}), replica(0, 21004),
                                    replica(1, 21014)};
    const auto named = [&](const std::function<bool(const PartStatus&)>& live) {
        const auto json = QJsonDocument::fromJson(endpoints(parts, live)).object();
        QStringList addresses;
        for (const auto& address : json.value(QLatin1String("content-service")).toArray())
            addresses << address.toString();
        return json.size() == 1 ? addresses : QStringList();
    };
    const QString first = QStringLiteral("127.0.0.1:21004"), second = QStringLiteral("127.0.0.1:21014");
    QCOMPARE(named([](const PartStatus&) { return true; }), (QStringList{first, second}));
    QCOMPARE(named([](const PartStatus& part) { return part.replica == 1; }), QStringList{second});
    QCOMPARE(named([](const PartStatus&) { return false; }), (QStringList{first, second}));  // a caller says why itself
}

void TestStackData::runFileIsTheContracts() {
    auto dead = running("graphql-gateway", 0, {{QStringLiteral("http"), 21005}});
    dead.state = PartState::failed;
    auto live = running("graphql-gateway", 12, {{QStringLiteral("http"), 21006}});
    live.replica = 1;
    const QVector<PartStatus> parts{running("kafka", 11), dead, live, running("redis", 0),
                                    running("realtime-chat-service", 13, {{QStringLiteral("ws"), 21008}})};
    const auto json = QJsonDocument::fromJson(runFileText(novaOfTest(), parts, parts.first().upSince)).object();
    QCOMPARE(json.value(QStringLiteral("version")).toInt(), 1);
    QCOMPARE(json.value(QStringLiteral("started")).toString(), QStringLiteral("2026-11-23T01:02:03.045Z"));
    QCOMPARE(json.value(QStringLiteral("kafka")).toString(), QStringLiteral("127.0.0.1:21001"));
    QCOMPARE(json.value(QStringLiteral("postgres")).toString(),
             QStringLiteral("postgresql://nova_reader:pw-r@127.0.0.1:21002/nova"));
    QCOMPARE(json.value(QStringLiteral("redis")).toString(), QStringLiteral("redis://127.0.0.1:21003"));
    QCOMPARE(json.value(QStringLiteral("graphql")).toString(), QStringLiteral("http://127.0.0.1:21006/graphql"));
    QCOMPARE(json.value(QStringLiteral("upload")).toString(), QStringLiteral("http://127.0.0.1:21006/upload"));
    QCOMPARE(json.value(QStringLiteral("websocket")).toString(), QStringLiteral("ws://127.0.0.1:21008/ws"));
    const QJsonObject s3{{QStringLiteral("endpoint"), QStringLiteral("http://127.0.0.1:21007")},
                         {QStringLiteral("bucket"), QStringLiteral("nova-media")},
                         {QStringLiteral("access_key"), QStringLiteral("ak")},
                         {QStringLiteral("secret_key"), QStringLiteral("sk")}};
    QCOMPARE(json.value(QStringLiteral("s3")).toObject(), s3);
    const auto processes = json.value(QStringLiteral("processes")).toArray();
    QCOMPARE(processes.size(), 3);  // those without a process are left out
    const auto gateway = processes.at(1).toObject();
    QCOMPARE(gateway.keys(), (QStringList{QStringLiteral("http"), QStringLiteral("name"), QStringLiteral("pid"),
                                          QStringLiteral("replica"), QStringLiteral("started")}));
    QCOMPARE(gateway.value(QStringLiteral("http")).toString(), QStringLiteral("http://127.0.0.1:21006"));
    QCOMPARE(gateway.value(QStringLiteral("pid")).toInt(), 12);
}

void TestStackData::runFileWithoutAGateway() {
    const auto json =
        QJsonDocument::fromJson(runFileText(novaOfTest(), {running("kafka", 11)}, QDateTime::currentDateTime()))
            .object();
    for (const char* absent : {"graphql", "upload", "websocket"}) {
        QVERIFY2(json.contains(QLatin1String(absent)), absent);
        QVERIFY2(json.value(QLatin1String(absent)).isNull(), absent);
    }
}

void TestStackData::readyzAnswers() {
    QVERIFY(readyzAnswer(200, R"({"status":"ready"})").serving);
    const auto degraded = readyzAnswer(200, R"({"status":"ready","degraded":["kafka: away","x"]})");
    QVERIFY(degraded.serving);
    QCOMPARE(degraded.degraded, (QStringList{QStringLiteral("kafka: away"), QStringLiteral("x")}));
    const auto missing = readyzAnswer(503, R"({"missing":["postgres: refused","redis"]})");
    QVERIFY(!missing.serving);
    QCOMPARE(missing.missing, QStringLiteral("postgres: refused, redis"));
    QCOMPARE(readyzAnswer(200, R"({"status":"ready","notes":["idle: no partition"]})").note,
             QStringLiteral("idle: no partition"));
    QCOMPARE(readyzAnswer(500, "no json").missing, QStringLiteral("answers 500"));
}

void TestStackData::waitsGrowAndAreForgiven() {
    Backoff backoff;
    QVector<int> waits;
    for (int i = 0; i < 9; ++i) waits << backoff.next(50);
    QCOMPARE(waits, (QVector<int>{100, 200, 400, 800, 1600, 3200, 6400, 10'000, 10'000}));
    QCOMPARE(backoff.next(Backoff::forgivenAfterMs), 100);
    QCOMPARE(backoff.inARow(), 1);
}

void TestStackData::statusSurvivesTheWire() {
    auto status = running("feed-service", 77, {{QStringLiteral("http"), 1234}});
    status.blockedBy = QStringList{QStringLiteral("kafka")};
    status.cpuPercent = 12.5;
    status.rssBytes = qint64{5} << 30;
    status.readyMs = 250;
    status.note = QStringLiteral("n");
    status.lastError = QStringLiteral("e");
    QCOMPARE(statusFromJson(toJson(status)), status);
    PartStatus idle;
    idle.name = QStringLiteral("kafka");
    const auto json = toJson(idle);
    QVERIFY(json.value(QStringLiteral("pid")).isNull());
    QVERIFY(json.value(QStringLiteral("ready_ms")).isNull());
    QCOMPARE(statusFromJson(json), idle);
}

QTEST_GUILESS_MAIN(TestStackData)
#include "tst_stack_data.moc"
