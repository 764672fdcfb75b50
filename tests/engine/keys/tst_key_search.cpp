// Lookups against a Kafka that has nothing beside it: found by the time in the id, within bounds, and what is not there
// is unknown.
#include <QProcess>
#include <QThread>
#include <QtTest>
#include <nlohmann/json.hpp>

#include "app/engine/actions/trace_parts.h"
#include "app/engine/keys/evidence.h"
#include "app/engine/keys/key_json.h"
#include "app/engine/keys/key_lookup.h"
#include "app/engine/traffic/scan.h"
#include "contract/topics.h"
#include "kit/runtime/ids.h"
#include "kit/trace/exporter.h"
#include "tests/support/real_kafka.h"

using namespace nova;
using namespace nova::engine;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 hourMs = 3'600'000;

kit::kafka::OutRecord record(const std::string& topic, const std::string& id, const std::string& value) {
    kit::kafka::OutRecord record;
    record.topic = topic;
    record.key = "k";
    record.value = value;
    record.headers = {{"ce_id", id}, {"ce_type", "Ordered"}, {"ce_subject", "about-" + topic}};
    return record;
}

}  // namespace

class KeySearchTest : public QObject {
    Q_OBJECT
    std::unique_ptr<test::RealKafka> m_kafka;

    Target target() const {
        Profile profile;
        profile.kafka["bootstrap.servers"] = m_kafka->bootstrap();
        profile.readBytesPerSecond = 0;  // a broker of one's own
        return Target::of(profile);
    }
    KeyReport lookUp(const std::string& id) const {
        const std::atomic<bool> stop{false};
        return engine::lookUp(target(), QString::fromStdString(id), stop);
    }
    void commit(const QString& group, const char* topic, std::int64_t offset) const {
        auto settings = kit::kafka::commonSettings(m_kafka->bootstrap(), "test-commit");
        settings["group.id"] = group.toStdString();
        const auto handle = kit::kafka::makeHandle(RD_KAFKA_CONSUMER, settings);
        const kit::kafka::PartitionList list(rd_kafka_topic_partition_list_new(1));
        rd_kafka_topic_partition_list_add(list.get(), topic, 0)->offset = offset;
        if (const auto fault = rd_kafka_commit(handle.value().get(), list.get(), 0))
            qFatal("commit: %s", rd_kafka_err2str(fault));
    }
    // With this time, in this order.
    void sendAt(const std::vector<kit::kafka::OutRecord>& records, qint64 timeMs) const {
        auto settings = kit::kafka::commonSettings(m_kafka->bootstrap(), "test-past");
        settings["linger.ms"] = "5";
        const auto made = kit::kafka::makeHandle(RD_KAFKA_PRODUCER, settings);
        auto* handle = made.value().get();
        for (const auto& record : records) {
            std::vector<rd_kafka_vu_t> parts(5 + record.headers.size());
            parts[0].vtype = RD_KAFKA_VTYPE_TOPIC;
            parts[0].u.cstr = record.topic.c_str();
            parts[1].vtype = RD_KAFKA_VTYPE_PARTITION;
            parts[1].u.i32 = 0;
            parts[2].vtype = RD_KAFKA_VTYPE_KEY;
            parts[2].u.mem = {const_cast<char*>(record.key.data()), record.key.size()};
            parts[3].vtype = RD_KAFKA_VTYPE_VALUE;
            parts[3].u.mem = {const_cast<char*>(record.value.data()), record.value.size()};
            parts[4].vtype = RD_KAFKA_VTYPE_TIMESTAMP;
            parts[4].u.i64 = timeMs;
            for (std::size_t i = 0; i < record.headers.size(); ++i) {
                const auto& [name, value] = record.headers[i];
                parts[5 + i].vtype = RD_KAFKA_VTYPE_HEADER;
                parts[5 + i].u.header = {name.c_str(), value.data(), static_cast<ssize_t>(value.size())};
            }
            const auto send = [&] {
                auto* fault = rd_kafka_produceva(handle, parts.data(), parts.size());
                const auto code = fault ? rd_kafka_error_code(fault) : RD_KAFKA_RESP_ERR_NO_ERROR;
                rd_kafka_error_destroy(fault);
                return code;
            };
            auto error = send();
            for (; error == RD_KAFKA_RESP_ERR__QUEUE_FULL; error = send()) rd_kafka_poll(handle, 50);
            if (error) qFatal("%s", rd_kafka_err2str(error));
        }
        if (rd_kafka_flush(handle, 30'000)) qFatal("not delivered");
    }
    // The consume span of the group "billing".
    static kit::kafka::OutRecord consumed(const std::string& id, int offset, const char* outcome, qint64 timeMs) {
        namespace attr = contract::attr;
        kit::trace::SpanData span;
        span.context = kit::trace::Context::fresh(true).child();
        span.name = "billing Ordered";
        span.kind = kit::trace::SpanKind::consumer;
        span.start = kit::WallTime(std::chrono::milliseconds(timeMs));
        span.text = {{std::string(attr::kind), "consume"},   {std::string(attr::eventId), id},
                     {std::string(attr::topicName), "late"}, {std::string(attr::group), "billing"},
                     {std::string(attr::outcome), outcome}};
        span.numbers = {{std::string(attr::partition), 0}, {std::string(attr::offset), offset}};
        kit::kafka::OutRecord record;
        record.topic = "otlp_spans";
        record.value = kit::trace::encodeOtlp("billing", "billing/0", {span});
        return record;
    }
    static QStringList groupsOf(const KeyReport& report) {
        QStringList groups;
        for (const auto& consumer : report.consumers) groups << consumer.group;
        return groups;
    }
    QString stateOf(const KeyReport& report, const QString& source) const {
        return report.source(source) ? report.source(source)->state : QString();
    }

private Q_SLOTS:
    void initTestCase() { m_kafka = std::make_unique<test::RealKafka>(); }

    // Topics that are nobody's known ones, ids that tell no time: the last minutes are searched, groups are those that
    // committed there.
    void somebodyElsesTopics() {
        m_kafka->createTopic("orders", 1);
        std::vector<kit::kafka::OutRecord> first, second;
        for (int i = 0; i < 10; ++i) first.push_back(record("orders", "Order/" + std::to_string(i), "v"));
        m_kafka->send(first);
        const auto read = m_kafka->kcat(
            {u"-G"_s, u"billing"_s, u"-q"_s, u"-e"_s, u"-X"_s, u"auto.offset.reset=earliest"_s, u"orders"_s});
        QCOMPARE(read.count('v'), 10);
        for (int i = 10; i < 15; ++i) second.push_back(record("orders", "Order/" + std::to_string(i), "v"));
        m_kafka->send(second);
        const auto report = lookUp("Order/14");
        QVERIFY(report.event);
        QCOMPARE(report.kind, u"event"_s);
        QCOMPARE(report.event->offset, 14);
        QCOMPARE(report.consumers.size(), 1);
        QCOMPARE(report.consumers[0].group, u"billing"_s);
        QCOMPARE(report.consumers[0].committed, std::optional<qint64>(10));
        QCOMPARE(report.consumers[0].lagAtEvent, std::optional<qint64>(4));
        QCOMPARE(report.consumers[0].outcome, u"pending"_s);
        QCOMPARE(stateOf(report, u"kafka"_s), u"ok"_s);
        QVERIFY(report.deliveries.isEmpty());
        for (const auto& source : {u"redis"_s, u"postgres"_s})
            QVERIFY2(stateOf(report, source) == u"not-configured"_s, qPrintable(source));
        QVERIFY(!report.keys.isEmpty());
        for (const auto& key : report.keys) QCOMPARE(key.state, u"unknown"_s);
        QVERIFY(lookUp("Order/15").nothingKnown());
    }

    void theSameIdAgain() {
        m_kafka->createTopic("twice", 1);
        const auto id = kit::newUuid();
        m_kafka->send({record("twice", id, "a"), record("twice", id, "a"), record("twice", kit::newUuid(), "z")});
        auto report = lookUp(id);
        QVERIFY(report.event);
        QCOMPARE(report.event->offset, 0);
        QCOMPARE(report.records.size(), 2);
        m_kafka->send({record("twice", id, "b")});
        report = lookUp(id);
        QCOMPARE(report.records.size(), 3);
        QCOMPARE(report.related.size(), 1);  // of the same subject
    }

    // A ring holds only the beginning of a large value: compared is the whole.
    void largeValuesAreComparedWhole() {
        m_kafka->createTopic("large", 1);
        const auto id = kit::newUuid();
        const std::string beginning(100 * 1024, 'x');
        m_kafka->send({record("large", id, beginning + "a"), record("large", id, beginning + "a")});
        auto held = readEvent(target().kafka, "large", 0, 0);
        QVERIFY(held);
        cutValue(held.value());
        QVERIFY(held.value().isCut());
        const std::atomic<bool> stop{false};
        const auto ofKey = [&](const Event& event) {
            const auto report = engine::lookUp(target(), {{}, event, u"billing"_s}, stop);
            for (const auto& key : report.keys) {
                if (key.keyTemplate == u"processed:{group}:{event_id}") return key;
            }
            return KeyState();
        };
        auto key = ofKey(held.value());
        QVERIFY(key.payloadsCompared && !key.otherPayload);
        auto opened = held.value();  // from a file, which has no more than its beginning
        opened.cutHash.reset();
        key = ofKey(opened);
        QVERIFY(!key.key.isEmpty() && !key.payloadsCompared && !key.otherPayload);
        m_kafka->send({record("large", id, beginning + "b")});
        key = ofKey(held.value());
        QVERIFY(key.payloadsCompared && key.otherPayload);
    }

    // More than is read for a lookup lies around the id's time: the nearest is searched, and it is said that not all
    // was.
    void aBusyTopicIsReadWithinBounds() {
        m_kafka->createTopic("busy", 1);
        std::vector<kit::kafka::OutRecord> before, after;
        const std::string filler(20, 'x');
        for (int i = 0; i < 60'000; ++i) before.push_back(record("busy", "f" + std::to_string(i), filler));
        m_kafka->send(before);
        const auto id = kit::newUuid();
        const auto ahead = kit::newUuid();
        m_kafka->send({record("busy", id, "wanted")});
        for (int i = 0; i < 110'000; ++i) after.push_back(record("busy", "g" + std::to_string(i), filler));
        m_kafka->send(after);
        m_kafka->send({record("busy", ahead, "too far")});
        const auto report = lookUp(id);
        QVERIFY(report.event);
        QCOMPARE(report.event->value, std::string("wanted"));
        QVERIFY(report.events.records <= 2 * Evidence::mostEvents);
        const auto far = lookUp(ahead);
        QVERIFY(far.event || far.events.limited);
        QCOMPARE(far.events.limited, far.notes.join(u' ').contains(u"not all were searched"));
    }

    // The time that is read is narrowed where too much lies in it: what is beyond was not searched, and that is said
    // however little lies in the rest.
    void aNarrowedTimeIsSaid() {
        m_kafka->createTopic("spread", 1);
        m_kafka->send({record("spread", "first", "v")});
        QThread::msleep(20);  // the broker's clock goes on
        m_kafka->send(std::vector(10, record("spread", "more", "v")));
        const auto timeOf = [&](std::int64_t offset) {
            return readEvent(target().kafka, "spread", 0, offset).value().timestampMs;
        };
        const auto first = timeOf(0), last = timeOf(10);
        QVERIFY(first + 1 < timeOf(1));
        const std::atomic<bool> stop{false};
        auto reader = TimeReader::make(target().kafka, stop);
        QVERIFY(reader);
        int read = 0;
        const auto upTo = [&](qint64 most) {
            read = 0;
            return reader.value()
                .read({"spread"}, {first, first}, {first + 1, last + 1}, most,
                      [&](const rd_kafka_message_t&) { return ++read, true; })
                .value();
        };
        const auto narrow = upTo(5);
        QCOMPARE(read, 1);
        QVERIFY(narrow.untilMs == first + 1 && narrow.limited);
        const auto whole = upTo(20);
        QCOMPARE(read, 11);
        QVERIFY(whole.untilMs == last + 1 && !whole.limited);
        const auto late = reader.value().read({"spread"}, {first, first + 1}, {last + 1}, 10,
                                              [](const rd_kafka_message_t&) { return true; });
        QVERIFY(late && late.value().fromMs == first + 1 && late.value().limited);
    }

    // A dead letter leads to the record that it was made of, and to whose it is.
    void aDeadLetter() {
        m_kafka->createTopic("bills", 1);
        m_kafka->createTopic("bills.dlq", 1);
        const auto id = kit::newUuid();
        m_kafka->send({record("bills", kit::newUuid(), "a"), record("bills", id, "b")});
        auto letter = record("bills.dlq", id, "b");
        for (const auto& [name, value] : {std::pair("topic", "bills"),
                                          {"partition", "0"},
                                          {"offset", "1"},
                                          {"group", "billing"},
                                          {"error", "no such account"}})
            letter.headers.emplace_back(std::string("nova-dlq-") + name, value);
        m_kafka->send({letter});
        const auto dead = readEvent(target().kafka, "bills.dlq", 0, 0);
        QVERIFY(dead);
        const std::atomic<bool> stop{false};
        const auto report = engine::lookUp(target(), {QString::fromStdString(id), dead.value(), u"billing"_s}, stop);
        QVERIFY(report.event);
        QCOMPARE(Names::topicName(report.event->topic), std::string("bills"));
        QCOMPARE(report.event->offset, 1);
        QCOMPARE(report.records.size(), 1);
        QCOMPARE(report.consumers.size(), 1);
        QCOMPARE(report.consumers[0].outcome, u"dead-lettered"_s);
        QCOMPARE(report.consumers[0].error, u"no such account"_s);
    }

    // On a cluster with many groups those that read the topic are found; where not all could be asked, whoever is left
    // is unknown, and said to be.
    void manyGroupsAreAskedAllTheSame() {
        m_kafka->createTopic("crowded", 1);
        m_kafka->createTopic("elsewhere", 1);
        const auto id = kit::newUuid();
        m_kafka->send({record("crowded", kit::newUuid(), "a"), record("crowded", id, "b")});
        for (int i = 0; i < TopicGroups::fewGroups + 6; ++i) commit(u"other-%1"_s.arg(i), "elsewhere", 0);
        commit(u"reader"_s, "crowded", 1);
        const auto report = lookUp(id);
        QCOMPARE(groupsOf(report), QStringList{u"reader"_s});
        QCOMPARE(report.consumers[0].committed, std::optional<qint64>(1));
        QCOMPARE(report.consumers[0].outcome, u"pending"_s);
        QVERIFY2(!report.notes.join(u'\n').contains(u"Groups"), qPrintable(report.notes.join(u'\n')));
        QVERIFY(std::any_of(report.keys.begin(), report.keys.end(),
                            [](const KeyState& key) { return key.group == u"reader"; }));
        TopicGroups few(10);
        const std::atomic<bool> stop{false};
        const auto bounded = engine::lookUp(target(), {QString::fromStdString(id), std::nullopt, {}}, few, stop);
        QCOMPARE(groupsOf(bounded).last(), QString());
        QCOMPARE(bounded.consumers.last().outcome, u"unknown"_s);
        QVERIFY2(bounded.consumers.last().lagWhy.contains(u"not asked"), qPrintable(bounded.consumers.last().lagWhy));
        QVERIFY2(bounded.notes.join(u'\n').contains(u"not asked"), qPrintable(bounded.notes.join(u'\n')));
    }

    // The broker's groups that read a topic of Nova's are among its own subscribers; those that this cluster does not
    // have are not.
    void whoeverReadsNovasTopicIsTold() {
        m_kafka->createTopic("nova.content.events", 1);
        const auto id = kit::newUuid();
        m_kafka->send({record("nova.content.events", id, "x")});
        commit(u"analytics"_s, "nova.content.events", 0);
        commit(u"feed-service"_s, "nova.content.events", 1);
        const auto report = lookUp(id);
        QCOMPARE(groupsOf(report), QStringList({u"feed-service"_s, u"analytics"_s}));
        // Of a Nova of one's own, whoever is to come is known before it has.
        auto own = target();
        own.local = true;
        const std::atomic<bool> stop{false};
        const auto local = engine::lookUp(own, QString::fromStdString(id), stop);
        const auto subscribed = catalogueSubscriptions().value(u"nova.content.events"_s);
        QVERIFY(subscribed.size() > 1);
        QCOMPARE(groupsOf(local), subscribed + QStringList{u"analytics"_s});
    }

    // What happened long after the event counts as far as it was read; where a part was not, none is unknown, and some
    // are at least so many.
    void aRepeatLongAfterTheEventIsNotZero() {
        m_kafka->createTopic("late", 1);
        m_kafka->createTopic("otlp_spans", 1);
        const auto now = QDateTime::currentMSecsSinceEpoch(), began = now - 2 * hourMs;
        const auto id = kit::newUuid(), quiet = kit::newUuid();
        auto first = record("late", id, "v"), second = record("late", quiet, "v");
        first.key = second.key = "k";
        sendAt({first, second}, began);
        sendAt({consumed(id, 0, "done", began + 1'000), consumed(quiet, 1, "done", began + 1'000)}, began + 1'000);
        sendAt({consumed(id, 0, "duplicate", began + hourMs / 2)}, began + hourMs / 2);
        const auto keyOf = [&](const std::string& of, KeyReport& report) {
            const std::atomic<bool> stop{false};
            const auto offset = of == id ? 0 : 1;
            const auto event = readEvent(target().kafka, "late", 0, offset);
            if (!event) qFatal("no event");
            report = engine::lookUp(target(), {QString::fromStdString(of), event.value(), u"billing"_s}, stop);
            for (const auto& key : report.keys) {
                if (key.keyTemplate == u"processed:{group}:{event_id}") return key;
            }
            return KeyState();
        };
        KeyReport report;
        auto key = keyOf(id, report);
        QCOMPARE(key.duplicates, std::optional(1));
        QVERIFY(!key.atLeast && !report.spans.limited);
        key = keyOf(quiet, report);
        QCOMPARE(key.duplicates, std::optional(0));
        QCOMPARE(key.payloadsCompared.has_value(), !report.events.limited);

        // More lies since than is read; the last minute is, all the same.
        sendAt(std::vector(static_cast<std::size_t>(Evidence::mostSpans), record("otlp_spans", "", "x")),
               began + hourMs / 2 + 1'000);
        sendAt({consumed(id, 0, "duplicate", now)}, now);
        key = keyOf(id, report);
        QCOMPARE(key.duplicates, std::optional(1));  // that of the last minute
        QCOMPARE(key.staleSkips, std::nullopt);
        QVERIFY(key.atLeast && report.spans.limited && report.spans.gapFromMs > 0);
        QVERIFY2(report.notes.join(u'\n').contains(u"counts may be too low"), qPrintable(report.notes.join(u'\n')));
        QVERIFY(toJson(key).dump().find(R"("at_least":true)") != std::string::npos);
        key = keyOf(quiet, report);
        QCOMPARE(key.duplicates, std::nullopt);
        QVERIFY(key.atLeast);
    }

    // As many relatives as there may be: what is not told is counted.
    void relativesBeyondTheBoundAreCounted() {
        m_kafka->createTopic("kin", 1);
        const auto id = kit::newUuid();
        std::vector<kit::kafka::OutRecord> records{record("kin", id, "v")};
        for (int i = 0; i < 230; ++i) records.push_back(record("kin", kit::newUuid(), "v"));
        m_kafka->send(records);
        const auto report = lookUp(id);
        QCOMPARE(report.related.size(), 200);
        QVERIFY2(report.notes.join(u'\n').contains(u"30 records more"), qPrintable(report.notes.join(u'\n')));
        QVERIFY(lookUp(id).notes.filter(u"records more"_s).size() == 1);
    }

    void nobodyThere() {
        Profile profile;
        profile.kafka["bootstrap.servers"] = "127.0.0.1:1";
        const std::atomic<bool> stop{false};
        const auto report = engine::lookUp(Target::of(profile), QString::fromStdString(kit::newUuid()), stop);
        QVERIFY(report.nothingKnown());
        QCOMPARE(stateOf(report, u"kafka"_s), u"unreachable"_s);
        QCOMPARE(stateOf(report, u"spans"_s), u"unreachable"_s);
        QCOMPARE(report.sources.size(), 4);
    }

    void aRequestIsGivenUpForANewer() {
        KeyLookup lookup(target());
        QSignalSpy found(&lookup, &KeyLookup::found);
        lookup.request(u"Order/1"_s);
        const auto last = lookup.request(u"Order/2"_s);
        QVERIFY(found.wait(30'000));
        QCOMPARE(found.back()[1].toULongLong(), last);
        QCOMPARE(found.size(), 1);
        QCOMPARE(found[0][0].value<KeyReport>().asked, u"Order/2"_s);
    }
};

QTEST_GUILESS_MAIN(KeySearchTest)
#include "tst_key_search.moc"
