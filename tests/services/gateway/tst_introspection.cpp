// The schema is the contract's, whole; and what it says of itself builds the same schema in a client library that is
// not ours.
#include <QFile>
#include <QProcess>
#include <QtTest>

#include "gateway/graphql/engine.h"
#include "gateway/graphql/json.h"
#include "gateway/graphql/schema.h"
#include "gateway/resolvers/schema.h"
#include "tests/services/gateway/support.h"

using namespace nova::graphql;
using nova::test::text;

namespace {

// The contract's §7, word for word as the page has it.
const char* const contractSdl = R"(
scalar Long  scalar DateTime  enum Tier { STANDARD PREMIUM }
type User { id: ID! handle: String! displayName: String! tier: Tier! followerCount: Int! }
type Session { user: User! token: String! expiresAt: DateTime! }
type Media { id: ID! url: String! fileName: String! sizeBytes: Long! }
type Post { id: ID! author: User! content: String! media: [Media!]! version: Long! likeCount: Int! likedByMe: Boolean!
            createdAt: DateTime! updatedAt: DateTime! }
type Feed { posts: [Post!]! endCursor: String hasMore: Boolean! stale: Boolean! }
type Message { id: ID! conversationId: ID! from: User! to: User! text: String! sentAt: DateTime! readAt: DateTime }
type Notification { id: ID! type: String! actor: User! post: Post text: String! createdAt: DateTime! seen: Boolean! }
type Query {
  me: User!  user(handle: String!): User  post(id: ID!): Post
  feed(userId: ID, first: Int = 20, after: String): Feed!
  posts(userId: ID!, first: Int = 20, after: String): Feed!
  messages(with: ID!, first: Int = 50, before: ID): [Message!]!
  notifications(first: Int = 50): [Notification!]!  unreadCount: Int!
}
type Mutation {
  signUp(handle: String!, password: String!, displayName: String, tier: Tier = STANDARD): Session!
  signIn(handle: String!, password: String!): Session!
  createPost(content: String!): Post!
  updatePost(id: ID!, content: String!, expectedVersion: Long): Post!
  deletePost(id: ID!): Boolean!
  likePost(id: ID!): Post!  unlikePost(id: ID!): Post!
  follow(userId: ID!): User!  unfollow(userId: ID!): User!
  sendMessage(to: ID!, text: String!): Message!  markRead(messageId: ID!): Message!
  markNotificationsSeen: Int!
}
)";

// One line a field, "Post.media: [Media!]!", or enum value.
QStringList lines(const Schema& schema) {
    QStringList all;
    for (const auto& type : schema.types()) {
        if (type.name.starts_with("__")) continue;
        all << text(type.name);
        for (const auto& value : type.values) all << text(type.name + "." + value.name);
        for (const auto& field : type.fields) {
            std::string line = type.name + "." + field.name;
            for (const auto& a : field.arguments) {
                line += " " + a.name + ":" + ast::print(a.type.ref) +
                        (a.defaultValue ? "=" + ast::print(*a.defaultValue) : "");
            }
            all << text(line + ": " + ast::print(field.type.ref));
        }
    }
    all.sort();
    return all;
}

std::string answer(const std::string& query) {
    static const auto schema = Schema::fromSdl(nova::gateway::schemaSdl()).value();
    Engine engine(std::make_shared<Resolvers>(schema));
    const auto prepared = engine.prepare(query);
    if (!prepared->errors.empty()) return writeResponse({{}, prepared->errors});
    Request request;
    return writeResponse(engine.run(*prepared, prepared->document.operations[0], {}, request));
}

// Runs a Python program with `input`; nothing when the interpreter or the library is not there.
std::optional<QByteArray> python(const QString& program, const QByteArray& input) {
    QProcess process;
    process.start(QStringLiteral("/usr/bin/python3"), {QStringLiteral("-c"), program});
    if (!process.waitForStarted()) return std::nullopt;
    process.write(input);
    process.closeWriteChannel();
    if (!process.waitForFinished(60'000)) return std::nullopt;
    if (process.exitCode() == 77) return std::nullopt;
    return process.readAllStandardOutput() + process.readAllStandardError();
}

// Both generations of graphql-core; 77 when neither is installed.
const char* const imports = R"(
import json, sys
try:
    from graphql import get_introspection_query, build_client_schema, print_schema, build_schema
    query = get_introspection_query(descriptions=True)
except ImportError:
    try:
        from graphql.utils.introspection_query import introspection_query as query
        from graphql.utils.build_client_schema import build_client_schema
        from graphql.utils.schema_printer import print_schema
        from graphql import build_ast_schema, parse
        build_schema = lambda text: build_ast_schema(parse('schema { query: Query mutation: Mutation }' + text))
    except ImportError:
        sys.exit(77)
)";

}  // namespace

class IntrospectionTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void schemaIsTheContracts();
    void tellsTypes_data();
    void tellsTypes();
    void refusesSchemas_data();
    void refusesSchemas();
    void buildsASchemaInAForeignLibrary();
};

void IntrospectionTest::schemaIsTheContracts() {
    const auto ours = Schema::fromSdl(nova::gateway::schemaSdl());
    const auto contracts = Schema::fromSdl(contractSdl);
    QVERIFY2(ours.has_value(), ours ? "" : ours.error().message.c_str());
    QCOMPARE(lines(*ours.value()), lines(*contracts.value()));
    QVERIFY(lines(*ours.value()).contains(QStringLiteral("Query.feed userId:ID first:Int=20 after:String: Feed!")));
    QVERIFY(
        lines(*ours.value())
            .contains(QStringLiteral(
                "Mutation.signUp handle:String! password:String! displayName:String tier:Tier=STANDARD: Session!")));
}

void IntrospectionTest::tellsTypes_data() {
    QTest::addColumn<QString>("query");
    QTest::addColumn<QString>("data");
    const auto row = [](const char* query, const char* data) {
        QTest::newRow(query) << QString::fromUtf8(query) << QString::fromUtf8(data);
    };
    row("{ __schema { queryType { name } mutationType { name } subscriptionType { name } } }",
        R"({"__schema":{"queryType":{"name":"Query"},"mutationType":{"name":"Mutation"},"subscriptionType":null}})");
    row("{ __type(name: \"Tier\") { kind name fields { name } enumValues { name isDeprecated } } }",
        R"({"__type":{"kind":"ENUM","name":"Tier","fields":null,"enumValues":[{"name":"STANDARD","isDeprecated":false},{"name":"PREMIUM","isDeprecated":false}]}})");
    row("{ __type(name: \"Long\") { kind specifiedByURL interfaces { name } possibleTypes { name } inputFields { name "
        "} ofType { name } } }",
        R"({"__type":{"kind":"SCALAR","specifiedByURL":null,"interfaces":null,"possibleTypes":null,"inputFields":null,"ofType":null}})");
    row("{ __type(name: \"Nothing\") { name } }", R"({"__type":null})");
    row("{ __type(name: \"Feed\") { fields { name type { kind name ofType { kind ofType { kind ofType { name } } } } } "
        "interfaces { name } } }",
        R"({"__type":{"fields":[{"name":"posts","type":{"kind":"NON_NULL","name":null,"ofType":{"kind":"LIST","ofType":{"kind":"NON_NULL","ofType":{"name":"Post"}}}}},)"
        R"({"name":"endCursor","type":{"kind":"SCALAR","name":"String","ofType":null}},{"name":"hasMore","type":{"kind":"NON_NULL","name":null,"ofType":{"kind":"SCALAR","ofType":null}}},)"
        R"({"name":"stale","type":{"kind":"NON_NULL","name":null,"ofType":{"kind":"SCALAR","ofType":null}}}],"interfaces":[]}})");
    row("{ __type(name: \"Mutation\") { fields { name args { name defaultValue type { name kind } } } } }", "");
    row("{ __schema { directives { name isRepeatable locations args { name type { kind ofType { name } } defaultValue "
        "} } } }",
        R"({"__schema":{"directives":[{"name":"skip","isRepeatable":false,"locations":["FIELD","FRAGMENT_SPREAD","INLINE_FRAGMENT"],"args":[{"name":"if","type":{"kind":"NON_NULL","ofType":{"name":"Boolean"}},"defaultValue":null}]},)"
        R"({"name":"include","isRepeatable":false,"locations":["FIELD","FRAGMENT_SPREAD","INLINE_FRAGMENT"],"args":[{"name":"if","type":{"kind":"NON_NULL","ofType":{"name":"Boolean"}},"defaultValue":null}]},)"
        R"({"name":"deprecated","isRepeatable":false,"locations":["FIELD_DEFINITION","ARGUMENT_DEFINITION","INPUT_FIELD_DEFINITION","ENUM_VALUE"],"args":[{"name":"reason","type":{"kind":"SCALAR","ofType":null},"defaultValue":"\"No longer supported\""}]},)"
        R"({"name":"specifiedBy","isRepeatable":false,"locations":["SCALAR"],"args":[{"name":"url","type":{"kind":"NON_NULL","ofType":{"name":"String"}},"defaultValue":null}]}]}})");
}

void IntrospectionTest::tellsTypes() {
    QFETCH(QString, query);
    QFETCH(QString, data);
    const QString found = text(answer(query.toStdString()));
    if (data.isEmpty()) {
        QVERIFY(found.contains(
            QStringLiteral(R"({"name":"tier","defaultValue":"STANDARD","type":{"name":"Tier","kind":"ENUM"}})")));
        return;
    }
    QCOMPARE(found, QStringLiteral("{\"data\":%1}").arg(data));
}

void IntrospectionTest::refusesSchemas_data() {
    QTest::addColumn<QString>("sdl");
    QTest::addColumn<QString>("message");
    const auto row = [](const char* name, const char* sdl, const char* message) {
        QTest::newRow(name) << QString::fromUtf8(sdl) << QString::fromUtf8(message);
    };
    row("unknown type", "type Query { a: Nothing }", "Schema: Query.a is of the unknown type Nothing.");
    row("no query", "type T { a: Int }", "Schema: type Query is missing.");
    row("type twice", "type Query { a: Int } type Query { b: Int }", "Schema: type Query is defined twice.");
    row("field twice", "type Query { a: Int a: Int }", "Schema: Query.a is defined twice.");
    row("argument twice", "type Query { a(b: Int, b: Int): Int }", "Schema: Query.a(b:) is defined twice.");
    row("object as argument", "type Query { a(q: Query): Int }", "Schema: Query.a(q:) cannot be of type Query.");
    row("wrong default", "type Query { a(b: Int = \"x\"): Int }", "Schema: Query.a(b:) has a default of another type.");
    row("interface", "interface I { a: Int } type Query { a: Int }",
        "Syntax error: expected 'type', 'enum', 'scalar' or 'directive', found \"interface\".");
    row("input", "input I { a: Int }",
        "Syntax error: expected 'type', 'enum', 'scalar' or 'directive', found \"input\".");
    row("no field", "type Query { }", "Syntax error: expected a field, found '}'.");
}

void IntrospectionTest::refusesSchemas() {
    QFETCH(QString, sdl);
    QFETCH(QString, message);
    const auto schema = Schema::fromSdl(sdl.toStdString());
    QVERIFY(!schema.has_value());
    QCOMPARE(text(schema.error().message), message);
}

void IntrospectionTest::buildsASchemaInAForeignLibrary() {
    const QString prelude = QString::fromUtf8(imports);
    const auto query = python(prelude + QStringLiteral("sys.stdout.write(query)"), {});
    if (!query) QSKIP("python3-graphql-core is not installed");
    const std::string response = answer(query->toStdString());
    const auto data = readJson(response, 64);
    QVERIFY(data.has_value() && data.value().find("errors") == nullptr);

    QByteArray input = QByteArray::fromStdString(response) + '\0' + contractSdl;
    const auto printed = python(prelude + QStringLiteral(R"(
answer, sdl = sys.stdin.read().split('\0')
theirs = print_schema(build_client_schema(json.loads(answer)['data']))
ours = print_schema(build_schema(sdl))
strip = lambda text: sorted(line for line in text.splitlines() if line and not line.startswith(('directive', 'schema', '  query:', '  mutation:')))
assert strip(theirs) == strip(ours), theirs
sys.stdout.write('same %d' % len(strip(theirs)))
)"),
                                input);
    QVERIFY(printed.has_value());
    QVERIFY2(printed->startsWith("same "), printed->constData());
}

QTEST_GUILESS_MAIN(IntrospectionTest)
#include "tst_introspection.moc"
