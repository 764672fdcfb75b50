// Every rule that a client relies on: what passes, and what is said of what does not.
#include <QtTest>

#include "tests/services/gateway/support.h"

using namespace nova::graphql;
using nova::test::text;

class ValidationTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void accepts_data();
    void accepts();
    void refuses_data();
    void refuses();
    void stopsAtTheLimitOfErrors();
    void tellsBothPlacesOfAConflict();
};

void ValidationTest::accepts_data() {
    QTest::addColumn<QString>("source");
    const auto row = [](const char* name, const char* source) { QTest::newRow(name) << QString::fromUtf8(source); };
    row("plain", "{ book(id: 1) { id title } }");
    row("typename everywhere", "{ __typename book(id: \"x\") { __typename author { __typename } } }");
    row("introspection", "{ __schema { types { name } } __type(name: \"Book\") { kind } }");
    row("optional argument left out", "{ books { id } sum(a: 1) }");
    row("null for a nullable", "{ books(first: null, tags: null) { id } }");
    row("one item for a list", "{ books(tags: \"one\") { id } }");
    row("enum", "{ books(genre: POEM) { genre } }");
    row("any scalar", "{ books(any: 5) { id } b: books(any: \"x\") { id } }");
    row("fragments",
        "{ book(id: 1) { ...F ... on Book { title } ... { pages } } } fragment F on Book { id author { ...G } } "
        "fragment G on Author { name }");
    row("same field twice", "{ book(id: 1) { title title t: title } }");
    row("same field merged below", "{ book(id: 1) { author { id } author { name } } }");
    row("same arguments in another order", "{ sum(a: 1, b: 2) sum(b: 2, a: 1) }");
    row("variables", "query ($id: ID!, $n: Int) { book(id: $id) { id } books(first: $n) { id } }");
    row("non-null variable for a nullable", "query ($n: Int!) { books(first: $n) { id } }");
    row("default makes it non-null", "query ($a: Int = 1) { sum(a: $a) }");
    row("nullable where the place has a default", "query ($b: Int) { sum(a: 1, b: $b) }");
    row("variable in a list", "query ($t: String!) { books(tags: [$t, \"x\"]) { id } }");
    row("variable used in a fragment",
        "query ($b: Boolean!) { ...F } fragment F on Query { books { id @skip(if: $b) } }");
    row("skip and include", "{ book(id: 1) @include(if: true) { id @skip(if: false) @include(if: true) } }");
    row("mutation", "mutation { add(title: \"t\") { id } }");
    row("two operations", "query A { sum(a: 1) } query B { sum(a: 2) }");
}

void ValidationTest::accepts() {
    QFETCH(QString, source);
    const auto errors = nova::test::validated(source.toStdString());
    QVERIFY2(errors.empty(), errors.empty() ? "" : errors.front().message.c_str());
}

void ValidationTest::refuses_data() {
    QTest::addColumn<QString>("source");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const char* source, const char* expected) {
        QTest::newRow(name) << QString::fromUtf8(source) << QString::fromUtf8(expected);
    };
    row("unknown field", "{ book(id: 1) { titel } }",
        "There is no field \"titel\" on type Book. Did you mean \"title\"? @1:17");
    row("unknown field, nothing near", "{ zzzzzz }", "There is no field \"zzzzzz\" on type Query. @1:3");
    row("schema below the root", "{ book(id: 1) { __schema { types { name } } } }",
        "There is no field \"__schema\" on type Book. @1:17");
    row("unknown argument", "{ book(id: 1, idd: 2) { id } }",
        "There is no argument \"idd\" on field \"book\". Did you mean \"id\"? @1:15");
    row("missing argument", "{ book { id } }", "Argument \"id\" of type ID! is required on field \"book\". @1:3");
    row("argument twice", "{ sum(a: 1, a: 2) }", "Argument \"a\" is given more than once. @1:13");
    row("null for non-null", "{ sum(a: null) }", "Expected a value of type Int!, found null. @1:10");
    row("wrong scalar", "{ sum(a: \"1\") }", "Expected a value of type Int!, found \"1\". @1:10");
    row("too large for Int", "{ sum(a: 2147483648) }", "Expected a value of type Int!, found 2147483648. @1:10");
    row("float for Int", "{ sum(a: 1.5) }", "Expected a value of type Int!, found 1.5. @1:10");
    row("text for Boolean", "{ truth(of: \"true\") }", "Expected a value of type Boolean!, found \"true\". @1:13");
    row("unknown enum value", "{ books(genre: EPIC) { id } }", "EPIC is not a value of the enum Genre. @1:16");
    row("text for an enum", "{ books(genre: \"POEM\") { id } }",
        "Expected a value of type Genre, found \"POEM\". @1:16");
    row("wrong item of a list", "{ books(tags: [\"a\", 2]) { id } }",
        "Expected a value of type String!, found 2. @1:21");
    row("object for a scalar", "{ sum(a: {x: 1}) }", "Expected a value of type Int!, found {x: 1}. @1:10");
    row("leaf with selection", "{ sum(a: 1) { x } }",
        "Field \"sum\" of type Int! has no fields of its own to select. @1:3");
    row("object without selection", "{ books }",
        "Field \"books\" of type [Book!]! needs a selection of fields: \"books { … }\". @1:3");
    row("unknown fragment", "{ ...F }", "There is no fragment \"F\". @1:3");
    row("unused fragment", "{ sum(a: 1) } fragment F on Book { id }", "Fragment \"F\" is never used. @1:24");
    row("fragment on unknown type", "{ ...F } fragment F on Bok { id }",
        "There is no type \"Bok\". Did you mean \"Book\"? @1:24");
    row("fragment on a scalar", "{ ...F } fragment F on Genre { id }",
        "Fragment \"F\" is on Genre and can never apply to Query. @1:3|A fragment cannot be on Genre: it has no "
        "fields. @1:24");
    row("impossible spread", "{ ...F } fragment F on Book { id }",
        "Fragment \"F\" is on Book and can never apply to Query. @1:3");
    row("impossible inline fragment", "{ ... on Book { id } }", "A fragment on Book can never apply to Query. @1:3");
    row("fragment cycle",
        "{ book(id: 1) { ...A } } fragment A on Book { author { books { ...B } } } fragment B on Book { ...A }",
        "Fragment \"A\" contains itself. @1:96");
    row("fragment within itself", "{ book(id: 1) { ...A } } fragment A on Book { ...A }",
        "Fragment \"A\" contains itself. @1:47");
    row("two fragments of a name", "{ book(id: 1) { ...F } } fragment F on Book { id } fragment F on Book { id }",
        "There is more than one fragment named \"F\". @1:61");
    row("two operations of a name", "query A { sum(a: 1) } query A { sum(a: 1) }",
        "There is more than one operation named \"A\". @1:23");
    row("anonymous among others", "{ sum(a: 1) } query A { sum(a: 1) }",
        "An operation without a name must be the only one. @1:1");
    row("no operation", "fragment F on Book { id }",
        "The document has no operation. @1:1|Fragment \"F\" is never used. @1:10");
    row("subscription", "subscription { book { id } }", "The schema has no subscriptions. @1:1");
    row("undefined variable", "{ sum(a: $a) }", "Variable \"$a\" is not defined. @1:10");
    row("undefined variable in a fragment", "{ ...F } fragment F on Query { sum(a: $a) }",
        "Variable \"$a\" is not defined. @1:39");
    row("unused variable", "query ($a: Int) { sum(a: 1) }", "Variable \"$a\" is never used. @1:8");
    row("variable twice", "query ($a: Int!, $a: Int!) { sum(a: $a) }",
        "There is more than one variable named \"$a\". @1:18");
    row("variable of unknown type", "query ($a: Itn) { sum(a: $a) }", "There is no type \"Itn\". @1:12");
    row("variable of an output type", "query ($a: Book) { sum(a: 1, b: $a) }",
        "Variable \"$a\" cannot be of type Book: it is not an input type. @1:12|Variable \"$a\" of type Book cannot be "
        "used where Int! is expected. @1:8,1:33");
    row("nullable variable for non-null", "query ($a: Int) { sum(a: $a) }",
        "Variable \"$a\" of type Int cannot be used where Int! is expected. @1:8,1:26");
    row("null default does not help", "query ($a: Int = null) { sum(a: $a) }",
        "Variable \"$a\" of type Int cannot be used where Int! is expected. @1:8,1:33");
    row("variable of another type", "query ($a: String!) { sum(a: $a) }",
        "Variable \"$a\" of type String! cannot be used where Int! is expected. @1:8,1:30");
    row("list variable for a single", "query ($a: [Int!]!) { sum(a: $a) }",
        "Variable \"$a\" of type [Int!]! cannot be used where Int! is expected. @1:8,1:30");
    row("nullable items for non-null ones", "query ($t: [String]) { books(tags: $t) { id } }",
        "Variable \"$t\" of type [String] cannot be used where [String!] is expected. @1:8,1:36");
    row("nullable variable in a list", "query ($t: String) { books(tags: [$t]) { id } }",
        "Variable \"$t\" of type String cannot be used where String! is expected. @1:8,1:35");
    row("wrong default", "query ($a: Int = \"x\") { sum(a: 1, b: $a) }",
        "Expected a value of type Int, found \"x\". @1:18");
    row("unknown directive", "{ sum(a: 1) @skp(if: true) }",
        "There is no directive \"@skp\". Did you mean \"skip\"? @1:13");
    row("misplaced directive", "query @skip(if: true) { sum(a: 1) }",
        "Directive \"@skip\" cannot be used on QUERY. @1:7");
    row("schema directive in a query", "{ sum(a: 1) @deprecated }",
        "Directive \"@deprecated\" cannot be used on FIELD. @1:13");
    row("directive twice", "{ sum(a: 1) @skip(if: true) @skip(if: false) }",
        "Directive \"@skip\" can be used only once in one place. @1:29");
    row("directive without its argument", "{ sum(a: 1) @skip }",
        "Argument \"if\" of type Boolean! is required on directive \"@skip\". @1:13");
    row("conflict of fields", "{ book(id: 1) { x: title x: pages } }",
        "Fields \"x\" conflict: they are different fields. Give them aliases. @1:17,1:26");
    row("conflict of arguments", "{ sum(a: 1) sum(a: 2) }",
        "Fields \"sum\" conflict: their arguments differ. Give them aliases. @1:3,1:13");
    row("conflict below", "{ book(id: 1) { author { x: id } author { x: name } } }",
        "Fields \"x\" conflict: they are different fields. Give them aliases. @1:26,1:43");
    row("conflict through a fragment", "{ book(id: 1) { x: title ...F } } fragment F on Book { x: id }",
        "Fields \"x\" conflict: they are different fields. Give them aliases. @1:17,1:56");
}

void ValidationTest::refuses() {
    QFETCH(QString, source);
    QFETCH(QString, expected);
    QStringList found;
    for (const auto& line : nova::test::shown(nova::test::validated(source.toStdString()))) found << text(line);
    QCOMPARE(found.join(QLatin1Char('|')), expected);
}

void ValidationTest::stopsAtTheLimitOfErrors() {
    std::string source = "{";
    for (int i = 0; i < 100; ++i) source += " wrong" + std::to_string(i);
    QCOMPARE(nova::test::validated(source + " }").size(), std::size_t{20});
}

void ValidationTest::tellsBothPlacesOfAConflict() {
    const auto errors = nova::test::validated("{\n  sum(a: 1)\n  sum(a: 2)\n}");
    QCOMPARE(errors.size(), std::size_t{1});
    QCOMPARE(errors[0].locations, (std::vector<Location>{{2, 3}, {3, 3}}));
    QCOMPARE(text(errors[0].code), QStringLiteral("BAD_INPUT"));
}

QTEST_GUILESS_MAIN(ValidationTest)
#include "tst_validation.moc"
