// A silent owner holds so many calls and no more; one that answers, however slowly, holds any number.
#include <QtTest>
#include <thread>

#include "gateway/resolvers/bulkhead.h"

using nova::gateway::Bulkhead;
using namespace std::chrono_literals;

class BulkheadTest : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void silentOwnerIsRefusedBeyondTheMost() {
        Bulkhead bulkhead(3, 20ms);
        for (int i = 0; i < 3; ++i) QVERIFY(bulkhead.enter("content-service"));
        QVERIFY(QTest::qWaitFor([&] {
            const bool entered = bulkhead.enter("content-service");
            if (entered) bulkhead.leave("content-service", false);
            return !entered;
        }));
        QVERIFY(bulkhead.enter("social-service"));  // each owner for itself
        bulkhead.leave("content-service", false);   // one was given up: its place is free, for one
        QVERIFY(bulkhead.enter("content-service"));
        QVERIFY(!bulkhead.enter("content-service"));
        bulkhead.leave("content-service", true);  // it answers again
        for (int i = 0; i < 10; ++i) QVERIFY(bulkhead.enter("content-service"));
    }

    void silenceBeginsWithTheFirstCall() {
        Bulkhead bulkhead(1, 1h);
        for (int i = 0; i < 200; ++i) QVERIFY(bulkhead.enter("content-service"));
        Bulkhead idle(1, 1ms);
        QVERIFY(idle.enter("content-service"));
        idle.leave("content-service", true);
        std::this_thread::sleep_for(5ms);  // nobody asked: that is no silence
        QVERIFY(idle.enter("content-service"));
    }

    void refusalsOfTheOwnerAreAnswers() {
        using Answer = nova::kit::Result<int>;
        Bulkhead bulkhead(1, 0ms);
        QVERIFY(bulkhead.enter("content-service"));
        std::this_thread::sleep_for(1ms);
        int calls = 0;
        const auto ask = [&](const Answer& answer) {
            return bulkhead.run("content-service", [&] {
                ++calls;
                return answer;
            });
        };
        const auto refused = ask(1);
        QVERIFY(!refused && refused.error().retryable());
        QCOMPARE(calls, 0);
        bulkhead.leave("content-service", true);
        QVERIFY(ask(7).value() == 7);
        QCOMPARE(ask(nova::kit::badInput("no")).error().what, std::string("no"));
        QCOMPARE(calls, 2);
    }

    void whoThrowsLeaves() {
        Bulkhead bulkhead(1, 0ms);
        const auto fail = [&] {
            static_cast<void>(
                bulkhead.run("content-service", []() -> nova::kit::Result<int> { throw std::bad_alloc(); }));
        };
        QVERIFY_EXCEPTION_THROWN(fail(), std::bad_alloc);
        std::this_thread::sleep_for(1ms);
        QVERIFY(bulkhead.enter("content-service"));
    }
};

QTEST_GUILESS_MAIN(BulkheadTest)
#include "tst_bulkhead.moc"
