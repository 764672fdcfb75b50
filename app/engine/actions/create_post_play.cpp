#include "app/engine/actions/create_post_play.h"

#include <QElapsedTimer>
#include <QEventLoop>
#include <QJsonArray>
#include <QRandomGenerator>
#include <QTimer>

#include "app/engine/actions/action_store.h"
#include "app/engine/actions/gateway_caller.h"
#include "app/engine/actions/span_observer.h"
#include "app/engine/traffic/traffic_observer.h"

namespace nova::engine {
namespace {

constexpr int waitMs = 10'000;  // for an action to be told whole, for the feed to show the post
constexpr int connectMs = 10'000;
constexpr int lookEveryMs = 2;

QString randomWord(int length) {
    static constexpr char letters[] = "abcdefghijkmnpqrstuvwxyz23456789";
    QString word;
    for (int i = 0; i < length; ++i)
        word += QLatin1Char(letters[QRandomGenerator::system()->bounded(static_cast<int>(sizeof letters) - 1)]);
    return word;
}

struct Person {
    QString id, handle, token;
};

}  // namespace

struct CreatePostPlay::Impl {
    Impl(CreatePostPlay* owner, const RunFile& nova)
        : self(owner), run(nova), spans(store), caller(nova.graphql, WriteSession::ofLocal(nova)) {}

    // Spins the event loop until `done`, asked again at each batch of news and each `everyMs`; false after `limit`, or
    // when stopped.
    bool until(const std::function<bool()>& done, int limitMs, int everyMs) {
        QEventLoop loop;
        QTimer again;
        const auto check = [&] {
            if (stopping || done()) loop.quit();
        };
        QObject::connect(&store, &ActionStore::changed, &loop, check);
        QObject::connect(&again, &QTimer::timeout, &loop, check);
        QTimer::singleShot(limitMs, &loop, &QEventLoop::quit);
        again.start(everyMs);
        if (!done()) loop.exec();
        return !stopping && done();
    }

    bool connectAll() {
        int connected = 0;
        QObject::connect(&spans, &SpanObserver::connected, self, [&connected] { ++connected; });
        QObject::connect(&traffic, &TrafficObserver::connected, self, [&connected] { ++connected; });
        traffic.setSink([this](const Event& event) { store.feedEvent(event); });
        spans.start(run.kafka, 1);
        traffic.start(run.kafka);
        const bool up = until([&] { return connected == 2; }, connectMs, 20);
        spans.disconnect(self);
        traffic.disconnect(self);
        return up;
    }

    bool isTold(const QString& trace) const {
        const auto action = store.action(trace);
        return action && action->complete && action->clientAckMs;
    }

    // The action whole, or what is known of it when the time is over.
    std::optional<Action> told(const QString& trace, std::optional<double> readable = {}) {
        until([&] { return isTold(trace); }, waitMs, 50);
        auto action = store.action(trace);
        if (action) Q_EMIT self->played(*action, readable);
        return action;
    }

    bool fail(const kit::Error& error) {
        result.problem = QString::fromStdString(error.what);
        result.unreachable = error.retryable();
        return false;
    }

    bool signUp(const QString& name, Person& person) {
        person.handle = name + QLatin1Char('-') + randomWord(4);
        Q_EMIT self->step(tr("%1 signs up").arg(person.handle));
        const auto reply = caller.act(QStringLiteral("mutation($h:String!,$p:String!,$d:String){signUp(handle:$h,"
                                                     "password:$p,displayName:$d){token user{id}}}"),
                                      {{QStringLiteral("h"), person.handle},
                                       {QStringLiteral("p"), randomWord(24)},
                                       {QStringLiteral("d"), QString(name.left(1).toUpper() + name.mid(1))}});
        if (!reply) return fail(reply.error());
        const auto session = reply.value().data.value(u"signUp").toObject();
        person.token = session.value(u"token").toString();
        person.id = session.value(u"user").toObject().value(u"id").toString();
        told(reply.value().traceId);
        return true;
    }

    // Over when feed-service has said that the edge is applied: from then on a post of Alice's is Bob's to see.
    bool follow(const Person& follower, const Person& followee) {
        Q_EMIT self->step(tr("%1 follows %2").arg(follower.handle, followee.handle));
        const auto reply = caller.act(QStringLiteral("mutation($u:ID!){follow(userId:$u){id}}"),
                                      {{QStringLiteral("u"), followee.id}}, follower.token);
        if (!reply) return fail(reply.error());
        const auto action = told(reply.value().traceId);
        if (action && action->complete) return true;
        result.problem = tr("the follow was answered, but no consumer has told of it within %1 s").arg(waitMs / 1'000);
        return false;
    }

    bool showsPost(const Person& reader, const QString& postId) {
        const auto reply = caller.look(QStringLiteral("{feed(first:20){posts{id}}}"), {}, reader.token);
        if (!reply) return false;
        for (const auto& post : reply.value().data.value(u"feed").toObject().value(u"posts").toArray()) {
            if (post.toObject().value(u"id").toString() == postId) return true;
        }
        return false;
    }

    bool post(const Person& author, const Person& reader) {
        Q_EMIT self->step(tr("%1 posts, %2 looks into the feed").arg(author.handle, reader.handle));
        QElapsedTimer clock;
        clock.start();
        const auto reply =
            caller.act(QStringLiteral("mutation($c:String!){createPost(content:$c){id}}"),
                       {{QStringLiteral("c"), QStringLiteral("Golden hour over the harbour")}}, author.token);
        if (!reply) return fail(reply.error());
        const auto id = reply.value().data.value(u"createPost").toObject().value(u"id").toString();
        const auto seen = [&] {
            if (!result.seen && showsPost(reader, id)) {
                result.seen = true;
                result.readableMs = static_cast<double>(clock.nsecsElapsed()) / 1e6;
            }
            return result.seen;
        };
        until(seen, waitMs, lookEveryMs);
        result.post = told(reply.value().traceId, result.readableMs);
        return true;
    }

    void judge() {
        const auto* design = designOf(QStringLiteral("createPost"));
        const auto visible = result.post && result.post->visibleMs ? result.post->visibleMs : result.readableMs;
        result.inClass = visible && design && *visible < design->classMs;
        if (stopping)
            result.problem = tr("stopped");
        else if (!result.seen)
            result.problem = tr("the post did not reach the follower's feed within %1 s").arg(waitMs / 1'000);
        else if (!result.inClass)
            result.problem = tr("the post was visible after %1 ms; its class promises less than %2")
                                 .arg(*visible)
                                 .arg(design->classMs);
        else if (!result.post || !result.post->complete)
            result.problem = tr("the action was not told whole within %1 s").arg(waitMs / 1'000);
    }

    CreatePostPlay* const self;
    const RunFile run;
    ActionStore store;
    SpanObserver spans;
    TrafficObserver traffic;
    GatewayCaller caller;
    Result result;
    bool stopping = false;
};

CreatePostPlay::CreatePostPlay(const RunFile& run, QObject* parent)
    : QObject(parent), m_impl(std::make_unique<Impl>(this, run)) {}
CreatePostPlay::~CreatePostPlay() = default;

void CreatePostPlay::stop() {
    m_impl->stopping = true;
}

CreatePostPlay::Result CreatePostPlay::play() {
    auto& impl = *m_impl;
    if (!impl.connectAll()) {
        impl.result.problem = tr("Kafka at %1 does not answer").arg(impl.run.kafka);
        impl.result.unreachable = true;
        return impl.result;
    }
    Person alice, bob;
    if (impl.signUp(QStringLiteral("alice"), alice) && impl.signUp(QStringLiteral("bob"), bob) &&
        impl.follow(bob, alice) && impl.post(alice, bob))
        impl.judge();
    return impl.result;
}

}  // namespace nova::engine
