// The budget of all reads, and that the handles of a session count and pay by themselves.
#include <QElapsedTimer>
#include <QtTest>
#include <random>

#include "app/engine/cluster/read_budget.h"
#include "app/engine/cluster/session.h"
#include "app/engine/cluster/tail.h"
#include "tests/support/real_stores.h"

using namespace nova::engine;
using namespace Qt::StringLiterals;
using std::chrono::milliseconds;

namespace {

constexpr int fetchApi = 1, metadataApi = 3;

}  // namespace

class ReadBudgetTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void aSecondsWorthIsFreeAndTheRestIsWaitedFor() {
        ReadBudget budget(1'000'000);
        QCOMPARE(budget.wait(), milliseconds{0});
        budget.pay(1'000'000);
        QCOMPARE(budget.wait(), milliseconds{0});
        budget.pay(500'000);
        QVERIFY(budget.wait() > milliseconds{400} && budget.wait() <= milliseconds{500});
        QTRY_COMPARE_WITH_TIMEOUT(budget.wait(), milliseconds{0}, 2'000);
        QCOMPARE(budget.bytes(), 1'500'000);
    }

    void noLimitMeansNoWait() {
        ReadBudget budget(0);
        budget.pay(1'000'000'000);
        QCOMPARE(budget.wait(), milliseconds{0});
        budget.setBytesPerSecond(1'000);
        QCOMPARE(budget.wait(), milliseconds{0});  // what was read before the limit is not to be paid back
        budget.pay(10'000);
        QVERIFY(budget.wait() > milliseconds{8'000} && budget.wait() <= milliseconds{9'000});
    }

    void handlesCountWhatTheyAskAndGet() {
        nova::test::MockKafka kafka;
        kafka.createTopic("t", 3);
        const auto budget = std::make_shared<ReadBudget>(8 << 20);
        const ReadSession session(kafka.bootstrap(), {}, budget);
        const auto handle = session.observer("test");
        QVERIFY(handle);
        const auto before = budget->requests(metadataApi);
        QVERIFY(session.topics(handle.value().get(), 5'000));
        QVERIFY(budget->requests(metadataApi) > before);
        QVERIFY(budget->requests() >= budget->requests(metadataApi));
        QVERIFY(budget->bytes() > 100);
        QCOMPARE(budget->requests(fetchApi), 0);
    }

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
            Tail tail(ReadSession(kafka.bootstrap(), {}, budget),
                      {"test",
                       [](const std::string& topic) { return topic == "t"; },
                       0,
                       [&taken](const rd_kafka_message_t& message) { taken += static_cast<std::int64_t>(message.len); },
                       {},
                       [&assigned](const std::vector<std::string>&) { assigned = true; },
                       {}});
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
        std::atomic<int> assigned{0}, old{0}, fresh{0};
        Tail tail(ReadSession(kafka.bootstrap()),
                  {"test",
                   [](const std::string& topic) { return topic == "t"; },
                   0,
                   [&](const rd_kafka_message_t& message) { ++(message.len == 3 ? old : fresh); },
                   {},
                   [&assigned](const std::vector<std::string>&) { ++assigned; },
                   {}});
        QTRY_COMPARE_WITH_TIMEOUT(assigned.load(), 1, 15'000);
        kafka.setLed("t", 0, true);
        QTRY_COMPARE_WITH_TIMEOUT(assigned.load(), 2, 15'000);
        kafka.send({{"t", "k", "fresh", {}, 0}, {"t", "k", "fresh", {}, 1}});
        QTRY_COMPARE_WITH_TIMEOUT(fresh.load(), 2, 15'000);
        QCOMPARE(old.load(), 0);
    }
};

QTEST_GUILESS_MAIN(ReadBudgetTest)
#include "tst_read_budget.moc"
