// From evidence to verdicts: which keys an event has, why one is absent, suppressed repeats, other payloads, outcomes;
// and the JSON of the contract.
#include <QtTest>
#include <nlohmann/json.hpp>

#include "app/engine/keys/key_json.h"
#include "app/engine/keys/verdicts.h"

using namespace nova::engine;
using namespace Qt::StringLiterals;

namespace {

const std::string eventId = "0193a8e3-1c52-7d04-9b3e-7c2a81f04e91", otherId = "0193a8e3-2c52-7d04-9b3e-7c2a81f04e91",
                  postId = "0193a8e2-c2d8-7d04-9b3e-7c2a81f007aa";
constexpr std::int64_t timeMs = 1'732'320'112'901;
constexpr qint64 day = 86'400'000;

SeenRecord record(const std::string& id, std::int64_t offset, std::size_t payload) {
    SeenRecord seen;
    seen.topic = "nova.content.events";
    seen.eventId = id;
    seen.type = "PostCreated";
    seen.schema = "nova.events.v1.PostCreated";
    seen.subject = postId;
    seen.offset = offset;
    seen.timeMs = seen.ceTimeMs = timeMs;
    seen.payload = payload;
    return seen;
}

Delivery delivery(const QString& outcome, qint64 startUs, const QString& group = u"feed-service"_s) {
    Delivery one;
    one.eventId = QString::fromStdString(eventId);
    one.group = group;
    one.outcome = outcome;
    one.member = u"feed-service/1"_s;
    one.topic = u"nova.content.events"_s;
    one.partition = 3;
    one.offset = 7;
    one.startUs = startUs;
    one.tries = 2;
    return one;
}

class Case {
public:
    Case() : evidence(m_session, m_stop) {
        Event event;
        event.topic = Names::topic("nova.content.events");
        event.partition = 3;
        event.offset = 7;
        event.eventId = eventId;
        event.timestampMs = timeMs;
        evidence.event = event;
        evidence.sameId = {record(eventId, 7, 1)};
        evidence.hasSpans = true;
        state.group = u"feed-service"_s;
        state.key = u"processed:feed-service:%1"_s.arg(QString::fromStdString(eventId));
        state.keyTemplate = u"processed:{group}:{event_id}"_s;
        state.eventId = QString::fromStdString(eventId);
    }
    KeyState judged() {
        auto judged = state;
        applyEvidence(judged, &evidence.sameId.front(), evidence, keyTemplates({}));
        return judged;
    }

private:
    ReadSession m_session{"127.0.0.1:1"};
    std::atomic<bool> m_stop{false};

public:
    Evidence evidence;
    KeyState state;
};

KeyReader::Value value(const QString& text, std::optional<double> left) {
    return {true, text, left, {}};
}

}  // namespace

class KeyVerdictsTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void keysOfAnEvent() {
        const auto asks = keysOf(record(eventId, 7, 1), {u"feed-service"_s, u"social-service"_s}, keyTemplates({}));
        QStringList needed, further;
        for (const auto& ask : asks) (ask.onlyIfThere ? further : needed) << ask.state.key;
        QCOMPARE(needed, QStringList({u"processed:feed-service:%1"_s.arg(QString::fromStdString(eventId)),
                                      u"processed:social-service:%1"_s.arg(QString::fromStdString(eventId))}));
        const auto design = u"processed:%1:%2"_s.arg(QString::fromStdString(postId)).arg(timeMs);
        QCOMPARE(further, QStringList({u"feed-service:"_s + design, u"social-service:"_s + design, design}));
    }

    void statesOfAKey() {
        KeyState state;
        applyValue(state, value(u"done"_s, 604'000));
        QCOMPARE(state.state, u"done"_s);
        QCOMPARE(state.ttlSeconds, std::optional(604'000.0));
        applyValue(state, value(u"1"_s, 5));  // the design's own SETEX
        QCOMPARE(state.state, u"done"_s);
        KeyState leased;
        applyValue(leased, value(u"lease:feed-service/1"_s, 3.5));
        QCOMPARE(leased.state, u"leased"_s);
        QCOMPARE(leased.setBy, u"feed-service/1"_s);
        KeyState absent;
        applyValue(absent, {});
        QCOMPARE(absent.state, u"absent"_s);
        KeyState wrong;
        applyValue(wrong, {true, {}, std::nullopt, u"WRONGTYPE Operation against a key"_s});
        QCOMPARE(wrong.state, u"unknown"_s);
        QVERIFY(wrong.why.startsWith(u"WRONGTYPE"));
    }

    void whySomethingIsAbsent_data() {
        QTest::addColumn<QString>("outcome");
        QTest::addColumn<bool>("recordKnown");
        QTest::addColumn<qint64>("committed");  // −1: none
        QTest::addColumn<qint64>("ageMs");
        QTest::addColumn<QString>("begins");
        QTest::newRow("older than a key lives") << u"done"_s << true << qint64{8} << 8 * day << u"expired:"_s;
        QTest::newRow("set, young, gone") << u"done"_s << true << qint64{8} << day << u"lost:"_s;
        QTest::newRow("stale counts as set") << u"stale"_s << true << qint64{8} << day << u"lost:"_s;
        QTest::newRow("never applied") << u"skipped"_s << true << qint64{8} << day << u"never:"_s;
        QTest::newRow("not reached") << QString() << true << qint64{7} << day << u"never:"_s;
        QTest::newRow("passed, no span") << QString() << true << qint64{8} << day << u"lost or never:"_s;
        QTest::newRow("no record") << QString() << false << qint64{-1} << day << u"expired or never:"_s;
    }
    void whySomethingIsAbsent() {
        QFETCH(QString, outcome);
        QFETCH(bool, recordKnown);
        QFETCH(qint64, committed);
        QFETCH(qint64, ageMs);
        QFETCH(QString, begins);
        KeyState state;
        state.outcome = outcome;
        const auto seen = record(eventId, 7, 1);
        const auto why = whyAbsent(state, recordKnown ? &seen : nullptr,
                                   committed < 0 ? std::nullopt : std::optional(committed), timeMs + ageMs);
        QVERIFY2(why.startsWith(begins), qPrintable(why));
    }

    void repeatsAreCounted() {
        Case one;
        one.evidence.deliveries = {delivery(u"done"_s, 1), delivery(u"duplicate"_s, 2), delivery(u"duplicate"_s, 3),
                                   delivery(u"stale"_s, 4), delivery(u"duplicate"_s, 5, u"social-service"_s)};
        const auto state = one.judged();
        QCOMPARE(state.duplicates, std::optional(2));
        QCOMPARE(state.staleSkips, std::optional(1));
        QCOMPARE(state.setBy, u"feed-service/1"_s);
        QCOMPARE(state.setAt, u"nova.content.events p3 @ 7"_s);
        QCOMPARE(state.outcome, u"done"_s);
    }

    // Without a span nothing is known, and that is not 0; unless the group has not come so far.
    void noSpanIsNotZero() {
        Case one;
        QCOMPARE(one.judged().duplicates, std::nullopt);
        one.evidence.committed[u"feed-service"_s] = 8;
        QCOMPARE(one.judged().duplicates, std::nullopt);
        one.evidence.committed[u"feed-service"_s] = 7;
        QCOMPARE(one.judged().duplicates, std::optional(0));
        one.evidence.hasSpans = false;
        QCOMPARE(one.judged().duplicates, std::nullopt);
    }

    // Of a part of the spans, or of the records, nothing that was not met is known.
    void whatWasNotReadIsNotZero() {
        Case one;
        one.evidence.deliveries = {delivery(u"done"_s, 1), delivery(u"duplicate"_s, 2)};
        QVERIFY(!one.judged().atLeast);
        QCOMPARE(one.judged().staleSkips, std::optional(0));
        one.evidence.spanReach.limited = true;
        QVERIFY(one.judged().atLeast);
        QCOMPARE(one.judged().duplicates, std::optional(1));
        QCOMPARE(one.judged().staleSkips, std::nullopt);
        one.evidence.deliveries.clear();
        one.evidence.committed[u"feed-service"_s] = 7;  // it has not come so far: that needs no span
        QCOMPARE(one.judged().duplicates, std::optional(0));
        QVERIFY(!one.judged().atLeast);
        QVERIFY(one.judged().payloadsCompared.has_value());
        one.evidence.eventReach.limited = true;
        QVERIFY(!one.judged().payloadsCompared.has_value());
        one.evidence.sameId.push_back(record(eventId, 10, 2));
        QVERIFY(one.judged().payloadsCompared.has_value() && one.judged().otherPayload);
    }

    void otherPayloads() {
        Case one;
        QVERIFY(!one.judged().otherPayload);
        one.evidence.sameId.push_back(record(eventId, 8, 1));  // the same again
        QVERIFY(!one.judged().otherPayload);
        auto newer = record(eventId, 9, 2);
        newer.schema = "nova.events.v2.PostCreated";  // one row of an outbox in two schemas
        one.evidence.sameId.push_back(newer);
        QVERIFY(!one.judged().otherPayload);
        one.evidence.sameId.push_back(record(eventId, 10, 2));
        QVERIFY(one.judged().otherPayload);
        QVERIFY(one.judged().payloadsCompared.has_value());
        KeyState unread = one.state;
        applyEvidence(unread, nullptr, one.evidence, keyTemplates({}));
        QVERIFY(!unread.payloadsCompared);
    }

    // The design's key names no event: two events of a post in one millisecond share it.
    void theDesignsKeyMayCollide() {
        Case one;
        one.evidence.related = {record(otherId, 8, 2)};
        QVERIFY(!one.judged().otherPayload);
        one.state.keyTemplate = u"processed:{post_id}:{timestamp}"_s;
        one.state.key = u"feed-service:processed:%1:%2"_s.arg(QString::fromStdString(postId)).arg(timeMs);
        QVERIFY(one.judged().otherPayload);
        one.evidence.related.front().ceTimeMs += 1;
        QVERIFY(!one.judged().otherPayload);
    }

    void outcomes() {
        Case one;
        const auto group = u"feed-service"_s;
        QCOMPARE(consumerOf(group, {}, one.evidence).outcome, u"unknown"_s);
        QVERIFY(!consumerOf(group, {}, one.evidence).lagWhy.isEmpty());
        QCOMPARE(consumerOf(group, u"done"_s, one.evidence).outcome, u"done"_s);
        one.evidence.committed[group] = 7;
        QCOMPARE(consumerOf(group, {}, one.evidence).outcome, u"pending"_s);
        QVERIFY(!consumerOf(group, {}, one.evidence).passed);
        auto dead = record(eventId, 0, 1);
        dead.deadLetterGroup = "feed-service";
        dead.deadLetterError = "no such user";
        one.evidence.deadLetters = {dead};
        QCOMPARE(consumerOf(group, {}, one.evidence).outcome, u"dead-lettered"_s);
        QCOMPARE(consumerOf(group, {}, one.evidence).error, u"no such user"_s);
        one.evidence.deadLetters.clear();
        one.evidence.deliveries = {delivery(u"failed"_s, 1), delivery(u"duplicate"_s, 3), delivery(u"done"_s, 2)};
        one.evidence.lagAtEvent[group] = 12;
        const auto consumer = consumerOf(group, {}, one.evidence);
        QCOMPARE(consumer.outcome, u"done"_s);
        QCOMPARE(consumer.tries, 2);
        QCOMPARE(consumer.lagAtEvent, std::optional<qint64>(12));
        QVERIFY(consumer.lagWhy.isEmpty());
    }

    void jsonOfTheContract() {
        KeyReport report;
        report.asked = u"x"_s;
        KeyState key;
        key.key = u"processed:g:x"_s;
        key.group = u"g"_s;
        report.keys = {key};
        report.versions = {{u"redis"_s, u"post:x:version"_s, {}, u"missing"_s, 3, false}};
        report.effects = {{u"row"_s, u"posts x"_s, {}, u"unknown"_s}};
        ConsumerState consumer;
        consumer.group = u"g"_s;
        report.consumers = {consumer};
        report.sources = {{u"kafka"_s, u"ok"_s, {}}};
        const auto json = nova::engine::toJson(report);
        QVERIFY(json["event"].is_object() && json["event"].empty());
        QCOMPARE(json["keys"][0]["state"].get<std::string>(), std::string("unknown"));
        for (const auto* field : {"ttl_s", "duplicates", "stale", "other_payload"})
            QVERIFY2(json["keys"][0][field].is_null(), field);
        QVERIFY(json["versions"][0]["version"].is_null());
        QCOMPARE(json["versions"][0]["drift"].get<std::string>(), std::string("missing"));
        QVERIFY(json["consumers"][0]["lag_at_event"].is_null());
        QCOMPARE(json["consumers"][0]["outcome"].get<std::string>(), std::string("unknown"));
        QCOMPARE(json["sources"][0]["state"].get<std::string>(), std::string("ok"));
        for (const auto* field : {"event", "keys", "versions", "effects", "consumers", "sources"})
            QVERIFY2(json.contains(field), field);
    }

    void nothingKnown() {
        KeyReport report;
        QVERIFY(report.nothingKnown());
        KeyState absent;
        absent.state = u"absent"_s;
        report.keys = {absent};
        report.effects = {{u"row"_s, u"posts x"_s, {}, u"unknown"_s}};
        QVERIFY(report.nothingKnown());
        report.keys[0].state = u"leased"_s;
        QVERIFY(!report.nothingKnown());
    }
};

QTEST_GUILESS_MAIN(KeyVerdictsTest)
#include "tst_key_verdicts.moc"
