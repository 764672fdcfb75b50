#include "identity/passwords.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <stdexcept>
#include <thread>

namespace nova::identity {

Passwords::Passwords(int memoryKib, int passes)
    : m_memory(static_cast<std::size_t>(memoryKib) * 1024),
      m_passes(static_cast<unsigned long long>(passes)),
      m_places(std::max(2U, std::thread::hardware_concurrency())) {
    if (sodium_init() < 0) throw std::runtime_error("libsodium does not start");
    std::array<unsigned char, 32> random{};
    randombytes_buf(random.data(), random.size());
    auto nobody = compute(std::string(random.begin(), random.end()));
    if (!nobody) throw std::runtime_error(nobody.error().what);
    m_nobody = nobody.value();
}

kit::Result<std::string> Passwords::compute(const std::string& password) const {
    std::array<char, crypto_pwhash_STRBYTES> text{};
    if (crypto_pwhash_str_alg(text.data(), password.data(), password.size(), m_passes, m_memory,
                              crypto_pwhash_ALG_ARGON2ID13) != 0)
        return kit::transient("the password could not be hashed: out of memory");
    return std::string(text.data());
}

kit::Result<std::string> Passwords::hash(const std::string& password) {
    kit::Result<std::string> result = kit::permanent("not computed");
    inTurn([&] { result = compute(password); });
    return result;
}

bool Passwords::matches(const std::string& hash, const std::string& password) {
    const std::string& against = hash.empty() ? m_nobody : hash;
    const bool same = crypto_pwhash_str_verify(against.c_str(), password.data(), password.size()) == 0;
    return same && !hash.empty();
}

void Passwords::inTurn(const std::function<void()>& work) {
    {
        std::unique_lock lock(m_mutex);
        m_freed.wait(lock, [this] { return m_places > 0; });
        --m_places;
    }
    struct Back {
        Passwords& owner;
        ~Back() {
            {
                const std::lock_guard lock(owner.m_mutex);
                ++owner.m_places;
            }
            owner.m_freed.notify_one();
        }
    } back{*this};
    work();
}

}  // namespace nova::identity
