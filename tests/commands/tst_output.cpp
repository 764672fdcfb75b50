// What a terminal gets: nothing that gives it orders, and no more lines than can be drawn over.
#include <QtTest>

#include "app/commands/output.h"

using namespace nova::commands;

class OutputTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void othersBytesGiveTheTerminalNoOrders() {
        const auto red = QStringLiteral("\x1b[31mred\x1b[0m\tä€😀");
        QCOMPARE(harmless(red), red);
        QCOMPARE(harmless(QStringLiteral("a\x1b]0;title\x07z")), QStringLiteral("a\ufffd]0;title\ufffdz"));
        QCOMPARE(harmless(QStringLiteral("\u009b2J\u202egpj.exe\r")), QStringLiteral("\ufffd2J\ufffdgpj.exe\ufffd"));
    }

    void aTableFitsANarrowTerminal() {
        Table table({QStringLiteral("GROUP"), QStringLiteral("STATUS"), QStringLiteral("LAG"), QStringLiteral("OWNER")},
                    {Table::Align::left, Table::Align::whole, Table::Align::right, Table::Align::left}, {3});
        table.add({QStringLiteral("a-group-with-quite-a-long-name"), QStringLiteral("no-commit"),
                   QStringLiteral("1 204"), QStringLiteral("somebody@10.0.0.1")});
        table.add({QStringLiteral("b"), QStringLiteral("ok"), QStringLiteral("–"), QStringLiteral("nobody")});
        const auto whole = table.lines(0);  // no terminal: nothing is left out
        QVERIFY(whole[1].contains(QLatin1String("a-group-with-quite-a-long-name")));
        QVERIFY(whole[1].endsWith(QLatin1String("somebody@10.0.0.1")));
        const auto cut = table.lines(60);  // long words first …
        QVERIFY(cut[1].startsWith(QStringLiteral("a-group-with-quite")) && cut[1].contains(QChar(u'…')));
        QVERIFY(cut[0].contains(QLatin1String("OWNER")) && cut[1].contains(QLatin1String("no-commit")));
        const auto narrow = table.lines(40);  // … then columns
        QVERIFY(!narrow[0].contains(QLatin1String("OWNER")) && narrow[1].endsWith(QLatin1String("1 204")));
        QVERIFY(table.lines(28)[1].contains(QLatin1String("no-commit  1 204")));
        for (const int width : {24, 28, 40, 60, 80}) {
            for (const auto& line : table.lines(width))
                QVERIFY2(visibleWidth(line) <= std::max(width, 24), qPrintable(line));
        }
    }

    void aLongListFitsTheTerminal() {
        const QStringList lines{QStringLiteral("1"), QStringLiteral("2"), QStringLiteral("3"), QStringLiteral("4")};
        QCOMPARE(fittedHeight(lines, 5), lines);
        QCOMPARE(fittedHeight(lines, 4),
                 (QStringList{QStringLiteral("1"), QStringLiteral("2"), QStringLiteral("… 2 more lines")}));
    }
};

QTEST_GUILESS_MAIN(OutputTest)
#include "tst_output.moc"
