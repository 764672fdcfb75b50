// Passwords by argon2id (libsodium). Each hash takes the configured memory, so only a few are computed at a time;
// others wait. Thread: any.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>

#include "kit/runtime/error.h"

namespace nova::identity {

class Passwords {
public:
    // Memory in KiB per hash, passes over it.
    Passwords(int memoryKib, int passes);
    kit::Result<std::string> hash(const std::string& password);
    // Same work for an empty hash (an unknown user): false then.
    bool matches(const std::string& hash, const std::string& password);
    // Runs `work` while holding one of the few places in which hashes are computed.
    void inTurn(const std::function<void()>& work);

private:
    kit::Result<std::string> compute(const std::string& password) const;

    std::size_t m_memory;
    unsigned long long m_passes;
    std::string m_nobody;  // a hash that nobody's password has
    std::mutex m_mutex;
    std::condition_variable m_freed;
    unsigned m_places;
};

}  // namespace nova::identity
