// Lookups against a Kafka that has nothing beside it: found by the time in the id, within bounds, and what is not there
// is unknown.
#include <QProcess>
#include <QThread>
#include <QtTest>

#include "app/engine/keys/evidence.h"
#include "app/engine/keys/key_lookup.h"
#include "app/engine/traffic/scan.h"
#include "kit/runtime/ids.h"
#include "tests/support/real_kafka.h"

using namespace nova;
using namespace nova::engine;
using namespace Qt::StringLiterals;

namespace {

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
