// The log of each process: levels, the bounded ring, batches, files.
#include <QSignalSpy>
#include <QTemporaryDir>
#include <QtTest>

#include "app/engine/stack/log_book.h"
#include "tests/support/strict_log.h"

using namespace nova::stack;

class TestStackLog : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() { nova::test::failOnLoggedErrors(); }
    void levels_data();
    void levels();
    void keepsTheNewest();
    void cutsLongLines();
    void tellsInBatches();
    void writesAFileEach();
    void findsTheLastWords();

private:
    QTemporaryDir m_folder;
    const QString m_part = QStringLiteral("feed-service/0");
};

void TestStackLog::levels_data() {
    QTest::addColumn<QString>("line");
    QTest::addColumn<QChar>("level");
    const auto row = [](const char* name, const char* line, char level) {
        QTest::newRow(name) << QString::fromUtf8(line) << QChar(QLatin1Char(level));
    };
    row("ours", "2026-11-23T01:02:03.123Z W kafka  no broker", 'W');
    row("ours, error", "2026-11-23T01:02:03.123Z E main  FATAL: not this word", 'E');
    row("postgres", "2026-11-23 01:02:03.123 UTC [7] FATAL:  the database system is starting up", 'E');
    row("postgres log", "2026-11-23 01:02:03.123 UTC [7] LOG:  ready", 'I');
    row("redis", "7:M 23 Nov 2026 01:02:03.123 * Ready to accept connections", 'I');
    row("redis warning", "7:M 23 Nov 2026 01:02:03.123 # WARNING Memory overcommit", 'W');
    row("anything", "\tat kafka.Kafka.main(Kafka.scala)", ' ');
    row("empty", "", ' ');
}

void TestStackLog::levels() {
    QFETCH(QString, line);
    QFETCH(QChar, level);
    QCOMPARE(levelOf(line), level);
}

void TestStackLog::keepsTheNewest() {
    LogBook book(m_folder.path());
    for (int i = 0; i < LogBook::ringSize + 500; ++i) book.add(m_part, QByteArray::number(i));
    const auto all = book.lines(m_part, 1'000'000);
    QCOMPARE(all.size(), LogBook::ringSize);
    QCOMPARE(all.first().text, QStringLiteral("500"));
    QCOMPARE(all.last().text, QString::number(LogBook::ringSize + 499));
    const auto few = book.lines(m_part, 2);
    QCOMPARE(few.size(), 2);
    QCOMPARE(few.first().text, QString::number(LogBook::ringSize + 498));
    QVERIFY(book.lines(QStringLiteral("nobody/0"), 10).isEmpty());
}

void TestStackLog::cutsLongLines() {
    LogBook book(m_folder.path());
    book.add(m_part, QByteArray(100'000, 'x'));
    book.add(m_part, "\xff\xfe broken utf-8");
    const auto lines = book.lines(m_part, 2);
    QCOMPARE(lines.first().text.size(), LogBook::longestLine);
    QVERIFY(lines.last().text.endsWith(QStringLiteral("broken utf-8")));
}

void TestStackLog::tellsInBatches() {
    LogBook book(m_folder.path());
    QSignalSpy logged(&book, &LogBook::logged);
    for (int i = 0; i < 100; ++i) book.add(m_part, "line");
    QVERIFY(logged.wait());
    QCOMPARE(logged.count(), 1);
    QCOMPARE(logged.first().first().value<QVector<LogLine>>().size(), 100);
    QCOMPARE(logged.first().first().value<QVector<LogLine>>().first().part, m_part);
}

void TestStackLog::writesAFileEach() {
    QTemporaryDir folder;
    {
        LogBook book(folder.path());
        book.add(m_part, "from it");
        book.note(m_part, QLatin1Char('I'), QStringLiteral("from us"));
    }
    QFile file(folder.filePath(QStringLiteral("feed-service-0.log")));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const auto lines = file.readAll().split('\n');
    QCOMPARE(lines.at(0), QByteArray("from it"));
    QVERIFY(lines.at(1).endsWith("I supervisor  from us"));
}

void TestStackLog::findsTheLastWords() {
    LogBook book(m_folder.path());
    book.add(m_part, "usage: this");
    book.note(m_part, QLatin1Char('E'), QStringLiteral("exited with 2"));
    QCOMPARE(book.lastWords(m_part, 0), QStringLiteral("usage: this"));
    book.add(m_part, "2026-11-23T01:02:03.123Z W main  zeroth");
    QVERIFY(book.lastWords(m_part, 0).endsWith(QStringLiteral("zeroth")));
    book.add(m_part, "2026-11-23T01:02:03.123Z E main  first");
    book.add(m_part, "2026-11-23T01:02:03.123Z E main  second");
    book.add(m_part, "2026-11-23T01:02:03.123Z W main  third");
    book.add(m_part, "2026-11-23T01:02:03.123Z I main  fourth");
    QVERIFY(book.lastWords(m_part, 0).endsWith(QStringLiteral("second")));
    QVERIFY(book.lastWords(m_part, QDateTime::currentMSecsSinceEpoch() + 1'000).isEmpty());
}

QTEST_GUILESS_MAIN(TestStackLog)
#include "tst_stack_log.moc"
