#include "kit/rpc/auth.h"

#include <jwt.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <mutex>
#include <unordered_map>

namespace nova::kit {
namespace {

constexpr const char* issuer = "nova";
constexpr const char* audience = "nova";
constexpr std::size_t rememberedTokens = 10'000;
constexpr std::size_t longestToken = 8'192;

struct FreeJwt {
    void operator()(jwt_t* jwt) const { jwt_free(jwt); }
};
using Jwt = std::unique_ptr<jwt_t, FreeJwt>;
struct FreeText {
    void operator()(char* text) const { std::free(text); }
};
using JwtText = std::unique_ptr<char, FreeText>;

const unsigned char* keyBytes(const std::string& pem) {
    return reinterpret_cast<const unsigned char*>(pem.data());
}

Error refused(std::string reason) {
    return {ErrorKind::unauthenticated, "token refused: " + std::move(reason), "sign in again"};
}

std::string grant(jwt_t* jwt, const char* name) {
    const char* value = jwt_get_grant(jwt, name);
    return value ? value : "";
}

// jwt_decode checks the signature with the algorithm that the token itself names, so the name is compared with ours
// afterwards: neither `none` nor an HMAC keyed with the public PEM passes.
Result<Claims> decode(const std::string& token, const std::string& publicKey) {
    jwt_t* raw = nullptr;
    const int failed = jwt_decode(&raw, token.c_str(), keyBytes(publicKey), static_cast<int>(publicKey.size()));
    const Jwt jwt{raw};
    if (failed != 0 || !jwt) return refused("malformed or not signed by this Nova");
    if (jwt_get_alg(jwt.get()) != JWT_ALG_ES256) return refused("its algorithm is not ES256");
    if (grant(jwt.get(), "iss") != issuer) return refused("another issuer");
    if (grant(jwt.get(), "aud") != audience) return refused("another audience");
    Claims claims{grant(jwt.get(), "sub"), grant(jwt.get(), "handle"), grant(jwt.get(), "name"),
                  grant(jwt.get(), "tier"), WallTime{std::chrono::seconds{jwt_get_grant_int(jwt.get(), "exp")}}};
    if (!isUuid(claims.userId)) return refused("it names no user");
    return claims;
}

struct TextHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
};

}  // namespace

std::string_view bearerOf(std::string_view header) {
    static constexpr std::string_view scheme = "bearer ";
    const auto same = [](char a, char b) { return a == b || (b >= 'A' && b <= 'Z' && b - 'A' + 'a' == a); };
    if (header.size() <= scheme.size() || !std::equal(scheme.begin(), scheme.end(), header.begin(), same)) return {};
    return header.substr(scheme.size());
}

TokenSigner::TokenSigner(std::string privateKeyPem, std::chrono::seconds ttl)
    : m_key(std::move(privateKeyPem)), m_ttl(ttl) {}

Result<std::pair<std::string, WallTime>> TokenSigner::sign(const Claims& claims) const {
    const auto now = std::chrono::floor<std::chrono::seconds>(wallNow());
    const auto expires = now + m_ttl;
    jwt_t* raw = nullptr;
    if (jwt_new(&raw) != 0) return permanent("a token could not be made: out of memory");
    const Jwt jwt{raw};
    int failed = 0;
    const auto text = [&](const char* name, const std::string& value) {
        if (failed == 0) failed = jwt_add_grant(jwt.get(), name, value.c_str());
    };
    text("iss", issuer);
    text("aud", audience);
    text("sub", claims.userId);
    text("handle", claims.handle);
    text("name", claims.displayName);
    text("tier", claims.tier);
    if (failed == 0) failed = jwt_add_grant_int(jwt.get(), "iat", now.time_since_epoch().count());
    if (failed == 0) failed = jwt_add_grant_int(jwt.get(), "exp", expires.time_since_epoch().count());
    if (failed == 0) failed = jwt_set_alg(jwt.get(), JWT_ALG_ES256, keyBytes(m_key), static_cast<int>(m_key.size()));
    if (failed != 0) return permanent(std::string("a token could not be made: ") + std::strerror(failed));
    const JwtText token{jwt_encode_str(jwt.get())};
    if (!token)
        return permanent("a token could not be signed",
                         "token_private_key_file must hold an EC P-256 private key in PEM");
    return std::pair{std::string(token.get()), WallTime{expires}};
}

struct TokenVerifier::Impl {
    std::string key;
    std::mutex mutex;
    std::unordered_map<std::string, Claims, TextHash, std::equal_to<>> good;
    std::deque<std::string> order;  // of arrival: the oldest is forgotten first

    std::optional<Claims> remembered(std::string_view token) {
        const std::lock_guard lock(mutex);
        const auto found = good.find(token);
        if (found == good.end()) return std::nullopt;
        return found->second;
    }

    void remember(const std::string& token, const Claims& claims) {
        const std::lock_guard lock(mutex);
        if (!good.emplace(token, claims).second) return;
        order.push_back(token);
        if (order.size() <= rememberedTokens) return;
        good.erase(order.front());
        order.pop_front();
    }
};

TokenVerifier::TokenVerifier(std::string publicKeyPem) : m_impl(std::make_unique<Impl>()) {
    m_impl->key = std::move(publicKeyPem);
}
TokenVerifier::~TokenVerifier() = default;

Result<Claims> TokenVerifier::verify(std::string_view token) {
    if (m_impl->key.empty()) return refused("this service has no public key; set token_public_key_file");
    if (token.empty()) return refused("none was sent");
    if (token.size() > longestToken) return refused("it is too long");
    auto claims = m_impl->remembered(token);
    if (!claims) {
        const std::string owned(token);
        auto decoded = decode(owned, m_impl->key);
        if (!decoded) return decoded.error();
        claims = std::move(decoded.value());
        if (claims->expires > wallNow()) m_impl->remember(owned, *claims);
    }
    if (claims->expires <= wallNow()) return refused("it expired at " + rfc3339(claims->expires));
    return std::move(*claims);
}

}  // namespace nova::kit
