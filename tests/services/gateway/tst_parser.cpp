// The executable language: what is read, and where and how it is refused.
#include <QtTest>

#include "gateway/graphql/parser.h"
#include "gateway/graphql/text.h"
#include "tests/services/gateway/support.h"

using namespace nova::graphql;
using nova::test::text;

namespace {

// A document written out again in one canonical form, so that whole documents compare as text.
std::string shown(const std::vector<ast::Directive>& directives);

std::string shown(const std::vector<ast::Argument>& arguments) {
    std::string out;
    for (const auto& argument : arguments)
        out += (out.empty() ? "" : " ") + argument.name + ":" + ast::print(argument.value);
    return out.empty() ? out : "(" + out + ")";
}

std::string shown(const std::vector<ast::Directive>& directives) {
    std::string out;
    for (const auto& directive : directives) out += " @" + directive.name + shown(directive.arguments);
    return out;
}

std::string shown(const std::vector<ast::Selection>& selections) {
    std::string out = "{";
    for (const auto& s : selections) {
        if (out.size() > 1) out += " ";
        switch (s.kind) {
            case ast::Selection::Kind::field:
                out += (s.alias.empty() ? "" : s.alias + ":") + s.name + shown(s.arguments);
                break;
            case ast::Selection::Kind::spread:
                out += "..." + s.name;
                break;
            case ast::Selection::Kind::inlineFragment:
                out += "..." + (s.name.empty() ? "" : "on " + s.name);
                break;
        }
        out += shown(s.directives);
        if (!s.selections.empty()) out += shown(s.selections);
    }
    return out + "}";
}

std::string shown(const ast::Document& document) {
    std::string out;
    for (const auto& o : document.operations) {
        out += std::string(ast::name(o.kind)) + " " + o.name;
        for (const auto& v : o.variables) {
            out += "$" + v.name + ":" + ast::print(v.type) + (v.defaultValue ? "=" + ast::print(*v.defaultValue) : "") +
                   shown(v.directives) + " ";
        }
        out += shown(o.directives) + shown(o.selections) + ";";
    }
    for (const auto& f : document.fragments)
        out += "fragment " + f.name + " on " + f.on + shown(f.directives) + shown(f.selections) + ";";
    return out;
}

}  // namespace

class ParserTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void reads_data();
    void reads();
    void refuses_data();
    void refuses();
    void readsStrings_data();
    void readsStrings();
    void readsBlockStrings();
    void tellsPositions();
    void countsColumnsInCodePoints();
    void parsesAgainWhatItPrinted();
};

void ParserTest::reads_data() {
    QTest::addColumn<QString>("source");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const char* source, const char* expected) {
        QTest::newRow(name) << QString::fromUtf8(source) << QString::fromUtf8(expected);
    };
    row("shorthand", "{a}", "query {a};");
    row("several fields", "{ a, b ,c }", "query {a b c};");
    row("named query", "query Q { a }", "query Q{a};");
    row("mutation", "mutation { a }", "mutation {a};");
    row("subscription", "subscription S { a }", "subscription S{a};");
    row("two operations", "query A {a} mutation B {b}", "query A{a};mutation B{b};");
    row("alias", "{ x: a }", "query {x:a};");
    row("nested", "{ a { b { c } } }", "query {a{b{c}}};");
    row("arguments", "{ a(x: 1, y: \"z\") }", "query {a(x:1 y:\"z\")};");
    row("all values",
        "{ a(i: -12, f: 1.5e-3, s: \"t\", t: true, n: null, e: RED, v: $v, l: [1 2, [3]], o: {a: 1 b: {c: []}}) }",
        "query {a(i:-12 f:1.5e-3 s:\"t\" t:true n:null e:RED v:$v l:[1, 2, [3]] o:{a: 1, b: {c: []}})};");
    row("zero", "{ a(x: 0, y: -0, z: 0.0) }", "query {a(x:0 y:-0 z:0.0)};");
    row("exponents", "{ a(x: 1e10, y: 1E+2) }", "query {a(x:1e10 y:1E+2)};");
    row("empty list and object", "{ a(x: [], y: {}) }", "query {a(x:[] y:{})};");
    row("variables", "query ($a: Int, $b: [ID!]! = [1], $c: T = {x: 1}) { a }",
        "query $a:Int $b:[ID!]!=[1] $c:T={x: 1} {a};");
    row("variable directive", "query ($a: Int @d(x: 1)) { a }", "query $a:Int @d(x:1) {a};");
    row("directives", "query @a { b @c @d(x: 1) ...F @e ... @f { g } }", "query  @a{b @c @d(x:1) ...F @e ... @f{g}};");
    row("inline fragment", "{ ... on T { a } ... { b } }", "query {...on T{a} ...{b}};");
    row("fragment", "{ ...F } fragment F on T @d { a }", "query {...F};fragment F on T @d{a};");
    row("fragment like on", "{ ...onward } fragment onward on T { a }", "query {...onward};fragment onward on T{a};");
    row("keywords as names", "query query { fragment: on mutation(type: true) null }",
        "query query{fragment:on mutation(type:true) null};");
    row("comments and commas", "#one\n{,,a#two\r\n,b}#three", "query {a b};");
    row("byte order mark", "\xEF\xBB\xBF{a}", "query {a};");
    row("deep type", "query ($a: [[[Int!]]!]) {a}", "query $a:[[[Int!]]!] {a};");
    row("spread without space", "{...F}fragment F on T{a}", "query {...F};fragment F on T{a};");
}

void ParserTest::reads() {
    QFETCH(QString, source);
    QFETCH(QString, expected);
    const auto document = parse(source.toStdString());
    QVERIFY2(document.has_value(), document ? "" : document.error().message.c_str());
    QCOMPARE(text(shown(document.value())), expected);
}

void ParserTest::refuses_data() {
    QTest::addColumn<QString>("source");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const char* source, const char* expected) {
        QTest::newRow(name) << QString::fromUtf8(source) << QString::fromUtf8(expected);
    };
    row("empty", "", "Syntax error: expected 'query', 'mutation', 'fragment' or '{', found the end. @1:1");
    row("only a comment", "# hi", "Syntax error: expected 'query', 'mutation', 'fragment' or '{', found the end. @1:5");
    row("unclosed set", "{ a", "Syntax error: expected a field, '...' or '}', found the end. @1:4");
    row("empty set", "{ }", "Syntax error: expected a field or '...', found '}'. @1:3");
    row("empty nested set", "{ a { } }", "Syntax error: expected a field or '...', found '}'. @1:7");
    row("stray brace", "{ a } }", "Syntax error: expected 'query', 'mutation', 'fragment' or the end, found '}'. @1:7");
    row("type definition", "type T { a: Int }",
        "Syntax error: expected 'query', 'mutation', 'fragment' or '{', found \"type\". @1:1");
    row("second line", "{\n  a(x: )\n}", "Syntax error: expected a value, found ')'. @2:8");
    row("no colon", "{ a(x 1) }", "Syntax error: expected ':', found \"1\". @1:7");
    row("no arguments", "{ a() }", "Syntax error: expected an argument, found ')'. @1:5");
    row("unclosed arguments", "{ a(x: 1 }", "Syntax error: expected an argument or ')', found '}'. @1:10");
    row("unclosed list", "{ a(x: [1 }", "Syntax error: expected a value, found '}'. @1:11");
    row("unclosed object", "{ a(x: {y: 1 ) }", "Syntax error: expected '}', found ')'. @1:14");
    row("alias without field", "{ a: }", "Syntax error: expected the name of a field, found '}'. @1:6");
    row("lone dots", "{ ... }", "Syntax error: expected the name of a fragment, 'on' or '{', found '}'. @1:7");
    row("fragment named on", "fragment on on T { a }",
        "Syntax error: expected the name of a fragment, found \"on\". @1:10");
    row("fragment without type", "fragment F { a }", "Syntax error: expected 'on', found '{'. @1:12");
    row("variable without type", "query ($a) { a }", "Syntax error: expected ':', found ')'. @1:10");
    row("no variables", "query () { a }", "Syntax error: expected a variable, found ')'. @1:8");
    row("variable default of a variable", "query ($a: Int = $b) { a }",
        "Syntax error: a variable where only constants are allowed. @1:19");
    row("unclosed type", "query ($a: [Int) { a }", "Syntax error: expected ']', found ')'. @1:16");
    row("unclosed string", "{ a(x: \"abc) }", "Syntax error: expected the end of a string (\"), found the end. @1:15");
    row("string over a line", "{ a(x: \"abc\n\") }",
        "Syntax error: expected the end of a string (\"), found the end of the line. @1:12");
    row("unclosed block string", "{ a(x: \"\"\"abc\") }",
        "Syntax error: expected the end of a block string (\"\"\"), found the end. @1:18");
    row("unknown escape", "{ a(x: \"a\\qb\") }", "Syntax error: an invalid escape in a string. @1:8");
    row("lone surrogate", "{ a(x: \"\\uD83D\") }", "Syntax error: an invalid escape in a string. @1:8");
    row("leading zero", "{ a(x: 01) }", "Syntax error: expected the end of a number, found \"1\". @1:9");
    row("number glued to name", "{ a(x: 1x) }", "Syntax error: expected the end of a number, found \"x\". @1:9");
    row("number without digits", "{ a(x: -) }", "Syntax error: expected a digit, found ')'. @1:9");
    row("fraction without digits", "{ a(x: 1.) }", "Syntax error: expected a digit, found ')'. @1:10");
    row("two dots", "{ a(x: 1.2.3) }", "Syntax error: expected the end of a number, found '.'. @1:11");
    row("strange character", "{ a ? }", "Syntax error: expected a field, '...' or '}', found '?'. @1:5");
    row("strange letter", "{ ä }", "Syntax error: expected a field or '...', found 'ä'. @1:3");
    row("control character", "{ \x01 }", "Syntax error: expected a field or '...', found a control character. @1:3");
    row("directive without name", "{ a @ }", "Syntax error: expected the name of a directive, found '}'. @1:7");
    row("dollar without name", "{ a(x: $) }", "Syntax error: expected the name of a variable, found ')'. @1:9");
}

void ParserTest::refuses() {
    QFETCH(QString, source);
    QFETCH(QString, expected);
    const auto document = parse(source.toStdString());
    QVERIFY(!document.has_value());
    QCOMPARE(text(nova::test::shown({document.error()}).front()), expected);
}

void ParserTest::readsStrings_data() {
    QTest::addColumn<QString>("raw");
    QTest::addColumn<bool>("valid");
    QTest::addColumn<QString>("expected");
    const auto good = [](const char* raw, const char* expected) {
        QTest::newRow(raw) << QString::fromUtf8(raw) << true << QString::fromUtf8(expected);
    };
    const auto bad = [](const char* raw) { QTest::newRow(raw) << QString::fromUtf8(raw) << false << QString(); };
    good("plain", "plain");
    good(R"(\"\\\/\b\f\n\r\t)", "\"\\/\b\f\n\r\t");
    good(R"(\u00e9)", "é");
    good(R"(\u{1F600}!)", "😀!");
    good(R"(\uD83D\uDE00)", "😀");
    good(R"(\u4e2d\u6587)", "中文");
    good("日本", "日本");
    bad(R"(\)");
    bad(R"(\x)");
    bad(R"(\u12)");
    bad(R"(\u12g4)");
    bad(R"(\u{110000})");
    bad(R"(\u{})");
    bad(R"(\u{12)");
    bad(R"(\uDE00)");
    bad(R"(\uD83Dx)");
    bad(R"(\uD83D\u0041)");
    bad(R"(\u{D83D})");
}

void ParserTest::readsStrings() {
    QFETCH(QString, raw);
    QFETCH(bool, valid);
    QFETCH(QString, expected);
    const auto read = unescape(raw.toStdString());
    QCOMPARE(read.has_value(), valid);
    if (valid) QCOMPARE(text(*read), expected);
}

void ParserTest::readsBlockStrings() {
    QCOMPARE(text(blockText("")), QString());
    QCOMPARE(text(blockText("one")), QStringLiteral("one"));
    QCOMPARE(text(blockText("\n    Hello,\n      World!\n\n    Yours,\n      GraphQL.\n  ")),
             QStringLiteral("Hello,\n  World!\n\nYours,\n  GraphQL."));
    QCOMPARE(text(blockText("  first\n    second\n   third")), QStringLiteral("  first\n second\nthird"));
    QCOMPARE(text(blockText("a\r\n  b\r  c")), QStringLiteral("a\nb\nc"));
    QCOMPARE(text(blockText("say \\\"\"\" and \\n")), QStringLiteral("say \"\"\" and \\n"));

    const auto document = parse("{ a(x: \"\"\"\n   in \\\"\"\" it\n   \"\"\") }");
    QVERIFY(document.has_value());
    QCOMPARE(text(document.value().operations[0].selections[0].arguments[0].value.text),
             QStringLiteral("in \"\"\" it"));
}

void ParserTest::tellsPositions() {
    const std::string source =
        "query ($v: Int) {\n  a\n  b: c(x: $v) @skip(if: true)\n\r\n  ...F\n}\nfragment F on T { d }";
    const auto document = parse(source);
    QVERIFY(document.has_value());
    const auto at = [&](ast::Offset offset) { return locate(source, offset); };
    const auto& operation = document.value().operations[0];
    QCOMPARE(at(operation.at), (Location{1, 1}));
    QCOMPARE(at(operation.variables[0].at), (Location{1, 8}));
    QCOMPARE(at(operation.variables[0].type.at), (Location{1, 12}));
    QCOMPARE(at(operation.selections[0].at), (Location{2, 3}));
    QCOMPARE(at(operation.selections[1].at), (Location{3, 3}));
    QCOMPARE(at(operation.selections[1].arguments[0].at), (Location{3, 8}));
    QCOMPARE(at(operation.selections[1].arguments[0].value.at), (Location{3, 11}));
    QCOMPARE(at(operation.selections[1].directives[0].at), (Location{3, 15}));
    QCOMPARE(at(operation.selections[2].at), (Location{5, 3}));
    QCOMPARE(at(document.value().fragments[0].at), (Location{7, 10}));
    QCOMPARE(at(document.value().fragments[0].onAt), (Location{7, 15}));
}

void ParserTest::countsColumnsInCodePoints() {
    const auto document = parse("{ a(x: \"日本😀\" ?) }");
    QVERIFY(!document.has_value());
    QCOMPARE(document.error().locations.front(), (Location{1, 14}));
}

void ParserTest::parsesAgainWhatItPrinted() {
    const std::string literal = R"([1, -2.5, "a\"b\\\n\u0007é😀", true, null, RED, {deep: [[], {}]}])";
    const auto first = parse("{ a(x: " + literal + ") }");
    QVERIFY(first.has_value());
    const std::string printed = ast::print(first.value().operations[0].selections[0].arguments[0].value);
    const auto second = parse("{ a(x: " + printed + ") }");
    QVERIFY(second.has_value());
    QCOMPARE(text(ast::print(second.value().operations[0].selections[0].arguments[0].value)), text(printed));
    QVERIFY(printed.find("😀") != std::string::npos);
}

QTEST_GUILESS_MAIN(ParserTest)
#include "tst_parser.moc"
