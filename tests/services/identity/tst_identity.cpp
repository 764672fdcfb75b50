#include <QtTest>
#include <atomic>

#include "contract/topics.h"
#include "identity/accounts.h"
#include "identity/identity_rpc.h"
#include "identity/passwords.h"
#include "identity/store.h"
#include "nova/events/v1/events.pb.h"
#include "nova/schema/identity.h"
#include "tests/services/service_fixture.h"
#include "tests/support/real_stores.h"

using namespace nova;
using identity::Accounts;
using Stub = rpc::v1::Identity::Stub;

class TestIdentity : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void init() { m_stores.sql("TRUNCATE users, sign_in_failures, outbox"); }
    void signUpIsOneTransactionWithItsEvent();
    void signInAnswersATokenThatVerifies();
    void badSignUpsAreRefused_data();
    void badSignUpsAreRefused();
    void ofManyWhoWantAHandleOneGetsIt();
    void wrongPasswordAndUnknownHandleSoundTheSame();
    void tenFailuresCloseTheHandleForAMinute();
    void triesAtOnceCannotPassTheLimit();
    void usersAreFoundByIdAndHandle();
    void doorAsksForATokenWhereItMust();

private:
    test::RealPostgres m_postgres;
    test::ServiceStores m_stores{m_postgres.uri(), "identity", identity::schemaSql};
    test::Door m_door;
    identity::Store m_store{m_stores.pool, m_stores.outbox};
    identity::Passwords m_passwords{8, 1};  // KiB: the least that libsodium takes, so that the tests are quick
    Accounts m_accounts{m_store, m_passwords, m_door.signer};
};

void TestIdentity::signUpIsOneTransactionWithItsEvent() {
    const auto alice = m_accounts.signUp("alice", "correct horse", "Alice Ä", "premium");
    QVERIFY_OK(alice);
    const auto events = m_stores.events();
    QCOMPARE(events.size(), std::size_t{1});
    QCOMPARE(events[0].topic, std::string(contract::topic::identity));
    QCOMPARE(events[0].key, alice.value().user.id);
    const auto event = test::parsed<events::v1::UserCreated>(events[0].payload);
    QCOMPARE(event.handle(), std::string("alice"));
    QCOMPARE(event.display_name(), std::string("Alice Ä"));
    QCOMPARE(event.tier(), std::string("premium"));
    QCOMPARE(event.version(), std::int64_t{1});
    const auto rows = m_stores.sql("SELECT password_hash FROM users WHERE handle = 'alice'");
    QVERIFY(rows[0][0].as<std::string>().starts_with("$argon2id$"));
}

void TestIdentity::signInAnswersATokenThatVerifies() {
    const auto made = m_accounts.signUp("alice", "correct horse", "", "");
    QVERIFY_OK(made);
    QCOMPARE(made.value().user.displayName, std::string("alice"));
    QCOMPARE(made.value().user.tier, std::string("standard"));
    const auto session = m_accounts.signIn("alice", "correct horse");
    QVERIFY_OK(session);
    const auto claims = m_door.tokens.verify(session.value().token);
    QVERIFY_OK(claims);
    QCOMPARE(claims.value().userId, made.value().user.id);
    QCOMPARE(claims.value().handle, std::string("alice"));
    QCOMPARE(claims.value().tier, std::string("standard"));
    QVERIFY(session.value().expires > kit::wallNow());
}

void TestIdentity::badSignUpsAreRefused_data() {
    QTest::addColumn<QByteArray>("handle");
    QTest::addColumn<QByteArray>("password");
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("tier");
    const QByteArray good("correct horse");
    QTest::newRow("short handle") << QByteArray("al") << good << QByteArray() << QByteArray();
    QTest::newRow("long handle") << QByteArray(33, 'a') << good << QByteArray() << QByteArray();
    QTest::newRow("upper case") << QByteArray("Alice") << good << QByteArray() << QByteArray();
    QTest::newRow("injection") << QByteArray("a'; drop table users") << good << QByteArray() << QByteArray();
    QTest::newRow("short password") << QByteArray("alice") << QByteArray("1234567") << QByteArray() << QByteArray();
    QTest::newRow("7 characters in 14 bytes")
        << QByteArray("alice") << QByteArray("äöüäöüä") << QByteArray() << QByteArray();
    QTest::newRow("long password") << QByteArray("alice") << QByteArray(129, 'x') << QByteArray() << QByteArray();
    QTest::newRow("name with U+0000") << QByteArray("alice") << good << QByteArray("a\0b", 3) << QByteArray();
    QTest::newRow("name not UTF-8") << QByteArray("alice") << good << QByteArray("\xC0\x80") << QByteArray();
    QTest::newRow("tier") << QByteArray("alice") << good << QByteArray() << QByteArray("gold");
}

void TestIdentity::badSignUpsAreRefused() {
    QFETCH(QByteArray, handle);
    QFETCH(QByteArray, password);
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, tier);
    const auto made =
        m_accounts.signUp(handle.toStdString(), password.toStdString(), name.toStdString(), tier.toStdString());
    QVERIFY_KIND(made, badInput);
    QCOMPARE(m_stores.number("SELECT (SELECT count(*) FROM users) + (SELECT count(*) FROM outbox)"), std::int64_t{0});
}

void TestIdentity::ofManyWhoWantAHandleOneGetsIt() {
    std::atomic<int> won{0}, refused{0};
    test::together(8, [&](int) {
        const auto made = m_accounts.signUp("alice", "correct horse", "", "");
        if (made)
            ++won;
        else if (made.error().kind == kit::ErrorKind::conflict)
            ++refused;
    });
    QCOMPARE(won.load(), 1);
    QCOMPARE(refused.load(), 7);
    QCOMPARE(m_stores.events().size(), std::size_t{1});
}

void TestIdentity::wrongPasswordAndUnknownHandleSoundTheSame() {
    QVERIFY_OK(m_accounts.signUp("alice", "correct horse", "", ""));
    const auto wrong = m_accounts.signIn("alice", "incorrect horse");
    const auto unknown = m_accounts.signIn("nobody", "incorrect horse");
    const auto malformed = m_accounts.signIn("NO SUCH HANDLE", "short");
    QVERIFY_KIND(wrong, unauthenticated);
    QVERIFY_KIND(unknown, unauthenticated);
    QVERIFY_KIND(malformed, unauthenticated);
    QCOMPARE(unknown.error().what, wrong.error().what);
    QCOMPARE(malformed.error().what, wrong.error().what);
    QVERIFY(!m_passwords.matches("", "anything at all"));
}

void TestIdentity::tenFailuresCloseTheHandleForAMinute() {
    QVERIFY_OK(m_accounts.signUp("alice", "correct horse", "", ""));
    QVERIFY_OK(m_accounts.signUp("bob", "correct horse", "", ""));
    for (int i = 0; i < 10; ++i) {
        QVERIFY_OK(m_accounts.signIn("alice", "correct horse"));  // successes are free
        QVERIFY_KIND(m_accounts.signIn("alice", "incorrect horse"), unauthenticated);
    }
    const auto closed = m_accounts.signIn("alice", "correct horse");
    QVERIFY_KIND(closed, unauthenticated);
    QVERIFY(closed.error().what.find("too many") != std::string::npos);
    QVERIFY_OK(m_accounts.signIn("bob", "correct horse"));
    m_stores.sql("UPDATE sign_in_failures SET at = at - interval '1 minute'");
    QVERIFY_OK(m_accounts.signIn("alice", "correct horse"));
}

void TestIdentity::triesAtOnceCannotPassTheLimit() {
    QVERIFY_OK(m_accounts.signUp("alice", "correct horse", "", ""));
    test::together(40, [&](int) { (void)m_accounts.signIn("alice", "incorrect horse"); });
    const auto places = static_cast<std::int64_t>(std::max(2U, std::thread::hardware_concurrency()));
    const auto looked = m_stores.number("SELECT count(*) FROM sign_in_failures");
    QVERIFY2(looked >= 10 && looked < 10 + places, std::to_string(looked).c_str());
}

void TestIdentity::usersAreFoundByIdAndHandle() {
    const auto alice = m_accounts.signUp("alice", "correct horse", "", "");
    const auto bob = m_accounts.signUp("bob", "correct horse", "", "");
    const auto found =
        m_accounts.users({alice.value().user.id, "no uuid", kit::newUuid()}, {"bob", "nobody", "\"},{' x"});
    QVERIFY_OK(found);
    QCOMPARE(found.value().size(), std::size_t{2});
    QVERIFY_KIND(m_accounts.users(std::vector<std::string>(1001, alice.value().user.id), {}), badInput);
}

void TestIdentity::doorAsksForATokenWhereItMust() {
    identity::IdentityRpc service(m_accounts, m_door.tokens, 0);
    test::Door door;
    door.open(service);
    rpc::v1::CreateUserRequest signUp;
    signUp.set_handle("alice");
    signUp.set_password("correct horse");
    rpc::v1::SessionReply session;
    QVERIFY(door.call(&Stub::CreateUser, nullptr, signUp, session).ok());
    QVERIFY(m_door.tokens.verify(session.token()));
    QVERIFY(session.expires_at().seconds() > 0);
    QCOMPARE(int(door.call(&Stub::CreateUser, nullptr, signUp, session).error_code()), int(grpc::StatusCode::ABORTED));

    rpc::v1::AuthenticateRequest signIn;
    signIn.set_handle("alice");
    signIn.set_password("incorrect horse");
    QCOMPARE(int(door.call(&Stub::Authenticate, nullptr, signIn, session).error_code()),
             int(grpc::StatusCode::UNAUTHENTICATED));

    rpc::v1::GetUsersRequest ask;
    ask.add_handles("alice");
    rpc::v1::GetUsersReply users;
    QVERIFY(door.call(&Stub::GetUsers, nullptr, ask, users).ok());  // consumers have no user's token
    QCOMPARE(users.users_size(), 1);
    door.signer = m_door.signer;
    const auto me = test::user("alice");
    QVERIFY(door.call(&Stub::GetUsers, &me, ask, users).ok());
    QCOMPARE(users.users_size(), 1);
}

QTEST_GUILESS_MAIN(TestIdentity)
#include "tst_identity.moc"
