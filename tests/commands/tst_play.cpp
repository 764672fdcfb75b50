// What `play` understands, and how it tells a play.
#include <QtTest>
#include <nlohmann/json.hpp>

#include "app/commands/play.h"
#include "app/commands/play_report.h"

using namespace nova::commands;
using namespace nova::engine;
using namespace Qt::StringLiterals;

class PlayTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyScenarioOfTheContractIsThere();
    void wrongUsageIsTwo_data();
    void wrongUsageIsTwo();
    void aNovaThatIsNotThereIsThree();
    void aResultIsJson();
};

void PlayTest::everyScenarioOfTheContractIsThere() {
    QStringList names;
    for (const auto& scenario : scenarios()) {
        names << scenario.name;
        QVERIFY(!scenario.shows.isEmpty() && scenario.make);
    }
    QCOMPARE(names.join(u' '),
             u"create-post upload-media chat alice-bob burst kill-feed out-of-order duplicate broker-outage "
             "lose-redis before-after"_s);
    QVERIFY(!scenarioOf(u"nonsense"_s));
}

void PlayTest::wrongUsageIsTwo_data() {
    QTest::addColumn<QString>("words");
    for (const char* words :
         {"", "nonsense", "create-post --mode async", "kill-feed --mode sync", "burst --mode sync",
          "create-post --rate 5", "burst --rate 0", "burst --seconds x", "create-post --export picture.gif",
          "create-post --export /no/such/folder/a.json", "create-post --export a.svg", "create-post extra"})
        QTest::newRow(*words ? words : "nothing") << QString::fromLatin1(words);
}

void PlayTest::wrongUsageIsTwo() {
    QFETCH(QString, words);
    Arguments arguments{"play", {}};
    for (const auto& word : words.split(u' ', Qt::SkipEmptyParts)) arguments.words.push_back(word.toStdString());
    // Found wrong before any Nova is looked for, or this one would end with 3.
    arguments.words.insert(arguments.words.end(), {"--run", "/no/such/run.json"});
    QCOMPARE(runPlay(arguments), exitCode::wrongUsage);
}

void PlayTest::aNovaThatIsNotThereIsThree() {
    for (const char* scenario : {"create-post", "kill-feed"})
        QCOMPARE(runPlay({"play", {scenario, "--run", "/no/such/run.json"}}), exitCode::cannotConnect);
}

void PlayTest::aResultIsJson() {
    PlayResult result;
    result.problem = u"it did not happen"_s;
    result.findings = {{u"visible"_s, 245.0, 11.1234, u"ms"_s, true, u"fast"_s}, {u"told"_s, {}, {}, {}, {}, {}}};
    const auto json = resultJson(*scenarioOf(u"kill-feed"_s), result);
    QCOMPARE(
        QString::fromStdString(json.dump()),
        u"{\"scenario\":\"kill-feed\",\"shows\":\"%1\",\"problem\":\"it did not happen\",\"findings\":["
        "{\"what\":\"visible\",\"designed\":245.0,\"measured\":11.123,\"unit\":\"ms\",\"kept\":true,\"remark\":"
        "\"fast\"},"
        "{\"what\":\"told\",\"designed\":null,\"measured\":null,\"unit\":\"\",\"kept\":null,\"remark\":\"\"}]}"_s.arg(
            scenarioOf(u"kill-feed"_s)->shows));
}

QTEST_GUILESS_MAIN(PlayTest)
#include "tst_play.moc"
