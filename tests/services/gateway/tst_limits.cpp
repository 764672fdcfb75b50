// What a hostile document costs: every bomb is refused in a sentence, and at once.
#include <QElapsedTimer>
#include <QtTest>

#include "gateway/graphql/analyse.h"
#include "gateway/graphql/json.h"
#include "tests/services/gateway/support.h"
#include "tests/support/slowness.h"

using namespace nova::graphql;
using nova::test::text;

namespace {

std::string times(int count, const std::string& what) {
    std::string out;
    out.reserve(what.size() * static_cast<std::size_t>(count));
    for (int i = 0; i < count; ++i) out += what;
    return out;
}

std::string firstError(const std::string& source) {
    const auto errors = nova::test::validated(source);
    return errors.empty() ? "no error" : errors.front().message;
}

// Each fragment spreads the next one twice: 2^n fields when expanded.
std::string fragmentBomb(int fragments) {
    std::string source = "{ book(id: 1) { ...F0 } }";
    for (int i = 0; i < fragments; ++i) {
        const std::string next = i + 1 < fragments ? " a" + std::to_string(i) + ": author { books { ...F" +
                                                         std::to_string(i + 1) + " } } b" + std::to_string(i) +
                                                         ": author { books { ...F" + std::to_string(i + 1) + " } }"
                                                   : " id";
        source += " fragment F" + std::to_string(i) + " on Book {" + next + " }";
    }
    return source;
}

std::string flatBomb(int fragments) {
    std::string source = "{ book(id: 1) { ...F0 } }";
    for (int i = 0; i < fragments; ++i) {
        const std::string name = "F" + std::to_string(i + 1);
        source += " fragment F" + std::to_string(i) + " on Book { " +
                  (i + 1 < fragments ? "..." + name + " ..." + name : "id") + " }";
    }
    return source;
}

}  // namespace

class LimitsTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void refusesBombsAtOnce_data();
    void refusesBombsAtOnce();
    void allowsWhatStandsAtTheLimit();
    void countsTokens();
    void measuresFragmentsOnce();
    void countsObjects();
    void doesNotCountAliasesOfIntrospection();
    void boundsJson();
};

void LimitsTest::refusesBombsAtOnce_data() {
    QTest::addColumn<QString>("source");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const std::string& source, const char* expected) {
        QTest::newRow(name) << text(source) << QString::fromUtf8(expected);
    };
    const char* nested = "Syntax error: nested more than 32 deep.";
    const char* tokens = "Syntax error: more than 2000 tokens.";
    row("braces", times(100'000, "{"), "Syntax error: expected a field or '...', found '{'.");
    row("selections", times(50'000, "{a"), nested);
    row("lists", "{ a(x: " + times(100'000, "["), nested);
    row("objects", "{ a(x: " + times(30'000, "{a:"), nested);
    row("types", "query ($a: " + times(100'000, "["), nested);
    row("mixed", "{ a(x: " + times(30'000, "[{a:"), nested);
    row("many fields", "{" + times(60'000, " a") + "}", tokens);
    row("many items", "{ a(x: [" + times(60'000, "1 ") + "]) }", tokens);
    row("many fragments", "{ a }" + times(5'000, " fragment F on T { a }"), tokens);
    row("many operations", times(40'000, "{a}"), tokens);
    row("directives", "{ book(id: 1) { id" + times(11, " @skip(if: true)") + " } }",
        "Syntax error: more than 10 directives in one place.");
    row("fragment bomb", fragmentBomb(60), "The query is too deep: at most 15 allowed.");
    row("fragment bomb within the depth", fragmentBomb(6), "The query has too many aliases: at most 15 allowed.");
    row("flat fragment bomb", flatBomb(120), "The query has too many fields: at most 1000 allowed.");
    row("depth", "{ author(name: \"x\") {" + times(14, " rival {") + " id" + times(16, " }"),
        "The query is too deep: at most 15 allowed.");
    std::string aliases = "{";
    for (int i = 0; i < 16; ++i) aliases += " a" + std::to_string(i) + ": sum(a: 1)";
    row("aliases", aliases + " }", "The query has too many aliases: at most 15 allowed.");
    row("aliases through fragments",
        "{ a: book(id: 1) { ...F } b: book(id: 2) { ...F } } fragment F on Book { x1: id x2: id x3: id x4: id x5: id "
        "x6: id x7: id }",
        "The query has too many aliases: at most 15 allowed.");
    row("long name", "{" + times(120'000, "a") + "}", "There is no field \"");
    row("long string", "{ sum(a: \"" + times(120'000, "x") + "\") }", "Expected a value of type Int!, found \"xxx");
    row("long comment", "{ a #" + times(120'000, "{"), "Syntax error: expected a field, '...' or '}', found the end.");
    row("unclosed block string", "{ a(x: \"\"\"" + times(120'000, "\\\""),
        "Syntax error: expected the end of a block string");
}

void LimitsTest::refusesBombsAtOnce() {
    QFETCH(QString, source);
    QFETCH(QString, expected);
    const std::string utf8 = source.toStdString();
    QElapsedTimer timer;
    timer.start();
    const QString found = text(firstError(utf8));
    const auto took = timer.elapsed();
    QVERIFY2(found.startsWith(expected), qPrintable(found.left(200)));
    QVERIFY(found.size() < 400);  // what is refused is not sent back whole
    QVERIFY2(took < 50 * nova::test::slowness(), qPrintable(QStringLiteral("%1 ms").arg(took)));
}

void LimitsTest::allowsWhatStandsAtTheLimit() {
    QCOMPARE(text(firstError("{ author(name: \"x\") {" + times(13, " rival {") + " id" + times(15, " }"))),
             QStringLiteral("no error"));
    std::string aliases = "{";
    for (int i = 0; i < 15; ++i) aliases += " a" + std::to_string(i) + ": sum(a: 1)";
    QCOMPARE(text(firstError(aliases + " }")), QStringLiteral("no error"));
    const auto document = parse("{ a(x: " + times(30, "[") + times(30, "]") + ") }");
    QVERIFY(document.has_value());
    QVERIFY(!parse("{ a(x: " + times(31, "[") + times(31, "]") + ") }").has_value());
}

void LimitsTest::countsTokens() {
    QVERIFY(parse("{" + times(1'998, " a") + " }").has_value());
    QVERIFY(!parse("{" + times(1'999, " a") + " }").has_value());
    QVERIFY(parse("{ a # " + times(5'000, "b ") + "\n }").has_value());  // comments are no tokens
}

void LimitsTest::measuresFragmentsOnce() {
    const auto document = parse("{ book(id: 1) { ...F ...F } } fragment F on Book { x: id author { name } }");
    const auto measured = measure(*nova::test::library(), document.value(), document.value().operations[0], {});
    QCOMPARE(measured.depth, 3);
    QCOMPARE(measured.fields, 7);
    QCOMPARE(measured.aliases, 2);
    QCOMPARE(measured.cost, 3);  // a book and, as often as it is asked for, its author
}

void LimitsTest::countsObjects() {
    const auto cost = [](const std::string& source, const Variables& variables = {}) {
        const auto document = parse(source);
        return measure(*nova::test::library(), document.value(), document.value().operations[0], {}, &variables).cost;
    };
    QCOMPARE(cost("{ sum(a: 1) truth(of: true) }"), 0);
    QCOMPARE(cost("{ books { id } }"), 1);
    QCOMPARE(cost("{ books { author { id } } }"), 1 + 2);  // the default of `first`
    QCOMPARE(cost("{ books(first: 50) { author { books { id } } } }"), 1 + 50 * 2);
    QCOMPARE(cost("{ books(first: 5000) { author { id } } }"), 1 + 100);
    QCOMPARE(cost("{ books(first: -3) { author { id } } }"), 1 + 1);
    QCOMPARE(cost("query ($n: Int) { books(first: $n) { author { id } } }", {{"n", Value(30)}}), 1 + 30);
    QCOMPARE(cost("query ($n: Int) { books(first: $n) { author { id } } }"), 1 + 2);
    QCOMPARE(cost("{ __schema { types { fields { type { name } } } } }"), 0);
    const auto error = exceeded({1, 1, 0, 1001}, {}, true);
    QVERIFY(error.has_value());
    QCOMPARE(text(error->message), QStringLiteral("The query asks for too many objects: at most 1000 allowed."));
    QVERIFY(!exceeded({1, 1, 0, 1001}, {}, false).has_value());
    QVERIFY(!exceeded({15, 1000, 15, 1000}, {}, true).has_value());
}

void LimitsTest::doesNotCountAliasesOfIntrospection() {
    std::string source = "{ s: __schema { types {";
    for (int i = 0; i < 40; ++i) source += " a" + std::to_string(i) + ": name";
    QCOMPARE(text(firstError(source + " } } }")), QStringLiteral("no error"));
}

void LimitsTest::boundsJson() {
    QVERIFY(readJson(times(32, "[") + times(32, "]"), 32).has_value());
    const auto deep = readJson(times(100'000, "["), 32);
    QVERIFY(!deep.has_value());
    QCOMPARE(text(deep.error().message), QStringLiteral("JSON nested more than 32 deep."));
    QVERIFY(!readJson("\"\xFF\"", 32).has_value());
    QVERIFY(!readJson("\"\\ud83d\"", 32).has_value());
    QVERIFY(!readJson("{\"a\":1,}", 32).has_value());
    QVERIFY(!readJson("1 2", 32).has_value());
    QVERIFY(!readJson("", 32).has_value());
    const auto good =
        readJson(R"({"a":[1,-2.5,true,null,"é\n😀"],"big":9223372036854775807,"bigger":9223372036854775808})", 32);
    QVERIFY(good.has_value());
    std::string out;
    writeJson(out, good.value());
    QCOMPARE(
        text(out),
        QStringLiteral(R"({"a":[1,-2.5,true,null,"é\n😀"],"big":9223372036854775807,"bigger":9.223372036854776e+18})"));
}

QTEST_GUILESS_MAIN(LimitsTest)
#include "tst_limits.moc"
