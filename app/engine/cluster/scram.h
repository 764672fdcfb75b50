// SCRAM (RFC 5802) as a client, for Kafka's SCRAM-SHA-256 and -512: librdkafka before 2.6.1 repeats its nonce in its
// last message, and brokers of Kafka 4 refuse that as invalid credentials. Thread: one.
#pragma once

#include <optional>
#include <string>

namespace nova::engine {

class Scram {
public:
    // `mechanism`: "SCRAM-SHA-256" or "SCRAM-SHA-512". `nonce`: printable, without a comma; never used twice.
    Scram(const std::string& mechanism, const std::string& user, std::string password, std::string nonce);
    static std::string newNonce();

    [[nodiscard]] std::string first() const { return "n,," + m_bare; }
    // The answer to the server's first message; none: that is not one, or not to ours.
    std::optional<std::string> final(const std::string& serverFirst);
    // Whether the server knows the password too.
    [[nodiscard]] bool verify(const std::string& serverFinal) const;

private:
    [[nodiscard]] std::string hash(const std::string& text) const;
    [[nodiscard]] std::string mac(const std::string& key, const std::string& text) const;
    bool m_long;  // SHA-512
    std::string m_password, m_nonce, m_bare, m_serverSignature;
};

}  // namespace nova::engine
