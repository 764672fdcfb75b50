// Execution over fake resolvers: what is asked of whom and how often, what the response holds when something fails.
#include <QtTest>

#include "gateway/graphql/engine.h"
#include "gateway/graphql/json.h"
#include "tests/services/gateway/support.h"

using namespace nova::graphql;
using nova::test::text;

namespace {

struct Author {
    std::string id;
};
struct Book {
    std::string id;
};

// Remembers each resolver call as "path×parents", so that batching shows.
struct Log : Request {
    std::vector<std::string> calls;
    [[nodiscard]] QString joined() const {
        QStringList all;
        for (const auto& call : calls) all << text(call);
        return all.join(QLatin1Char(' '));
    }
};

void log(const Call& call, std::size_t parents) {
    static_cast<Log&>(call.request).calls.push_back(call.path + "×" + std::to_string(parents));
}

Object book(const std::string& id) {
    return std::make_shared<Book>(Book{id});
}
Object author(const std::string& id) {
    return std::make_shared<Author>(Author{id});
}

// A resolver that is logged and answers by the parent's id.
template <typename Parent>
Resolver by(std::function<Resolved(const std::string&)> get) {
    return [get](const Call& call, std::span<const Object> parents) {
        log(call, parents.size());
        std::vector<Resolved> answers;
        for (const auto& parent : parents) answers.push_back(get(static_cast<const Parent*>(parent.get())->id));
        return answers;
    };
}

Resolved failFor(const std::string& wanted, const std::string& id, Resolved otherwise) {
    if (id == wanted) return Failure{"no luck with " + id, std::string(code::notFound)};
    return otherwise;
}

void addQuery(Resolvers& r) {
    r.root("Query.book", [](const Call& call) {
        log(call, 1);
        const std::string id = call.arguments.text("id");
        return id == "none" ? Resolved() : Resolved(book(id));
    });
    r.root("Query.books", [](const Call& call) {
        log(call, 1);
        Resolved::List list;
        for (std::int64_t i = 1; i <= call.arguments.number("first", -1); ++i)
            list.emplace_back(book(std::to_string(i)));
        return list;
    });
    r.root("Query.author", [](const Call& call) { return Resolved(author(call.arguments.text("name"))); });
    r.root("Query.sum",
           [](const Call& call) { return Value(call.arguments.number("a") + call.arguments.number("b")); });
    r.root("Query.truth", [](const Call& call) { return Value(call.arguments.flag("of")); });
}

void addTypes(Resolvers& r) {
    const auto self = [](const std::string& id) { return Resolved(Value(id)); };
    r.set("Book.id", by<Book>(self));
    r.set("Book.title", by<Book>([](const std::string& id) { return failFor("bad", id, Value("Title " + id)); }));
    r.set("Book.pages", by<Book>([](const std::string&) { return Value(std::int64_t{5'000'000'000}); }));
    r.set("Book.genre", by<Book>([](const std::string& id) { return Value(id == "odd" ? "EPIC" : "POEM"); }));
    r.set("Book.author", by<Book>([](const std::string& id) { return failFor("2", id, author("of" + id)); }));
    r.set("Book.notes", by<Book>([](const std::string&) {
              return Resolved::List{Value("a"), Failure{"lost note"}, Value()};
          }));
    r.set("Book.grid", by<Book>([](const std::string& id) {
              Resolved::List row{Value(1), id == "hole" ? Resolved() : Resolved(Value(2))};
              return Resolved::List{row, Resolved()};
          }));
    r.set("Book.price", by<Book>([](const std::string& id) {
              return id == "late" ? Resolved::late([] { return Value(2.5); })
                                  : Resolved(Value(id == "odd" ? Value("dear") : Value(1.25)));
          }));
    r.set("Book.old", by<Book>([](const std::string&) { return Resolved(); }));
    r.set("Author.id", by<Author>(self));
    r.set("Author.name", by<Author>(self));
    r.set("Author.books", by<Author>([](const std::string& id) {
              return Resolved::List{book(id + "a"), book(id + "b")};
          }));
    r.set("Author.rival", by<Author>([](const std::string& id) { return Resolved(author(id + "'")); }));
}

void addMutations(Resolvers& r) {
    r.root("Mutation.add", [](const Call& call) {
        log(call, 1);
        return Resolved(book(call.arguments.text("title")));
    });
    const auto fail = [](const Call& call) {
        log(call, 1);
        return Resolved(Failure{"refused", std::string(code::forbidden)});
    };
    r.root("Mutation.fail", fail);
    r.root("Mutation.failSoftly", fail);
}

Engine makeEngine(Limits limits = {}) {
    auto resolvers = std::make_shared<Resolvers>(nova::test::library());
    addQuery(*resolvers);
    addTypes(*resolvers);
    addMutations(*resolvers);
    return Engine(resolvers, limits);
}

QString run(Engine& engine, const std::string& query, Log& log, const std::string& variables = "{}") {
    const auto prepared = engine.prepare(query);
    if (!prepared->errors.empty()) return text(writeResponse({{}, prepared->errors}));
    const auto operation = Engine::choose(*prepared, {});
    if (!operation) return text(writeResponse({{}, {operation.error()}}));
    return text(writeResponse(engine.run(*prepared, *operation.value(), readJson(variables, 32).value(), log)));
}

QString run(const std::string& query, const std::string& variables = "{}") {
    Engine engine = makeEngine();
    Log log;
    return run(engine, query, log, variables);
}

QString error(const char* message, const char* location, const char* path, const char* code) {
    return QStringLiteral(R"({"message":"%1","locations":[%2],"path":[%3],"extensions":{"code":"%4"}})")
        .arg(QString::fromUtf8(message), QString::fromUtf8(location), QString::fromUtf8(path), QString::fromUtf8(code));
}
QString withData(const QStringList& errors, const char* data) {
    return QStringLiteral(R"({"errors":[%1],"data":%2})").arg(errors.join(QLatin1Char(',')), QString::fromUtf8(data));
}

}  // namespace

class ExecutorTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void everyFieldOfTheTestSchemaIsResolved();
    void answersInTheOrderOfTheQuery();
    void asksOnceForAList();
    void mergesFragments();
    void skipsAndIncludes();
    void coercesArguments();
    void refusesVariables_data();
    void refusesVariables();
    void nullsPropagate_data();
    void nullsPropagate();
    void lateValuesAreTakenLast();
    void mutationsRunOneAfterAnother();
    void choosesTheOperation();
    void boundsErrorsAndNodes();
    void stopsAtTheDeadline();
    void refusesExpensiveQueries();
    void remembersGoodDocuments();
    void namesRootFields();
};

void ExecutorTest::everyFieldOfTheTestSchemaIsResolved() {
    auto resolvers = std::make_shared<Resolvers>(nova::test::library());
    QVERIFY(!resolvers->missing().empty());
    addQuery(*resolvers);
    addTypes(*resolvers);
    addMutations(*resolvers);
    QVERIFY(resolvers->missing().empty());
    QVERIFY_EXCEPTION_THROWN(resolvers->set("Book.nothing", {}), std::logic_error);
}

void ExecutorTest::answersInTheOrderOfTheQuery() {
    QCOMPARE(
        run("{ b: book(id: 7) { title id __typename t: title } none: book(id: \"none\") { id } __typename }"),
        QStringLiteral(
            R"({"data":{"b":{"title":"Title 7","id":"7","__typename":"Book","t":"Title 7"},"none":null,"__typename":"Query"}})"));
}

void ExecutorTest::asksOnceForAList() {
    Engine engine = makeEngine();
    Log log;
    run(engine, "{ books(first: 5) { title author { name books { id } } } book(id: 9) { id } }", log);
    // Book 2 has no author, and its error takes the whole list with it; the others were asked together all the same.
    QCOMPARE(
        log.joined(),
        QStringLiteral("books×1 book×1 books.title×5 books.author×5 book.id×1 books.author.name×4 books.author.books×4 "
                       "books.author.books.id×8"));
}

void ExecutorTest::mergesFragments() {
    QCOMPARE(
        run("{ book(id: 1) { ...F author { id } ... on Book { author { name } } } } fragment F on Book { id author { "
            "__typename } }"),
        QStringLiteral(R"({"data":{"book":{"id":"1","author":{"__typename":"Author","id":"of1","name":"of1"}}}})"));
}

void ExecutorTest::skipsAndIncludes() {
    const std::string query =
        "query ($yes: Boolean!) { a: truth(of: true) @include(if: $yes) b: truth(of: true) @skip(if: $yes) "
        "...F @include(if: $yes) ... @skip(if: $yes) { d: truth(of: true) } } fragment F on Query { c: truth(of: "
        "false) }";
    QCOMPARE(run(query, R"({"yes":true})"), QStringLiteral(R"({"data":{"a":true,"c":false}})"));
    QCOMPARE(run(query, R"({"yes":false})"), QStringLiteral(R"({"data":{"b":true,"d":true}})"));
}

void ExecutorTest::coercesArguments() {
    QCOMPARE(run("{ sum(a: 40) }"), QStringLiteral(R"({"data":{"sum":42}})"));
    QCOMPARE(run("query ($a: Int!, $b: Int) { sum(a: $a, b: $b) }", R"({"a":1})"),
             QStringLiteral(R"({"data":{"sum":3}})"));
    QCOMPARE(run("query ($a: Int = 10) { sum(a: $a, b: 1) }"), QStringLiteral(R"({"data":{"sum":11}})"));
    QCOMPARE(run("query ($a: Int = 10) { sum(a: $a, b: 1) }", R"({"a":20})"), QStringLiteral(R"({"data":{"sum":21}})"));
    QCOMPARE(run("query ($a: Int!) { sum(a: $a, b: 1) }", R"({"a":3.0})"), QStringLiteral(R"({"data":{"sum":4}})"));
    QCOMPARE(run("query ($id: ID!) { book(id: $id) { id } }", R"({"id":12})"),
             QStringLiteral(R"({"data":{"book":{"id":"12"}}})"));
    QCOMPARE(run("{ books { id } }"), QStringLiteral(R"({"data":{"books":[{"id":"1"},{"id":"2"}]}})"));
    // A null where the place has a default counts as null only when the place allows it.
    QCOMPARE(run("query ($b: Int) { sum(a: 1, b: $b) }", R"({"b":null})"),
             withData({error("The variable $b must not be null here.", R"({"line":1,"column":19})", R"("sum")",
                             "BAD_INPUT")},
                      "null"));
}

void ExecutorTest::refusesVariables_data() {
    QTest::addColumn<QString>("type");
    QTest::addColumn<QString>("json");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* type, const char* json, const char* message) {
        QTest::addRow("%s = %s", type, json)
            << QString::fromUtf8(type) << QString::fromUtf8(json) << QString::fromUtf8(message);
    };
    row("Int!", "{}", "Variable $v: a value of type Int! is required.");
    row("Int!", R"({"v":null})", "Variable $v: Expected a value of type Int!, found null.");
    row("Int", R"({"v":"1"})", "Variable $v: Expected a value of type Int, found \"1\".");
    row("Int", R"({"v":1.5})", "Variable $v: Expected a value of type Int, found 1.5.");
    row("Int", R"({"v":2147483648})", "Variable $v: Expected a value of type Int, found 2147483648.");
    row("String", R"({"v":1})", "Variable $v: Expected a value of type String, found 1.");
    row("Boolean", R"({"v":0})", "Variable $v: Expected a value of type Boolean, found 0.");
    row("ID", R"({"v":true})", "Variable $v: Expected a value of type ID, found true.");
    row("ID", R"({"v":{"$gt":""}})", "Variable $v: Expected a value of type ID, found {\"$gt\":\"\"}.");
    row("[String!]", R"({"v":["a",null]})", "Variable $v: Expected a value of type String!, found null.");
    row("[String!]", R"({"v":{"a":1}})", "Variable $v: Expected a value of type String!, found {\"a\":1}.");
    row("Genre", R"({"v":"EPIC"})", "Variable $v: \"EPIC\" is not a value of the enum Genre.");
    row("Genre", R"({"v":1})", "Variable $v: Expected a value of type Genre, found 1.");
    row("Long", R"({"v":9223372036854775808})",
        "Variable $v: Expected a value of type Long, found 9.223372036854776e+18.");
}

void ExecutorTest::refusesVariables() {
    QFETCH(QString, type);
    QFETCH(QString, json);
    QFETCH(QString, message);
    const auto document = parse("query ($v: " + type.toStdString() + ") { books(any: $v) { id } }");
    Errors errors;
    coerceVariables(*nova::test::library(), document.value(), document.value().operations[0],
                    readJson(json.toStdString(), 32).value(), errors);
    QCOMPARE(errors.size(), std::size_t{1});
    QCOMPARE(text(errors[0].message), message);
    QCOMPARE(errors[0].locations, (std::vector<Location>{{1, 8}}));
}

void ExecutorTest::nullsPropagate_data() {
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char* name, const char* query, const QString& expected) {
        QTest::newRow(name) << QString::fromUtf8(query) << expected;
    };
    row("to the nearest nullable parent", "{ book(id: \"bad\") { id title } }",
        withData({error("no luck with bad", R"({"line":1,"column":24})", R"("book","title")", "NOT_FOUND")},
                 R"({"book":null})"));
    row("from an item through a list of non-nulls", "{ books(first: 3) { id author { id } } }",
        withData({error("no luck with 2", R"({"line":1,"column":24})", R"("books",1,"author")", "NOT_FOUND")}, "null"));
    row("not beyond a nullable item", "{ book(id: 1) { notes } }",
        withData({error("lost note", R"({"line":1,"column":17})", R"("book","notes",1)", "UNAVAILABLE")},
                 R"({"book":{"notes":["a",null,null]}})"));
    row("lists of lists", "{ book(id: 1) { grid } }", QStringLiteral(R"({"data":{"book":{"grid":[[1,2],null]}}})"));
    row("an item of an inner list", "{ book(id: \"hole\") { grid } }",
        withData({error("No value for a field that is never null.", R"({"line":1,"column":22})", R"("book","grid",0,1)",
                        "UNAVAILABLE")},
                 R"({"book":{"grid":[null,null]}})"));
    row("a value of another type", "{ book(id: \"odd\") { id genre price } }",
        withData({error("The value of \\\"genre\\\" is not of type Genre.", R"({"line":1,"column":24})",
                        R"("book","genre")", "UNAVAILABLE"),
                  error("The value of \\\"price\\\" is not of type Float.", R"({"line":1,"column":30})",
                        R"("book","price")", "UNAVAILABLE")},
                 R"({"book":{"id":"odd","genre":null,"price":null}})"));
    row("aliases are the path", "{ x: book(id: \"bad\") { y: title } }",
        withData({error("no luck with bad", R"({"line":1,"column":24})", R"("x","y")", "NOT_FOUND")}, R"({"x":null})"));
    row("every place of a merged field", "{ book(id: \"bad\") { title\n title } }",
        withData({error("no luck with bad", R"({"line":1,"column":21},{"line":2,"column":2})", R"("book","title")",
                        "NOT_FOUND")},
                 R"({"book":null})"));
    row("64 bits", "{ book(id: 1) { pages } }", QStringLiteral(R"({"data":{"book":{"pages":5000000000}}})"));
}

void ExecutorTest::nullsPropagate() {
    QFETCH(QString, query);
    QFETCH(QString, expected);
    QCOMPARE(run(query.toStdString()), expected);
}

void ExecutorTest::lateValuesAreTakenLast() {
    QCOMPARE(run("{ book(id: \"late\") { price id } }"),
             QStringLiteral(R"({"data":{"book":{"price":2.5,"id":"late"}}})"));
}

void ExecutorTest::mutationsRunOneAfterAnother() {
    Engine engine = makeEngine();
    Log log;
    QCOMPARE(
        run(engine,
            "mutation { a: add(title: \"A\") { author { name } } failSoftly { id } b: add(title: \"B\") { id } }", log),
        withData({error("refused", R"({"line":1,"column":51})", R"("failSoftly")", "FORBIDDEN")},
                 R"({"a":{"author":{"name":"ofA"}},"failSoftly":null,"b":{"id":"B"}})"));
    QCOMPARE(log.joined(), QStringLiteral("a×1 a.author×1 a.author.name×1 failSoftly×1 b×1 b.id×1"));
    QCOMPARE(run("mutation { fail { id } }"),
             withData({error("refused", R"({"line":1,"column":12})", R"("fail")", "FORBIDDEN")}, "null"));
}

void ExecutorTest::choosesTheOperation() {
    Engine engine = makeEngine();
    const auto prepared = engine.prepare("query A { sum(a: 1) } query B { sum(a: 2) }");
    QVERIFY(prepared->errors.empty());
    QCOMPARE(text(Engine::choose(*prepared, "B").value()->name), QStringLiteral("B"));
    QCOMPARE(text(Engine::choose(*prepared, "C").error().message), QStringLiteral("There is no operation \"C\"."));
    QVERIFY(Engine::choose(*prepared, "").has_error());
}

void ExecutorTest::boundsErrorsAndNodes() {
    Limits limits;
    limits.errors = 3;
    limits.nodes = 60;
    Engine engine = makeEngine(limits);
    Log log;
    const QString many = run(
        engine,
        "{ a: book(id: 1) { notes } b: book(id: 1) { notes } c: book(id: 1) { notes } d: book(id: 1) { notes } }", log);
    QCOMPARE(many.count(QStringLiteral("lost note")), 3);
    QCOMPARE(
        run(engine, "{ books(first: 30) { id title } }", log),
        QStringLiteral(
            R"({"errors":[{"message":"The answer is too large: at most 60 values allowed.","extensions":{"code":"BAD_INPUT"}}],"data":null})"));
}

void ExecutorTest::stopsAtTheDeadline() {
    Limits limits;
    limits.deadline = std::chrono::milliseconds(0);
    Engine engine = makeEngine(limits);
    Log log;
    QCOMPARE(run(engine, "{ book(id: 1) { id } __typename }", log),
             withData({error("The request took too long.", R"({"line":1,"column":3})", R"("book")", "UNAVAILABLE")},
                      R"({"book":null,"__typename":"Query"})"));
    QVERIFY(log.calls.empty());
}

void ExecutorTest::refusesExpensiveQueries() {
    const QString refused = QStringLiteral(
        R"({"errors":[{"message":"The query asks for too many objects: at most 1000 allowed.","extensions":{"code":"BAD_INPUT"}}]})");
    QCOMPARE(run("{ books(first: 100) { author { books { author { books { id } } } } } a: books(first: 100) { author { "
                 "books { author { books { author { id } } } } } } "
                 "b: books(first: 100) { author { id } } }"),
             refused);
    QCOMPARE(run("query ($n: Int) { books(first: $n) { author { books { author { books { author { books { author { "
                 "books { author { books { author { id } } } } } } } } } } } } }",
                 R"({"n":100})"),
             refused);
}

void ExecutorTest::remembersGoodDocuments() {
    Engine engine = makeEngine();
    QCOMPARE(engine.prepare("{ sum(a: 1) }").get(), engine.prepare("{ sum(a: 1) }").get());
    QVERIFY(engine.prepare("{ wrong }").get() != engine.prepare("{ wrong }").get());
    const std::string longOne = "{ sum(a: 1) } #" + std::string(9'000, 'x');
    QVERIFY(engine.prepare(longOne).get() != engine.prepare(longOne).get());
}

void ExecutorTest::namesRootFields() {
    Engine engine = makeEngine();
    const auto fields = [&](const std::string& query) {
        const auto prepared = engine.prepare(query);
        QStringList names;
        for (const auto& name : Engine::rootFields(*prepared, prepared->document.operations[0])) names << text(name);
        return names.join(QLatin1Char(' '));
    };
    QCOMPARE(fields("{ __typename sum(a: 1) ...F ... { truth(of: true) } } fragment F on Query { book(id: 1) { id } }"),
             QStringLiteral("sum book truth"));
    QCOMPARE(fields("mutation { a: add(title: \"1\") { id } b: add(title: \"2\") { id } a: add(title: \"1\") { id } }"),
             QStringLiteral("add add"));
    QCOMPARE(fields("{ __schema { queryType { name } } }"), QString());
}

QTEST_GUILESS_MAIN(ExecutorTest)
#include "tst_executor.moc"
