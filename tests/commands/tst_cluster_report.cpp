// `cluster --json`: the contract's fields, and what could not be read told for what it is.
#include <QtTest>
#include <nlohmann/json.hpp>

#include "app/commands/cluster_report.h"

using namespace nova;
using namespace Qt::StringLiterals;

class ClusterReportTest : public QObject {
    Q_OBJECT

    static nlohmann::json jsonOf(const commands::ClusterSeen& seen) {
        return nlohmann::json::parse(commands::clusterJson(seen));
    }
    static std::string stateOf(const nlohmann::json& json, const std::string& source) {
        for (const auto& one : json["sources"])
            if (one["name"] == source) return one["state"];
        return {};
    }

private Q_SLOTS:
    void aBrokerThatIsDownIsTold() {
        commands::ClusterSeen seen;
        seen.look.brokers = {{1, u"a:9092"_s, true, true}, {2, {}, false, false}};
        seen.look.brokersTrouble = u"not listed, though replicas are assigned to them: 2"_s;
        const auto json = jsonOf(seen);
        QCOMPARE(json["brokers"].size(), 2u);
        QCOMPARE(json["brokers"][0]["host"].get<std::string>(), std::string("a:9092"));
        QVERIFY(json["brokers"][0]["controller"] == true && json["brokers"][0]["there"] == true);
        QVERIFY(json["brokers"][1]["id"] == 2 && json["brokers"][1]["host"].is_null());
        QVERIFY(json["brokers"][1]["controller"] == false && json["brokers"][1]["there"] == false);
        QCOMPARE(stateOf(json, "brokers"), std::string("unreachable"));
    }

    void refusedIsOnlyWhatWasRefused() {
        commands::ClusterSeen seen;
        auto json = jsonOf(seen);
        for (const auto* source : {"brokers", "ends", "configuration", "groups"})
            QCOMPARE(stateOf(json, source), std::string("ok"));
        seen.look.endsTrouble = u"broker 2: Local: Timed out"_s;
        seen.look.groupsTrouble = u"Kafka did not list its groups: Broker: Cluster authorization failed"_s;
        seen.configsTrouble = u"orders: Local: Broker transport failure"_s;
        json = jsonOf(seen);
        QCOMPARE(stateOf(json, "ends"), std::string("unreachable"));
        QCOMPARE(stateOf(json, "groups"), std::string("refused"));
        QCOMPARE(stateOf(json, "configuration"), std::string("unreachable"));
        QCOMPARE(stateOf(json, "brokers"), std::string("ok"));
        QCOMPARE(json["sources"][1]["detail"].get<std::string>(), std::string("broker 2: Local: Timed out"));
    }
};

QTEST_GUILESS_MAIN(ClusterReportTest)
#include "tst_cluster_report.moc"
