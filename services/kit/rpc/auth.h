// Tokens: JWT, ES256 (libjwt). identity-service signs, everybody verifies with the public key. Thread: any.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <string_view>

#include "kit/runtime/error.h"
#include "kit/runtime/ids.h"

namespace nova::kit {

struct Claims {
    std::string userId, handle, displayName, tier;  // tier: standard, premium
    WallTime expires;
};

class TokenSigner {
public:
    TokenSigner(std::string privateKeyPem, std::chrono::seconds ttl);
    Result<std::pair<std::string, WallTime>> sign(const Claims& claims) const;  // token, expiry
private:
    std::string m_key;
    std::chrono::seconds m_ttl;
};

// Checks signature, algorithm, issuer, audience and expiry; remembers the last 10,000 good tokens until they expire.
class TokenVerifier {
public:
    explicit TokenVerifier(std::string publicKeyPem);
    ~TokenVerifier();
    Result<Claims> verify(std::string_view token);  // ErrorKind::unauthenticated with the reason
private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

// The token of a header `Authorization: Bearer <token>`, whose scheme is written in any case; "" when there is none.
std::string_view bearerOf(std::string_view header);

// Says what keeps a PEM from being the public key of ES256; "" when it is one.
std::string publicKeyProblem(const std::string& pem);

// A fresh P-256 key pair, PEM: {private, public}. The supervisor of a local Nova makes one per data folder.
Result<std::pair<std::string, std::string>> newTokenKeys();

}  // namespace nova::kit
