// The tail of chosen topics: it keeps the byte budget, and begins where it was asked in partitions that come late.
#include <QElapsedTimer>
#include <QtTest>
#include <algorithm>
#include <random>

#include "app/engine/traffic/topic_tail.h"
#include "tests/support/real_stores.h"

using namespace nova::engine;

namespace {

constexpr int fetchApi = 1;

}  // namespace

class TopicTailTest : public QObject {
    Q_OBJECT

    static TailChoice choice() {
        TailChoice topics;
        topics.topics = {"t"};
        return topics;
    }

private Q_SLOTS:
    // Ten times the budget's second is there to be read; what comes in a few seconds is what the budget gives.
    void aTailTakesNoMoreThanTheBudgetGives() {
        constexpr std::int64_t rate = 1 << 20;
        nova::test::MockKafka kafka;
        kafka.createTopic("t", 1);
        std::vector<nova::kit::kafka::OutRecord> records;
        std::string value(50'000, 0);  // of bytes that no compression makes fewer
        std::mt19937 random(1);
        for (auto& byte : value) byte = static_cast<char>(random());
        for (int i = 0; i < 90; ++i) {
            std::ranges::shuffle(value, random);
            records.push_back({"t", "k", value, {}});
        }  // 4.5 MB: the mock keeps 5
        const auto budget = std::make_shared<ReadBudget>(rate);
        std::atomic<std::int64_t> taken{0};
        std::atomic<bool> assigned{false};
        QElapsedTimer clock;
        {
            TailCalls calls;
            calls.record = [&](const rd_kafka_message_t& message) { taken += static_cast<std::int64_t>(message.len); };
            calls.topics = [&](const std::vector<std::string>&) { assigned = true; };
            TopicTail tail(ReadSession(kafka.bootstrap(), {}, budget), choice(), calls);
            QTRY_VERIFY_WITH_TIMEOUT(assigned.load(), 10'000);
            kafka.send(records);
            clock.start();
            QTRY_VERIFY_WITH_TIMEOUT(taken.load() == 4'500'000, 20'000);
        }
        const double seconds = static_cast<double>(clock.elapsed()) / 1'000;
        QVERIFY2(seconds > 1.5, qPrintable(QString::number(seconds)));
        // A second's worth at once, and what was on its way when the budget was spent.
        QVERIFY(budget->bytes() <= static_cast<std::int64_t>((seconds + 1) * rate) + 2 * rate);
        QVERIFY(budget->requests(fetchApi) > 0);
    }

    // What lies in a partition that had no leader at the start is not read when it has one again; what comes then is.
    void aPartitionThatGetsItsLeaderLateIsTailedFromItsEnd() {
        nova::test::MockKafka kafka;
        kafka.createTopic("t", 2);
        kafka.send({{"t", "k", "old", {}, 0}, {"t", "k", "old", {}, 0}});
        kafka.setLed("t", 0, false);
        std::atomic<int> unled{0}, old{0}, fresh{0};
        TailCalls calls;
        calls.record = [&](const rd_kafka_message_t& message) { ++(message.len == 3 ? old : fresh); };
        calls.troubles = [&](const std::vector<std::string>& troubles) { unled = static_cast<int>(troubles.size()); };
        TopicTail tail(ReadSession(kafka.bootstrap()), choice(), calls);
        QTRY_COMPARE_WITH_TIMEOUT(unled.load(), 1, 15'000);
        kafka.setLed("t", 0, true);
        QTRY_COMPARE_WITH_TIMEOUT(unled.load(), 0, 15'000);
        kafka.send({{"t", "k", "fresh", {}, 0}, {"t", "k", "fresh", {}, 1}});
        QTRY_COMPARE_WITH_TIMEOUT(fresh.load(), 2, 15'000);
        QCOMPARE(old.load(), 0);
    }

    // Wish 13: others showed the first record of each burst, and a running tail blocked every other read.
    void everyRecordOfABurstIsTailedAndNoOtherReadWaitsForIt() {
        nova::test::MockKafka kafka;
        kafka.createTopic("t", 3);
        std::atomic<int> taken{0};
        std::atomic<bool> assigned{false};
        TailCalls calls;
        calls.record = [&](const rd_kafka_message_t&) { ++taken; };
        calls.topics = [&](const std::vector<std::string>&) { assigned = true; };
        const ReadSession session(kafka.bootstrap());
        TopicTail tail(session, choice(), calls);
        QTRY_VERIFY_WITH_TIMEOUT(assigned.load(), 10'000);
        int sent = 0;
        for (const int burst : {1, 500, 3, 2'000}) {
            std::vector<nova::kit::kafka::OutRecord> records;
            for (int i = 0; i < burst; ++i) records.push_back({"t", "k" + std::to_string(i), "v", {}, i % 3});
            kafka.send(records);
            sent += burst;
            QTRY_COMPARE_WITH_TIMEOUT(taken.load(), sent, 15'000);
            ScanRequest request;
            request.topics = {"t"};
            request.from = {Place::Kind::earliest, 0};
            const std::atomic<bool> never{false};
            const auto report = scan(session, request, [](const rd_kafka_message_t&) { return true; }, never);
            QVERIFY(report && report.value().records == sent && report.value().end == ScanEnd::reachedEnd);
        }
    }
};

QTEST_GUILESS_MAIN(TopicTailTest)
#include "tst_topic_tail.moc"
