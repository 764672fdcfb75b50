// POST /graphql: what is refused before a field is resolved, what each response carries, what is traced and counted.
#include "tests/services/gateway/world.h"

using nova::kit::HttpRequest;
using nova::test::Answer;
using nova::test::World;

class DoorTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void refuses_data();
    void refuses();
    void refusesTokens_data();
    void refusesTokens();
    void continuesTheCallersTrace();
    void tracesOneAction();
    void samplesSoManyASecond();
    void doesNotTraceWhatIsNoAction();
    void limitsRequests();
    void passesTheIdempotencyKey();
    void saysThatACallRepeatedAnEarlierOne();
    void passesTheModeOn();
    void refusesTheIdempotencyKey_data();
    void refusesTheIdempotencyKey();
    void countsRequests();
};

void DoorTest::refuses_data() {
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<int>("status");
    QTest::addColumn<QString>("error");
    const auto row = [](const char* name, const char* method, const char* type, const char* body, int status,
                        const char* error) {
        QTest::newRow(name) << QByteArray(method) << QByteArray(type) << QByteArray(body) << status
                            << QString::fromUtf8(error);
    };
    const char* json = "application/json";
    row("GET", "GET", "", "", 405, "BAD_INPUT : Send a POST with the JSON body {\"query\": …, \"variables\": {…}}.");
    row("form", "POST", "application/x-www-form-urlencoded", "query={me}", 400,
        "BAD_INPUT : The content type must be application/json.");
    row("no type", "POST", "", "{}", 400, "BAD_INPUT : The content type must be application/json.");
    row("type like JSON", "POST", "application/jsonp", "{}", 400,
        "BAD_INPUT : The content type must be application/json.");
    row("empty body", "POST", json, "", 400, "BAD_INPUT : Not valid JSON at byte 1.");
    row("broken JSON", "POST", json, "{\"query\": ", 400, "BAD_INPUT : Not valid JSON at byte 11.");
    row("invalid UTF-8", "POST", json, "{\"query\": \"{ \xFF }\"}", 400, "BAD_INPUT : Not valid JSON at byte 14.");
    row("batch", "POST", json, "[{\"query\":\"{me{id}}\"}]", 400,
        "BAD_INPUT : Batches are not accepted: send one request at a time.");
    row("text", "POST", json, "\"{me{id}}\"", 400,
        "BAD_INPUT : The body must be a JSON object: {\"query\": …, \"variables\": {…}}.");
    row("null", "POST", json, "null", 400,
        "BAD_INPUT : The body must be a JSON object: {\"query\": …, \"variables\": {…}}.");
    row("no query", "POST", json, "{}", 400, "BAD_INPUT : The body needs \"query\", a text.");
    row("query of another kind", "POST", json, "{\"query\":[\"{me{id}}\"]}", 400,
        "BAD_INPUT : The body needs \"query\", a text.");
    row("variables of another kind", "POST", json, "{\"query\":\"{me{id}}\",\"variables\":[]}", 400,
        "BAD_INPUT : \"variables\" must be an object.");
    row("name of another kind", "POST", json, "{\"query\":\"{me{id}}\",\"operationName\":1}", 400,
        "BAD_INPUT : \"operationName\" must be a text.");
    row("syntax", "POST", json, "{\"query\":\"{ me { id }\"}", 200,
        "BAD_INPUT : Syntax error: expected a field, '...' or '}', found the end.");
    row("unknown field", "POST", json, "{\"query\":\"{ mee { id } }\"}", 200,
        "BAD_INPUT : There is no field \"mee\" on type Query. Did you mean \"me\"?");
    row("unknown operation", "POST", json, "{\"query\":\"query A { me { id } }\",\"operationName\":\"B\"}", 200,
        "BAD_INPUT : There is no operation \"B\".");
    row("which operation", "POST", json, "{\"query\":\"query A { me { id } } query B { me { id } }\"}", 200,
        "BAD_INPUT : The document has more than one operation: name one in \"operationName\".");
    row("null variables are none", "POST", "Application/JSON; charset=utf-8",
        "{\"query\":\"{ __typename }\",\"variables\":null,\"operationName\":null}", 200, "");
}

void DoorTest::refuses() {
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, body);
    World world;
    HttpRequest request{method.toStdString(), "/graphql", body.toStdString(), "127.0.0.1", {}};
    if (!type.isEmpty()) request.headers.emplace_back("content-type", type.toStdString());
    const Answer answer = world.send(request);
    QTEST(answer.status, "status");
    QTEST(answer.error(), "error");
    QCOMPARE(answer.traceparent.size(), std::size_t{55});
    QCOMPARE(world.calls(), QString());
}

void DoorTest::refusesTokens_data() {
    QTest::addColumn<QString>("query");
    const auto row = [](const char* query) { QTest::newRow(query) << QString::fromUtf8(query); };
    row("{ me { id } }");
    row("{ user(handle: \"alice\") { id } }");
    row("{ post(id: \"x\") { id } }");
    row("{ feed { hasMore } }");
    row("{ posts(userId: \"x\") { hasMore } }");
    row("{ unreadCount }");
    row("mutation { createPost(content: \"x\") { id } }");
    row("mutation { updatePost(id: \"x\", content: \"x\") { id } }");
    row("mutation { deletePost(id: \"x\") }");
    row("mutation { likePost(id: \"x\") { id } }");
    row("mutation { unlikePost(id: \"x\") { id } }");
    row("mutation { follow(userId: \"x\") { id } }");
    row("mutation { unfollow(userId: \"x\") { id } }");
    row("mutation { sendMessage(to: \"x\", text: \"x\") { id } }");
    row("mutation { markRead(messageId: \"x\") { id } }");
    row("mutation { markNotificationsSeen }");
    row("{ messages(with: \"x\") { id } }");
    row("{ notifications { id } }");
}

void DoorTest::refusesTokens() {
    QFETCH(QString, query);
    World world;
    QCOMPARE(world.ask(query.toStdString()).code(), QStringLiteral("UNAUTHENTICATED"));
    QCOMPARE(world.ask(query.toStdString(), "not.a.token").code(), QStringLiteral("UNAUTHENTICATED"));
    World foreign;
    QCOMPARE(world.ask(query.toStdString(), foreign.token(foreign.addUser("mallory"))).code(),
             QStringLiteral("UNAUTHENTICATED"));
    QCOMPARE(world.calls(), QString());
}

void DoorTest::continuesTheCallersTrace() {
    World world;
    const auto token = world.token(world.addUser("alice"));
    const std::string sampled = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const Answer answer = world.ask("{ me { id } }", token, {{"traceparent", sampled}});
    QVERIFY(answer.traceparent.starts_with("00-0af7651916cd43dd8448eb211c80319c-"));
    QVERIFY(answer.traceparent.ends_with("-01"));
    QCOMPARE(world.spans.size(), std::size_t{1});
    QCOMPARE(world.spans[0].context.traceparent(), answer.traceparent);
    nova::kit::trace::Context parent;
    parent.spanId = world.spans[0].parentId;
    QCOMPARE(parent.spanIdHex(), std::string("b7ad6b7169203331"));

    const Answer unsampled =
        world.ask("{ me { id } }", token, {{"traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"}});
    QVERIFY(unsampled.traceparent.ends_with("-00"));
    QCOMPARE(world.spans.size(), std::size_t{1});
    QVERIFY(!world.ask("{ me { id } }", token, {{"traceparent", "garbage"}}).traceparent.empty());
}

void DoorTest::tracesOneAction() {
    World world;
    const auto alice = world.addUser("alice");
    const Answer answer = world.ask("mutation { createPost(content: \"hello\") { id } follow(userId: \"x\") { id } }",
                                    world.token(alice));
    const auto attribute = [](const nova::kit::trace::SpanData& span, std::string_view name) {
        for (const auto& [key, value] : span.text) {
            if (key == name) return value;
        }
        return std::string();
    };
    QCOMPARE(world.spans.size(), std::size_t{3});  // the owner's, the gateway's call, the action
    const auto& root = world.spans[2];
    QCOMPARE(root.name, std::string("POST /graphql"));
    QCOMPARE(root.context.traceparent(), answer.traceparent);
    QCOMPARE(root.parentId, (std::array<std::uint8_t, 8>{}));
    QCOMPARE(attribute(root, "nova.kind"), std::string("http"));
    QCOMPARE(attribute(root, "nova.action"), std::string("createPost"));
    QCOMPARE(attribute(root, "nova.user.id"), alice);
    QCOMPARE(attribute(root, "nova.user.handle"), std::string("alice"));
    QVERIFY(root.failed);  // the follow was refused
    QCOMPARE(world.spans[1].name, std::string("Content/CreatePost"));
    QCOMPARE(world.spans[1].parentId, root.context.spanId);
    QCOMPARE(world.spans[0].parentId, world.spans[1].context.spanId);

    world.spans.clear();
    world.ask("mutation { signUp(handle: \"bob-1\", password: \"long enough\") { user { id } } }");
    QCOMPARE(attribute(world.spans.back(), "nova.action"), std::string("signUp"));
    QCOMPARE(attribute(world.spans.back(), "nova.user.handle"), std::string("bob-1"));
}

void DoorTest::samplesSoManyASecond() {
    World world({.actionsTraced = 5});
    const auto token = world.token(world.addUser("alice"));
    int sampled = 0;
    const auto begin = std::chrono::floor<std::chrono::seconds>(std::chrono::steady_clock::now());
    for (int i = 0; i < 20; ++i) sampled += world.ask("{ me { id } }", token).traceparent.ends_with("-01") ? 1 : 0;
    const auto seconds =
        (std::chrono::floor<std::chrono::seconds>(std::chrono::steady_clock::now()) - begin).count() + 1;
    QVERIFY(sampled >= 5);
    QVERIFY(sampled <= 5 * seconds);
    QCOMPARE(world.spans.size(), static_cast<std::size_t>(sampled));
}

void DoorTest::doesNotTraceWhatIsNoAction() {
    World world;
    for (const char* query : {"{ __schema { queryType { name } } }", "{ __typename }", "{ wrong }", "{"}) {
        QVERIFY(world.ask(query).traceparent.ends_with("-00"));
    }
    QVERIFY(world.spans.empty());
}

void DoorTest::limitsRequests() {
    World world({.requestsPerSecond = 3, .actionsTraced = 0});
    const auto alice = world.token(world.addUser("alice"));
    const auto bob = world.token(world.addUser("bob"));
    int refused = 0;
    for (int i = 0; i < 50; ++i) {
        const Answer answer = world.ask("{ __typename }", alice);
        if (answer.status != 429) continue;
        ++refused;
        QCOMPARE(answer.error(), QStringLiteral("UNAVAILABLE : Too many requests in this second."));
    }
    QVERIFY(refused > 0);
    QCOMPARE(world.ask("{ __typename }", bob).status, 200);  // each token for itself
    QCOMPARE(world.ask("{ __typename }").status, 200);
}

void DoorTest::passesTheIdempotencyKey() {
    World world;
    const auto alice = world.addUser("alice");
    const auto post = world.addPost(alice, "hello");
    QCOMPARE(
        world.ask("mutation { createPost(content: \"x\") { id } }", world.token(alice), {{"idempotency-key", "k-1"}})
            .error(),
        QString());
    QCOMPARE(world.owners.lastKey, std::string("k-1"));
    QCOMPARE(
        world
            .ask("mutation { likePost(id: \"" + post + "\") { id } }", world.token(alice), {{"idempotency-key", "k-2"}})
            .error(),
        QString());
    QCOMPARE(world.owners.lastKey, std::string("k-2"));
    QCOMPARE(world
                 .ask("mutation { sendMessage(to: \"" + alice + "\", text: \"x\") { id } }", world.token(alice),
                      {{"idempotency-key", "k-4"}})
                 .error(),
             QString());
    QCOMPARE(world.owners.lastKey, std::string("k-4"));
    QCOMPARE(world.ask("mutation { createPost(content: \"x\") { id } }", world.token(alice)).error(), QString());
    QCOMPARE(world.owners.lastKey, std::string());
    // Not a keyed mutation: the key is of no consequence.
    QCOMPARE(world
                 .ask("mutation { a: unlikePost(id: \"" + post + "\") { id } b: createPost(content: \"y\") { id } }",
                      world.token(alice), {{"idempotency-key", "k-3"}})
                 .error(),
             QString());
}

void DoorTest::saysThatACallRepeatedAnEarlierOne() {
    World world;
    const auto alice = world.addUser("alice");
    const auto repeated = [&](const nova::kit::trace::SpanData& span) {
        return std::ranges::find(span.text, std::pair<std::string, std::string>("nova.repeated", "true")) !=
               span.text.end();
    };
    for (const bool repeats : {true, false}) {
        world.owners.repeats = repeats;
        world.spans.clear();
        world.ask("mutation { createPost(content: \"x\") { id } }", world.token(alice), {{"idempotency-key", "k"}});
        std::map<std::string, bool> said;
        for (const auto& span : world.spans)
            if (span.kind == nova::kit::trace::SpanKind::server) said[span.name] = repeated(span);
        QCOMPARE(said["Content/CreatePost"], repeats);
        QCOMPARE(said["POST /graphql"], repeats);
    }
}

void DoorTest::passesTheModeOn() {
    World world;
    const auto token = world.token(world.addUser("alice"));
    const auto bob = world.addUser("bob");
    const std::string query =
        "mutation { createPost(content: \"x\") { likeCount author { followerCount } } sendMessage(to: \"" + bob +
        "\", text: \"x\") { id } }";
    const std::vector<std::pair<std::string, std::string>> all{{"", ""}, {"sync", "sync"}, {"events", "events"}};
    for (const auto& [header, mode] : all) {
        world.owners.modes.clear();
        QCOMPARE(world.ask(query, token, {{"nova-mode", header}}).error(), QString());
        QCOMPARE(world.owners.modes, std::set<std::string>{mode});
    }
    world.calls();
    for (const char* wrong : {"Sync", "synchronous", "events,sync"}) {
        const Answer answer = world.ask(query, token, {{"nova-mode", wrong}});
        QCOMPARE(answer.error(), QStringLiteral("BAD_INPUT : The header Nova-Mode is \"sync\" or \"events\"."));
    }
    QCOMPARE(world.calls(), QString());  // nothing was done
}

void DoorTest::refusesTheIdempotencyKey_data() {
    QTest::addColumn<QString>("query");
    QTest::addColumn<QByteArray>("key");
    const auto row = [](const char* query, const QByteArray& key) {
        QTest::addRow("%s", query) << QString::fromUtf8(query) << key;
    };
    row("mutation { a: createPost(content: \"x\") { id } b: createPost(content: \"x\") { id } }", "k");
    row("mutation { createPost(content: \"x\") { id } likePost(id: \"x\") { id } }", "k");
    row("mutation { createPost(content: \"x\") { id } ...F } fragment F on Mutation { sendMessage(to: \"x\", text: "
        "\"x\") { id } }",
        "k");
    row("mutation { createPost(content: \"x\") { id } }", QByteArray(201, 'k'));
    row("mutation { createPost(content: \"y\") { id } }", "\xFF");
}

void DoorTest::refusesTheIdempotencyKey() {
    QFETCH(QString, query);
    QFETCH(QByteArray, key);
    World world;
    const Answer answer =
        world.ask(query.toStdString(), world.token(world.addUser("alice")), {{"idempotency-key", key.toStdString()}});
    QCOMPARE(answer.code(), QStringLiteral("BAD_INPUT"));
    QCOMPARE(world.calls(), QString());  // nothing was done
}

void DoorTest::countsRequests() {
    World world;
    world.ask("{ me { id } }", world.token(world.addUser("alice")));
    world.ask("{ me { id } }");
    const auto text = QString::fromStdString(world.metrics().scrape());
    QVERIFY2(text.contains(QStringLiteral("nova_gateway_requests_total{action=\"me\",outcome=\"ok\"} 1")),
             qPrintable(text));
    QVERIFY(text.contains(QStringLiteral("nova_gateway_requests_total{action=\"me\",outcome=\"UNAUTHENTICATED\"} 1")));
}

QTEST_GUILESS_MAIN(DoorTest)
#include "tst_door.moc"
