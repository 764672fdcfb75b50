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

    void aLongListFitsTheTerminal() {
        const QStringList lines{QStringLiteral("1"), QStringLiteral("2"), QStringLiteral("3"), QStringLiteral("4")};
        QCOMPARE(fittedHeight(lines, 5), lines);
        QCOMPARE(fittedHeight(lines, 4),
                 (QStringList{QStringLiteral("1"), QStringLiteral("2"), QStringLiteral("… 2 more lines")}));
    }
};

QTEST_GUILESS_MAIN(OutputTest)
#include "tst_output.moc"
