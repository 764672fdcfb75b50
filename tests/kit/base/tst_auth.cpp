#include <jwt.h>

#include <QByteArray>
#include <QtTest>
#include <thread>

#include "kit/rpc/auth.h"
#include "tests/kit/base/eventually.h"

using namespace nova::kit;
using nova::test::eventually;

class Auth : public QObject {
    Q_OBJECT

    std::string m_private, m_public;
    const Claims m_alice{newUuid(), "alice", "Alice \"A\" Ö 🙂", "premium", {}};

    struct Grants {
        std::string issuer = "nova", audience = "nova", subject = newUuid();
        long lifetime = 60;
    };

    // A token made by hand, with whatever algorithm and key.
    static std::string forge(jwt_alg_t algorithm, const std::string& key, const Grants& grants) {
        jwt_t* jwt = nullptr;
        jwt_new(&jwt);
        jwt_add_grant(jwt, "iss", grants.issuer.c_str());
        jwt_add_grant(jwt, "aud", grants.audience.c_str());
        jwt_add_grant(jwt, "sub", grants.subject.c_str());
        jwt_add_grant_int(jwt, "exp", time(nullptr) + grants.lifetime);
        const auto* bytes = algorithm == JWT_ALG_NONE ? nullptr : reinterpret_cast<const unsigned char*>(key.data());
        jwt_set_alg(jwt, algorithm, bytes, algorithm == JWT_ALG_NONE ? 0 : static_cast<int>(key.size()));
        char* text = jwt_encode_str(jwt);
        const std::string token(text ? text : "");
        free(text);
        jwt_free(jwt);
        return token;
    }

    void refuses(const std::string& token, const char* reason) const {
        TokenVerifier verifier(m_public);
        const auto claims = verifier.verify(token);
        QVERIFY2(!claims, reason);
        QVERIFY(claims.error().kind == ErrorKind::unauthenticated);
        QVERIFY2(claims.error().what.find(reason) != std::string::npos, claims.error().what.c_str());
    }

private Q_SLOTS:
    void initTestCase() {
        const auto keys = newTokenKeys();
        QVERIFY(keys.has_value());
        m_private = keys.value().first;
        m_public = keys.value().second;
        QVERIFY(m_private.starts_with("-----BEGIN PRIVATE KEY-----"));
        QVERIFY(m_public.starts_with("-----BEGIN PUBLIC KEY-----"));
    }

    void theSchemeIsWrittenInAnyCase() {
        for (const char* header : {"Bearer abc", "bearer abc", "BEARER abc"}) QVERIFY(bearerOf(header) == "abc");
        for (const char* header : {"", "Bearer", "Bearer ", "Basic abc", "Bearerabc", "[earer abc"})
            QVERIFY2(bearerOf(header).empty(), header);
    }

    void signedTokenIsRead() {
        const auto token = TokenSigner(m_private, std::chrono::hours{1}).sign(m_alice);
        QVERIFY2(token.has_value(), token ? "" : token.error().what.c_str());
        TokenVerifier verifier(m_public);
        for (int i = 0; i < 2; ++i) {  // the second answer comes from memory
            const auto claims = verifier.verify(token.value().first);
            QVERIFY2(claims.has_value(), claims ? "" : claims.error().what.c_str());
            QCOMPARE(claims.value().userId, m_alice.userId);
            QCOMPARE(claims.value().handle, m_alice.handle);
            QCOMPARE(claims.value().displayName, m_alice.displayName);
            QCOMPARE(claims.value().tier, m_alice.tier);
            QVERIFY(claims.value().expires == token.value().second);
        }
        QVERIFY(token.value().second > wallNow() + std::chrono::minutes{59});
    }

    void handMadeGoodTokenPasses() {
        TokenVerifier verifier(m_public);
        QVERIFY(verifier.verify(forge(JWT_ALG_ES256, m_private, {})).has_value());
    }

    void expired() {
        Grants grants;
        grants.lifetime = -1;
        refuses(forge(JWT_ALG_ES256, m_private, grants), "expired");
    }

    void expiresWhileRemembered() {
        const auto token = TokenSigner(m_private, std::chrono::seconds{1}).sign(m_alice);
        TokenVerifier verifier(m_public);
        if (!verifier.verify(token.value().first)) QSKIP("the machine took a second for one token");
        QVERIFY(eventually([&] { return !verifier.verify(token.value().first); }));
    }

    void wrongKey() { refuses(forge(JWT_ALG_ES256, newTokenKeys().value().first, {}), "not signed"); }
    void algorithmNone() { refuses(forge(JWT_ALG_NONE, {}, {}), "token refused"); }
    void hmacKeyedWithThePublicKey() { refuses(forge(JWT_ALG_HS256, m_public, {}), "ES256"); }

    void wrongIssuerAndAudience() {
        Grants grants;
        grants.issuer = "other";
        refuses(forge(JWT_ALG_ES256, m_private, grants), "issuer");
        grants = {};
        grants.audience = "other";
        refuses(forge(JWT_ALG_ES256, m_private, grants), "audience");
        grants = {};
        grants.subject = "alice";
        refuses(forge(JWT_ALG_ES256, m_private, grants), "no user");
    }

    void tampered() {
        const std::string token = forge(JWT_ALG_ES256, m_private, {});
        const auto first = token.find('.');
        const auto second = token.find('.', first + 1);
        const QByteArray claims = QByteArray::fromBase64(
            QByteArray::fromStdString(token.substr(first + 1, second - first - 1)), QByteArray::Base64UrlEncoding);
        QByteArray changed = claims;
        changed.replace("\"nova\"", "\"nova\" ");
        const auto encoded =
            changed.toBase64(QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals).toStdString();
        refuses(token.substr(0, first + 1) + encoded + token.substr(second), "not signed");
        std::string flipped = token;
        flipped[second + 5] = flipped[second + 5] == 'A' ? 'B' : 'A';
        refuses(flipped, "not signed");
        refuses(token.substr(0, second), "malformed");
    }

    void garbage() {
        refuses("", "none was sent");
        refuses("x", "malformed");
        refuses("..", "malformed");
        refuses("a.b.c", "malformed");
        refuses(std::string("a\0b.c", 5), "malformed");
        refuses(std::string(100'000, 'a'), "too long");
        TokenVerifier without{std::string()};
        QVERIFY(!without.verify(forge(JWT_ALG_ES256, m_private, {})));
    }

    void manyThreads() {
        TokenVerifier verifier(m_public);
        const TokenSigner signer(m_private, std::chrono::hours{1});
        std::atomic<int> good{0};
        std::vector<std::thread> threads;
        for (int i = 0; i < 4; ++i) {
            threads.emplace_back([&] {
                for (int j = 0; j < 50; ++j) {
                    const auto token = signer.sign(m_alice);
                    if (token && verifier.verify(token.value().first)) ++good;
                }
            });
        }
        for (auto& thread : threads) thread.join();
        QCOMPARE(good.load(), 200);
    }
};

QTEST_GUILESS_MAIN(Auth)
#include "tst_auth.moc"
