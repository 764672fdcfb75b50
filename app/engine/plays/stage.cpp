#include "app/engine/plays/stage.h"

#include <QElapsedTimer>
#include <QEventLoop>
#include <QJsonArray>
#include <QRandomGenerator>
#include <QTimer>

#include "app/engine/actions/assembly.h"
#include "app/engine/actions/design.h"
#include "app/engine/cluster/key_reader.h"
#include "kit/runtime/ids.h"

namespace nova::engine {
namespace {

constexpr int connectMs = 10'000, connectLookMs = 20, lookAgainMs = 500;

QString randomWord(int length) {
    static constexpr char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
    QString word;
    for (int i = 0; i < length; ++i)
        word += QLatin1Char(letters[QRandomGenerator::system()->bounded(static_cast<int>(sizeof letters) - 1)]);
    return word;
}

qint64 nowUs() {
    return std::chrono::duration_cast<std::chrono::microseconds>(kit::wallNow().time_since_epoch()).count();
}

Source source(const char* name, const QString& state, const QString& detail) {
    return {QLatin1String(name), state, detail};
}

}  // namespace

Stage::Stage(const RunFile& run, const QString& mode)
    : m_run(run), m_mode(mode), m_spans(m_store), m_caller(run.graphql, WriteSession::ofLocal(run)) {
    m_caller.setMode(mode);
}

Stage::~Stage() {
    m_traffic.stop();  // its sink writes into the store
}

bool Stage::connectAll() {
    int connected = 0;
    connect(&m_spans, &SpanObserver::connected, this, [&connected] { ++connected; });
    connect(&m_traffic, &TrafficObserver::connected, this, [&connected] { ++connected; });
    m_traffic.setSink([this](const Event& event) { m_store.feedEvent(event); });
    m_spans.start(ReadSession(m_run.kafka.toStdString()), 1);
    m_traffic.start(m_run.kafka);
    const bool up = until([&] { return connected >= 2; }, connectMs, connectLookMs);
    m_spans.disconnect(this);
    m_traffic.disconnect(this);
    const QString ok = QStringLiteral("ok");
    m_store.setSources({source("otlp_spans", ok, tr("followed while the play ran")),
                        source("events", ok, tr("followed while the play ran")),
                        source("redis", QStringLiteral("not-configured"), tr("not asked: the spans tell"))});
    return up;
}

bool Stage::until(const std::function<bool()>& done, int limitMs, int everyMs) {
    QEventLoop loop;
    QTimer again;
    bool reached = done();
    const auto check = [&] {
        reached = reached || done();
        if (m_stopping || reached) loop.quit();
    };
    if (reached || m_stopping) return reached && !m_stopping;
    connect(&m_store, &ActionStore::changed, &loop, check);
    connect(&again, &QTimer::timeout, &loop, check);
    QTimer::singleShot(limitMs, &loop, &QEventLoop::quit);
    again.start(everyMs);
    loop.exec();
    return reached && !m_stopping;
}

void Stage::spin(int ms) {
    until([] { return false; }, ms, std::max(1, ms));
}

// Whole, and its effect told where one is to be expected: a push may be told of a moment after all outcomes.
bool Stage::isTold(const QString& traceId, QElapsedTimer& whole) const {
    const auto action = m_store.action(traceId);
    if (!action || !action->complete || !action->clientAckMs) return false;
    if (!whole.isValid()) whole.start();
    const auto* design = designOf(action->action);
    return action->visibleMs || !design || design->effects.isEmpty() || whole.elapsed() > settledAfterMs + lookAgainMs;
}

std::optional<Action> Stage::told(const QString& traceId, const QJsonObject& more, int limitMs) {
    QElapsedTimer whole;
    until([&] { return isTold(traceId, whole); }, limitMs);
    auto action = m_store.action(traceId);
    if (action) Q_EMIT played(*action, more);
    return action;
}

QStringList Stage::outcomes(const QString& traceId, const QString& group) const {
    QStringList outcomes;
    const auto action = m_store.action(traceId);
    if (!action) return outcomes;
    for (const auto& hop : action->hops) {
        if (hop.kind == QLatin1String("consume") && hop.group == group && !hop.pending) outcomes << hop.outcome;
    }
    return outcomes;
}

kit::Result<Acted> Stage::act(const Person& who, const QString& query, const QJsonObject& variables,
                              const QString& idempotencyKey) {
    const qint64 clicked = nowUs();
    BOOST_OUTCOME_TRY(auto reply, m_caller.act(query, variables, who.token, idempotencyKey));
    return Acted{reply.traceId, reply.data, clicked, nowUs()};
}

kit::Result<QJsonObject> Stage::look(const Person& who, const QString& query, const QJsonObject& variables) {
    BOOST_OUTCOME_TRY(auto reply, m_caller.look(query, variables, who.token));
    return reply.data;
}

kit::Result<Person> Stage::signUp(const QString& name) {
    Person person;
    person.handle = name + QLatin1Char('-') + randomWord(6);
    BOOST_OUTCOME_TRY(const auto reply,
                      m_caller.act(QStringLiteral("mutation($h:String!,$p:String!,$d:String){signUp("
                                                  "handle:$h,password:$p,displayName:$d){token "
                                                  "user{id}}}"),
                                   {{QStringLiteral("h"), person.handle},
                                    {QStringLiteral("p"), randomWord(24)},
                                    {QStringLiteral("d"), QString(name.left(1).toUpper() + name.mid(1))}}));
    const auto session = reply.data.value(u"signUp").toObject();
    person.token = session.value(u"token").toString();
    person.id = session.value(u"user").toObject().value(u"id").toString();
    return person;
}

kit::Result<void> Stage::follow(const Person& follower, const Person& followee) {
    BOOST_OUTCOME_TRY(const auto acted, act(follower, QStringLiteral("mutation($u:ID!){follow(userId:$u){id}}"),
                                            {{QStringLiteral("u"), followee.id}}));
    const auto isApplied = [&] {
        const auto action = m_store.action(acted.traceId);
        return (action && action->sync && action->complete) ||
               outcomes(acted.traceId, QStringLiteral("feed-service")).contains(QLatin1String("done"));
    };
    if (until(isApplied)) return kit::outcome::success();
    return kit::permanent(tr("the follow was answered, but feed-service has not told of it within %1 s")
                              .arg(waitMs / 1'000)
                              .toStdString());
}

kit::Result<Acted> Stage::post(const Person& author, const QString& content) {
    return act(author, QStringLiteral("mutation($c:String!){createPost(content:$c){id}}"),
               {{QStringLiteral("c"), content}});
}

kit::Result<Acted> Stage::like(const Person& who, const QString& postId) {
    return act(who, QStringLiteral("mutation($i:ID!){likePost(id:$i){id likeCount}}"), {{QStringLiteral("i"), postId}});
}

FeedSeen Stage::feed(const Person& reader, int first) {
    FeedSeen seen;
    const auto data =
        look(reader, QStringLiteral("query($n:Int){feed(first:$n){posts{id} stale}}"), {{QStringLiteral("n"), first}});
    if (!data) {
        seen.error = QString::fromStdString(data.error().what);
        return seen;
    }
    const auto feed = data.value().value(u"feed").toObject();
    seen.answered = true;
    seen.stale = feed.value(u"stale").toBool();
    for (const auto& post : feed.value(u"posts").toArray()) seen.posts << post.toObject().value(u"id").toString();
    return seen;
}

bool Stage::shows(const Person& reader, const QString& postId) {
    return feed(reader).posts.contains(postId);
}

bool Stage::waitOnline(const Person& who) {
    auto reader = KeyReader::make(m_run.redis);
    return reader && until(
                         [&] {
                             const auto online = reader.value().isOnline(who.id);
                             return online && online.value();
                         },
                         waitMs, connectLookMs);
}

}  // namespace nova::engine
