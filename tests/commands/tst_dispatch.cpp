// From the words of the command line to a command, and the common flags.
#include <CLI/App.hpp>
#include <QDir>
#include <QtTest>

#include "app/commands/dispatch.h"
#include "app/commands/output.h"

using namespace nova::commands;
using Words = std::vector<std::string>;

namespace {

Request understood(Words words) {
    words.insert(words.begin(), "nova-console");
    std::vector<char*> argv;
    for (auto& word : words) argv.push_back(word.data());
    return understand(static_cast<int>(argv.size()), argv.data());
}

}  // namespace

class TestDispatch : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void withoutACommandItIsTheWindow();
    void aCommandGetsItsWords();
    void commonFlagsMayComeFirst();
    void anUnknownCommandIsWrongUsage();
    void helpAndVersionAreAnswered();
    void commonOptionsAreAbsolute();
    void theRunFileNamesTheFolder();
    void aProfileStandsForItself();
    void anEmptyFolderIsNotTheDefaultOne();
    void wrongUsageIsTwo_data();
    void wrongUsageIsTwo();
    void tablesAlign();
};

void TestDispatch::withoutACommandItIsTheWindow() {
    QCOMPARE(understood({}).kind, Request::Kind::window);
    const auto request = understood({"--data", "up"});  // a folder of that name, not the command
    QCOMPARE(request.kind, Request::Kind::window);
    const auto options = windowOptions(request.arguments);
    QVERIFY(options);
    QCOMPARE(options->dataDir, QDir::current().absoluteFilePath(QStringLiteral("up")));
}

void TestDispatch::aCommandGetsItsWords() {
    const auto request = understood({"status", "--json", "--data", "/d"});
    QCOMPARE(request.kind, Request::Kind::command);
    QCOMPARE(request.arguments.command, std::string("status"));
    QVERIFY((request.arguments.words == Words{"--json", "--data", "/d"}));
}

void TestDispatch::commonFlagsMayComeFirst() {
    const auto request = understood({"--data", "/d", "--json", "down"});
    QCOMPARE(request.arguments.command, std::string("down"));
    QVERIFY((request.arguments.words == Words{"--data", "/d", "--json"}));
}

void TestDispatch::anUnknownCommandIsWrongUsage() {
    const auto request = understood({"stat"});
    QCOMPARE(request.kind, Request::Kind::answered);
    QCOMPARE(request.exit, exitCode::wrongUsage);
}

void TestDispatch::helpAndVersionAreAnswered() {
    for (const char* word : {"--help", "-h", "help", "--version"}) {
        const auto request = understood({word});
        QCOMPARE(request.kind, Request::Kind::answered);
        QCOMPARE(request.exit, exitCode::done);
    }
}

void TestDispatch::commonOptionsAreAbsolute() {
    CLI::App app;
    CommonOptions common;
    QVERIFY(!parse(app, {"status", {"--data", "some/../dir"}}, common));
    QCOMPARE(common.dataDir, QDir::current().absoluteFilePath(QStringLiteral("dir")));
    QCOMPARE(common.runFile, QString(common.dataDir + QLatin1String("/run.json")));
    QVERIFY(!common.runGiven);
    QVERIFY(!common.json);
}

void TestDispatch::theRunFileNamesTheFolder() {
    CLI::App app;
    CommonOptions common;
    QVERIFY(!parse(app, {"status", {"--json", "--run", "/some/where/run.json", "--data", "/other"}}, common));
    QCOMPARE(common.dataDir, QStringLiteral("/some/where"));
    QCOMPARE(common.runFile, QStringLiteral("/some/where/run.json"));
    QVERIFY(common.runGiven);
    QVERIFY(common.json);
}

void TestDispatch::aProfileStandsForItself() {
    const auto request = understood({"--profile", "up", "cluster"});  // a profile of that name, not the command
    QCOMPARE(request.arguments.command, std::string("cluster"));
    CLI::App app;
    CommonOptions common;
    QVERIFY(!parse(app, request.arguments, common));
    QCOMPARE(common.profile, QStringLiteral("up"));
}

void TestDispatch::anEmptyFolderIsNotTheDefaultOne() {
    for (const char* option : {"--data", "--run", "--profile"}) {
        CLI::App app;
        CommonOptions common;
        QCOMPARE(parse(app, {"status", {option, ""}}, common), std::optional<int>(exitCode::wrongUsage));
    }
}

void TestDispatch::wrongUsageIsTwo_data() {
    QTest::addColumn<QString>("words");
    for (const char* words :
         {"up --nonsense", "up extra", "up --data", "up --run /r", "up --set content-service", "up --set nobody.key=1",
          "up --set kafka.key=1", "down --set a.b=c", "status 5", "prepare --x", "cluster --profile p --data /d",
          "cluster --profile p --run /r", "status --profile p",
          "status --data=", "fault kill", "fault scale feed-service", "actions --limit -1",
          "cluster --profile /there/is/none.toml"})
        QTest::newRow(words) << QString::fromLatin1(words);
}

void TestDispatch::wrongUsageIsTwo() {
    QFETCH(QString, words);
    Words list;
    for (const auto& word : words.split(QLatin1Char(' '))) list.push_back(word.toStdString());
    const auto request = understood(list);
    QCOMPARE(request.kind, Request::Kind::command);
    QCOMPARE(run(request.arguments), exitCode::wrongUsage);
}

void TestDispatch::tablesAlign() {
    Table table({QStringLiteral("name"), QStringLiteral("n")}, {Table::Align::left, Table::Align::right});
    table.add({QStringLiteral("a"), QStringLiteral("1")});
    table.add({QStringLiteral("longer"), QStringLiteral("1000")});
    QCOMPARE(table.lines(), (QStringList{QStringLiteral("name       n"), QStringLiteral("a          1"),
                                         QStringLiteral("longer  1000")}));
    QCOMPARE(visibleWidth(QStringLiteral("\x1b[31mred\x1b[0m")), 3);
}

QTEST_GUILESS_MAIN(TestDispatch)
#include "tst_dispatch.moc"
