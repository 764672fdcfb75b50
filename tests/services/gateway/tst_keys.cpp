// One idempotency key stands for one operation, whichever owner does it.
#include <QtTest>
#include <thread>

#include "gateway/resolvers/key_desk.h"
#include "tests/services/gateway/feed_world.h"

using nova::gateway::KeyDesk;
using nova::kit::Result;
using nova::test::Answer;
using nova::test::Feed;
using namespace std::chrono_literals;

namespace {

constexpr const char* operations[] = {"createPost", "sendMessage", "likePost"};
constexpr const char* owners[] = {"content-service", "messaging-service", "social-service"};
constexpr const char* methods[] = {"Content/CreatePost", "Messaging/SendMessage", "Social/LikePost"};

std::string mutationOf(int operation, const Feed& world) {
    const std::string all[] = {"createPost(content: \"x\")", "sendMessage(to: \"" + world.bob + "\", text: \"x\")",
                               "likePost(id: \"" + world.first + "\")"};
    return "mutation { " + all[operation] + " { id } }";
}

Answer keyed(Feed& world, int operation, const std::string& key = "key") {
    return world.ask(mutationOf(operation, world), world.token, {{"idempotency-key", key}});
}

Result<std::string> unknown(const char*) {
    return std::string();
}

}  // namespace

class KeysTest : public QObject {
    Q_OBJECT

    void pairs() {
        QTest::addColumn<int>("first");
        QTest::addColumn<int>("second");
        for (int first = 0; first < 3; ++first)
            for (int second = 0; second < 3; ++second)
                if (first != second)
                    QTest::addRow("%s, then %s", operations[first], operations[second]) << first << second;
    }

private Q_SLOTS:
    void anotherOperationIsRefused_data() { pairs(); }
    void anotherOperationIsRefused();
    void otherOwnersAreAskedOfKeyedCallsAlone();
    void aFailureLeavesTheKeyFree_data() { pairs(); }
    void aFailureLeavesTheKeyFree();
    void anOwnerThatIsAwayStopsNobody_data();
    void anOwnerThatIsAwayStopsNobody();
    void aHungOwnerIsNotAwaited();
    void ownersAreAskedAtOnce();
    void anotherOperationUnderWayIsRefused();
    void theSameOperationUnderWayGoesToItsOwner();
};

void KeysTest::anotherOperationIsRefused() {
    QFETCH(int, first);
    QFETCH(int, second);
    Feed world;
    QCOMPARE(keyed(world, first).error(), QString());
    world.calls();
    const Answer refused = keyed(world, second);
    QCOMPARE(refused.code(), QStringLiteral("CONFLICT"));
    QVERIFY2(refused.error().contains(QLatin1String(operations[first])), qPrintable(refused.error()));
    QVERIFY(!world.calls().contains(QLatin1String(methods[second])));  // nothing was done
    QCOMPARE(keyed(world, first).error(), QString());                  // a retry is one still
    QCOMPARE(keyed(world, second, "another key").error(), QString());
    const auto carol = static_cast<nova::test::World&>(world).token(world.carol);  // and a key belongs to its user
    QCOMPARE(world.ask(mutationOf(second, world), carol, {{"idempotency-key", "key"}}).error(), QString());
}

void KeysTest::otherOwnersAreAskedOfKeyedCallsAlone() {
    Feed world;
    world.ask(mutationOf(0, world), world.token);
    QCOMPARE(world.calls(), QStringLiteral("Content/CreatePost"));
    keyed(world, 0);
    QCOMPARE(world.calls(), QStringLiteral("Content/CreatePost, IdempotencyKeys/Find at messaging-service, "
                                           "IdempotencyKeys/Find at social-service"));
}

void KeysTest::aFailureLeavesTheKeyFree() {
    QFETCH(int, first);
    QFETCH(int, second);
    Feed world;
    world.owners.failure.emplace(methods[first], nova::kit::transient("PostgreSQL is away"));
    QCOMPARE(keyed(world, first).code(), QStringLiteral("UNAVAILABLE"));
    QCOMPARE(keyed(world, second).error(), QString());
}

void KeysTest::anOwnerThatIsAwayStopsNobody_data() {
    QTest::addColumn<int>("away");
    QTest::addColumn<int>("operation");
    for (int away = 0; away < 3; ++away)
        for (int operation = 0; operation < 3; ++operation)
            if (away != operation)
                QTest::addRow("%s without %s", operations[operation], owners[away]) << away << operation;
}

void KeysTest::anOwnerThatIsAwayStopsNobody() {
    QFETCH(int, away);
    QFETCH(int, operation);
    Feed world;
    world.kill(owners[away]);
    QCOMPARE(keyed(world, operation).error(), QString());
    const int other = 3 - away - operation;  // the owner that is there is heard all the same
    QCOMPARE(keyed(world, other).code(), QStringLiteral("CONFLICT"));
}

void KeysTest::aHungOwnerIsNotAwaited() {
    Feed world({.keyTime = 100ms});
    world.owners.delayMs["IdempotencyKeys/Find at social-service"] = 3'000;
    const auto begin = std::chrono::steady_clock::now();
    QCOMPARE(keyed(world, 0).error(), QString());
    QVERIFY(std::chrono::steady_clock::now() - begin < 2s);
}

// Each waits for the other to be asked: one after the other, neither would answer.
void KeysTest::ownersAreAskedAtOnce() {
    KeyDesk desk;
    std::mutex mutex;
    std::condition_variable changed;
    int asked = 0;
    const auto together = [&](const char*) -> Result<std::string> {
        std::unique_lock lock(mutex);
        ++asked;
        changed.notify_all();
        const bool both = changed.wait_for(lock, 10s, [&] { return asked == 2; });
        return std::string(both ? "" : "asked alone");
    };
    const auto done = desk.run("alice", "key", "likePost", together, [] { return Result<int>(1); });
    QVERIFY(done.has_value());
}

void KeysTest::anotherOperationUnderWayIsRefused() {
    KeyDesk desk;
    const auto other = [&](const char* user, const char* key) {
        return desk.run(user, key, "likePost", unknown, [] { return Result<int>(2); });
    };
    const auto first = desk.run("alice", "key", "createPost", unknown, [&]() -> Result<int> {
        if (other("alice", "key")) return 0;
        if (!other("alice", "another") || !other("bob", "key")) return 0;
        return 1;
    });
    QCOMPARE(first.value(), 1);
    QVERIFY(other("alice", "key").has_value());  // it is over
}

void KeysTest::theSameOperationUnderWayGoesToItsOwner() {
    KeyDesk desk;
    const auto first = desk.run("alice", "key", "createPost", unknown, [&]() -> Result<int> {
        const auto retry = desk.run("alice", "key", "createPost", unknown, [] { return Result<int>(1); });
        const auto other = desk.run("alice", "key", "likePost", unknown, [] { return Result<int>(2); });
        return retry && !other ? retry.value() : 0;  // the retry's end is not the first one's
    });
    QCOMPARE(first.value(), 1);
}

QTEST_GUILESS_MAIN(KeysTest)
#include "tst_keys.moc"
