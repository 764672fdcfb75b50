#include "app/engine/cluster/scram.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <map>

namespace nova::engine {
namespace {

constexpr int leastIterations = 4'096, mostIterations = 1'000'000;

const unsigned char* bytesOf(const std::string& text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

std::string toBase64(const std::string& bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int size =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytesOf(bytes), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

std::string fromBase64(const std::string& text) {
    std::string bytes(text.size(), '\0');
    const int size =
        EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()), bytesOf(text), static_cast<int>(text.size()));
    const auto padding = std::count(text.end() - std::min<std::ptrdiff_t>(2, std::ssize(text)), text.end(), '=');
    bytes.resize(size < padding ? 0 : static_cast<std::size_t>(size - padding));
    return bytes;
}

// "r=…,s=…,i=…"
std::map<char, std::string> attributes(const std::string& message) {
    std::map<char, std::string> found;
    std::size_t at = 0;
    while (at < message.size()) {
        const auto end = std::min(message.find(',', at), message.size());
        if (end >= at + 2 && message[at + 1] == '=') found[message[at]] = message.substr(at + 2, end - at - 2);
        at = end + 1;
    }
    return found;
}

std::string escaped(const std::string& name) {
    std::string text;
    for (const char c : name) text += c == ',' ? std::string("=2C") : c == '=' ? std::string("=3D") : std::string(1, c);
    return text;
}

}  // namespace

Scram::Scram(const std::string& mechanism, const std::string& user, std::string password, std::string nonce)
    : m_long(mechanism == "SCRAM-SHA-512"),
      m_password(std::move(password)),
      m_nonce(std::move(nonce)),
      m_bare("n=" + escaped(user) + ",r=" + m_nonce) {}

std::string Scram::newNonce() {
    std::string bytes(24, '\0');
    RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    return toBase64(bytes);
}

std::string Scram::hash(const std::string& text) const {
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    unsigned int size = 0;
    EVP_Digest(text.data(), text.size(), out.data(), &size, m_long ? EVP_sha512() : EVP_sha256(), nullptr);
    return {out.begin(), out.begin() + size};
}

std::string Scram::mac(const std::string& key, const std::string& text) const {
    std::array<unsigned char, EVP_MAX_MD_SIZE> out{};
    unsigned int size = 0;
    HMAC(m_long ? EVP_sha512() : EVP_sha256(), key.data(), static_cast<int>(key.size()), bytesOf(text), text.size(),
         out.data(), &size);
    return {out.begin(), out.begin() + size};
}

std::optional<std::string> Scram::final(const std::string& serverFirst) {
    auto given = attributes(serverFirst);
    const auto& nonce = given['r'];
    const auto salt = fromBase64(given['s']);
    const int iterations = !given['i'].empty() && given['i'].size() < 8 ? std::atoi(given['i'].c_str()) : 0;
    if (!nonce.starts_with(m_nonce) || nonce.size() == m_nonce.size() || salt.empty() || iterations < leastIterations ||
        iterations > mostIterations)
        return std::nullopt;
    std::string salted(m_long ? 64 : 32, '\0');
    PKCS5_PBKDF2_HMAC(m_password.data(), static_cast<int>(m_password.size()), bytesOf(salt),
                      static_cast<int>(salt.size()), iterations, m_long ? EVP_sha512() : EVP_sha256(),
                      static_cast<int>(salted.size()), reinterpret_cast<unsigned char*>(salted.data()));
    const auto without = "c=biws,r=" + nonce;
    const auto all = m_bare + "," + serverFirst + "," + without;
    auto proof = mac(salted, "Client Key");
    const auto signature = mac(hash(proof), all);
    std::transform(proof.begin(), proof.end(), signature.begin(), proof.begin(),
                   [](char a, char b) { return static_cast<char>(a ^ b); });
    m_serverSignature = mac(mac(salted, "Server Key"), all);
    return without + ",p=" + toBase64(proof);
}

bool Scram::verify(const std::string& serverFinal) const {
    return !m_serverSignature.empty() && fromBase64(attributes(serverFinal)['v']) == m_serverSignature;
}

}  // namespace nova::engine
