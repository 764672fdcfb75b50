// What a wrong --filter looks like in a terminal, and that it costs nothing: no cluster is asked before it is right.
#include <QtTest>

#include "app/commands/filter_option.h"
#include "app/commands/traffic.h"

using namespace nova;
using namespace nova::commands;
using namespace Qt::StringLiterals;

namespace {

QStringList underlinedAs(const QString& text, int width = 80) {
    const auto compiled = engine::Filter::compile(text);
    return underlined(text, std::get<engine::FilterError>(compiled), width);
}

}  // namespace

class FilterOptionTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void caretsStandBelowTheFault() {
        QCOMPARE(underlinedAs(u"a tpye:x b"_s), (QStringList{u"a tpye:x b"_s, u"  ^^^^"_s}));
        QCOMPARE(underlinedAs(u"a and"_s), (QStringList{u"a and"_s, u"     ^"_s}));
        QCOMPARE(underlinedAs(u"a\ttpye:x\nb"_s), (QStringList{u"a tpye:x b"_s, u"  ^^^^"_s}));
        QCOMPARE(underlinedAs(u"中文 tpye:x"_s), (QStringList{u"中文 tpye:x"_s, u"     ^^^^"_s}));  // two columns each
    }

    void ofALongLineThePartAroundTheFaultIsShown() {
        const auto lines = underlinedAs(QString(500, u'a') + u" tpye:x "_s + QString(500, u'b'), 60);
        QCOMPARE(lines[0].size(), 60);
        QCOMPARE(lines[0].mid(lines[1].indexOf(u'^'), 4), u"tpye"_s);
        QCOMPARE(lines[1].count(u'^'), 4);
    }

    void aWrongFilterIsWrongUsage() {
        setlocale(LC_ALL, "C.UTF-8");
        const Arguments wrong{"traffic", {"--filter", "type:", "--run", "/nowhere/run.json"}};
        QCOMPARE(runTraffic(wrong), exitCode::wrongUsage);
        const Arguments right{"traffic", {"--filter", "type:x", "--run", "/nowhere/run.json"}};
        QCOMPARE(runTraffic(right), exitCode::cannotConnect);
        QCOMPARE(runTraffic({"traffic", {"--help-filter"}}), exitCode::done);
    }

    void theHelpNamesAllThatThereIs() {
        QFile page(QStringLiteral(NOVA_SOURCE_DIR "/resources/help/filter.md"));
        QVERIFY(page.open(QIODevice::ReadOnly));
        const auto text = QString::fromUtf8(page.readAll());
        for (const auto& field :
             u"topic partition offset key type event trace user version size latency time source header.NAME "
             "payload.PATH is duplicate stale dlq undecodable tombstone replayed"_s.split(u' '))
            QVERIFY2(text.contains(u'`' + field + u'`'), qPrintable(field));
        // Its examples are filters.
        int examples = 0;
        for (const auto& line : text.split(u'\n')) {
            if (!line.startsWith(u"    ")) continue;
            ++examples;
            QVERIFY2(std::holds_alternative<engine::Filter>(engine::Filter::compile(line)), qPrintable(line));
        }
        QCOMPARE(examples, 3);
    }
};

QTEST_GUILESS_MAIN(FilterOptionTest)
#include "tst_filter_option.moc"
