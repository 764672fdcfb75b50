// The budget of all reads, and that the handles of a session count and pay by themselves.
#include <QElapsedTimer>
#include <QtTest>

#include "app/engine/cluster/read_budget.h"
#include "app/engine/cluster/session.h"
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
};

QTEST_GUILESS_MAIN(ReadBudgetTest)
#include "tst_read_budget.moc"
