// What the outbox is for. With publish = direct, the design's literal form, a crash between the commit and the send
// loses the event for ever: the row is there, the log knows nothing. A service with an outbox, killed at the same
// point, loses nothing. And with mode = sync nothing is published: the chain has done it all before the answer.
#include <QtTest>
#include <functional>

#include "tests/support/faults.h"
#include "tests/support/oracle/checker.h"
#include "tests/support/oracle/stores.h"
#include "tests/support/oracle/workload.h"
#include "tests/support/oracle/world_reader.h"

using namespace Qt::StringLiterals;
using namespace nova::test;

class PublishTest : public QObject {
    Q_OBJECT
    LiveNova m_nova{{u"--set"_s, u"content-service.publish=direct"_s}};
    Faults m_faults{m_nova};
    std::unique_ptr<Workload> m_work;

    // The operation falls into the gap between commit and publication; the service is back when this returns.
    void killedAfterCommit(const QString& service, const std::function<Op()>& operation) {
        const auto before = m_faults.pid(service);
        m_faults.arm(service, u"after_commit_before_ack"_s, u"1:kill"_s);
        QCOMPARE(operation().answer, Answer::info);
        QVERIFY(m_faults.fired(service, u"after_commit_before_ack"_s));
        QTRY_VERIFY_WITH_TIMEOUT(m_faults.pid(service) != 0 && m_faults.pid(service) != before, 30'000);
        QVERIFY2(m_faults.awaitHealed(30'000) >= 0, qPrintable(m_faults.notHealed()));
        QCOMPARE(settle(m_nova), std::string());
    }

private Q_SLOTS:
    void initTestCase() {
        QVERIFY2(m_nova.start(), qPrintable(m_nova.log()));
        m_work = std::make_unique<Workload>(m_nova, WorkloadOptions{.users = 3});
        QVERIFY(m_work->prepare());
        m_work->run(20);
        QCOMPARE(settle(m_nova), std::string());
        const auto wrong = text(check(m_work->history().ops(), readWorld(m_nova, {})));
        QVERIFY2(wrong.empty(), wrong.c_str());
    }

    void theOutboxKeepsTheEvent() {
        const auto world = readWorld(m_nova, {});
        const auto post = std::ranges::find_if(world.posts, [](const auto& p) { return !p.second.deleted; });
        QVERIFY(post != world.posts.end());
        const auto& fan = *std::ranges::find_if(m_work->users(), [&](const Account& u) {
            return !world.likes.contains({post->first, u.id.toStdString()});
        });
        killedAfterCommit(u"social-service"_s, [&] { return m_work->like(fan, post->first); });
        const auto after = readWorld(m_nova, {});
        QVERIFY(after.likes.contains({post->first, fan.id.toStdString()}));
        const auto wrong = text(check(m_work->history().ops(), after));
        QVERIFY2(wrong.empty(), wrong.c_str());
    }

    void directLosesIt() {
        const auto before = readWorld(m_nova, {});
        killedAfterCommit(u"content-service"_s, [&] { return m_work->createPost(m_work->users()[0]); });
        const auto after = readWorld(m_nova, {});
        QCOMPARE(after.posts.size(), before.posts.size() + 1);  // committed
        QCOMPARE(after.events.size(), before.events.size());    // and never told
        const auto violations = check(m_work->history().ops(), after);
        const bool seen = std::ranges::any_of(violations, [](const Violation& v) { return v.invariant == 2; });
        QVERIFY2(seen, "the checker does not see the hole");
    }

    void theChainIsDoneBeforeTheAnswer() {
        LiveNova chain{{u"--set"_s, u"content-service.mode=sync"_s, u"--set"_s, u"social-service.mode=sync"_s}};
        QVERIFY2(chain.start(), qPrintable(chain.log()));
        const auto alice = chain.signUp(u"alice"_s), bob = chain.signUp(u"bob"_s);
        const auto follow =
            chain.graphql(u"mutation($u:ID!){follow(userId:$u){id}}"_s, {{u"u"_s, alice.id}}, bob.token);
        QVERIFY2(follow.status == 200 && !follow.json.contains(u"errors"_s), follow.body.constData());
        const auto post = chain.createPost(alice, u"in a chain"_s);
        QVERIFY(chain.feedOf(bob).contains(post));
        QVERIFY(Sql(chain)("SELECT 1 FROM content.outbox").empty());
        for (const auto& event : readLog(brokerOf(chain), {"nova.content.events", "nova.social.events"}))
            QVERIFY2(false, event.type.c_str());
        QVERIFY(chain.stop());
    }

    void cleanupTestCase() {
        m_work.reset();
        QVERIFY(m_nova.stop());
    }
};

QTEST_GUILESS_MAIN(PublishTest)
#include "tst_publish.moc"
