#include "tests/views/key_samples.h"

namespace nova::test {

using namespace Qt::StringLiterals;

namespace {

const QString& eventId = keyEventId;
const QString& postId = keyPostId;
constexpr qint64 atMs = keyEventMs;

engine::KeyState key(const QString& group, const QString& state, std::optional<double> left) {
    engine::KeyState key;
    key.key = u"processed:%1:%2"_s.arg(group, eventId);
    key.group = group;
    key.state = state;
    key.ttlSeconds = left;
    key.ttlOfSeconds = state == u"done" ? 604'800 : 0;
    key.keyTemplate = u"processed:{group}:{event_id}"_s;
    key.eventId = eventId;
    return key;
}

engine::Delivery delivery(const QString& outcome, qint64 afterMs, const QString& effect = {}) {
    engine::Delivery one;
    one.eventId = eventId;
    one.group = u"feed-service"_s;
    one.member = u"feed-service/2"_s;
    one.outcome = outcome;
    one.topic = u"nova.content.events"_s;
    one.partition = 3;
    one.offset = 51'880;
    one.startUs = (atMs + afterMs) * 1'000;
    one.endUs = one.startUs + 41'300;
    one.tries = 1;
    one.effect = effect;
    return one;
}

}  // namespace

engine::KeyReport keyReport() {
    engine::KeyReport report;
    report.asked = eventId;
    report.kind = u"event"_s;
    engine::Event event;
    event.topic = engine::Names::topic("nova.content.events");
    event.type = engine::Names::type("PostCreated");
    event.partition = 3;
    event.offset = 51'880;
    event.timestampMs = atMs;
    event.version = 1;
    event.eventId = eventId.toStdString();
    event.user = "0193a8e3-0000-7d04-9b3e-7c2a81f04e91";
    report.event = event;
    report.user = u"alice"_s;
    report.traceId = u"4bf92f3577b34da6a3ce929d0e0e4736"_s;
    auto feed = key(u"feed-service"_s, u"done"_s, 604'320);
    feed.duplicates = 2;
    feed.staleSkips = 0;
    feed.setBy = u"feed-service/2"_s;
    feed.setAt = u"nova.content.events p3 @ 51880"_s;
    feed.outcome = u"done"_s;
    auto social = key(u"social-service"_s, u"absent"_s, {});
    social.why = u"lost: it was set less than 7 days ago, and Redis no longer has it"_s;
    auto search = key(u"search-lab"_s, u"leased"_s, 12);
    auto other = key(u"audit"_s, u"done"_s, 86'400);
    other.otherPayload = true;
    report.keys = {feed, social, search, other};
    report.deliveries = {delivery(u"done"_s, 46, u"feed 1284"_s), delivery(u"duplicate"_s, 15'212),
                         delivery(u"duplicate"_s, 227'601)};
    report.records = {{eventId, u"PostCreated"_s, u"nova.content.events"_s, report.traceId, 3, 51'880, atMs, 1}};
    report.versions = {{u"postgres posts"_s, postId, 3, u"equal"_s, 3, true},
                       {u"feed-service gate"_s, postId, 3, u"equal"_s, 3, false},
                       {u"redis"_s, u"post:%1:version"_s.arg(postId), 2, u"behind by 1"_s, 3, false},
                       {u"redis"_s, u"audit:post:%1:version"_s.arg(postId), 4, u"ahead by 1"_s, 3, false},
                       {u"redis"_s, u"lab:post:%1:version"_s.arg(postId), {}, u"missing"_s, 3, false}};
    report.effects = {{u"row"_s, u"posts %1"_s.arg(postId), u"version 3, by alice"_s, u"there"_s},
                      {u"feed"_s, u"feed:%1"_s.arg(postId), u"bob, score 1795392712901, rank 0 of 12"_s, u"there"_s},
                      {u"snapshot"_s, u"snapshot:%1"_s.arg(postId), {}, u"absent"_s},
                      {u"likes"_s, u"likes:%1"_s.arg(postId), u"Redis is not in this profile"_s, u"unknown"_s}};
    engine::ConsumerState consumer;
    consumer.group = u"feed-service"_s;
    consumer.lagAtEvent = 12;
    consumer.committed = 51'900;
    consumer.passed = true;
    consumer.outcome = u"done"_s;
    engine::ConsumerState waiting;
    waiting.group = u"social-service"_s;
    waiting.lagWhy = u"no commit and no span tells"_s;
    report.consumers = {consumer, waiting};
    report.sources = {{u"kafka"_s, u"ok"_s, u"records read: 4120"_s},
                      {u"spans"_s, u"ok"_s, {}},
                      {u"redis"_s, u"ok"_s, {}},
                      {u"postgres"_s, u"not-configured"_s, {}}};
    report.events = {atMs - 2'000, atMs + 600'000, 4'120, false, {}};
    return report;
}

engine::KeyScan keyScan(bool ended) {
    engine::KeyScan scan;
    scan.pattern = u"processed:feed-service:*"_s;
    scan.fraction = ended ? 1 : 0.62;
    scan.walked = 1'204'118;
    scan.matched = 3;
    scan.perSecond = 48'000;
    scan.ended = scan.complete = ended;
    scan.templates = {
        {u"processed:{group}:{event_id}"_s, 1'942'207}, {u"processed:{post_id}:{timestamp}"_s, 3'118}, {QString(), 17}};
    scan.keys = {key(u"feed-service"_s, u"done"_s, 604'320), key(u"feed-service"_s, u"leased"_s, 3)};
    scan.versions = {{u"redis"_s, u"post:%1:version"_s.arg(postId), 2, u"ahead by 1"_s, 1, false}};
    scan.sources = {{u"redis"_s, u"ok"_s, {}}, {u"postgres"_s, u"ok"_s, {}}};
    return scan;
}

engine::Target noTarget() {
    engine::Profile profile;
    profile.name = u"nowhere"_s;
    profile.kafka["bootstrap.servers"] = "127.0.0.1:1";
    return engine::Target::of(profile);
}

}  // namespace nova::test
