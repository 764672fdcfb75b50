// Handles of users by id, asked of identity-service and remembered: they never change. Thread: any.
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <string>
#include <vector>

#include "kit/runtime/lru.h"

namespace nova::kit {
class RpcClients;
}

namespace nova::notification {

class Names {
public:
    explicit Names(kit::RpcClients& clients) : m_clients(clients) {}
    // Who is not known, or not told within 50 ms, is not in the map. An identity-service that did not answer is not
    // asked again for a second.
    std::map<std::string, std::string> of(const std::vector<std::string>& ids);

private:
    kit::RpcClients& m_clients;
    Lru<std::string, std::string> m_known{20'000};
    std::atomic<std::chrono::steady_clock::rep> m_askAgain{0};  // steady time; before it, nobody is asked
};

// What a person reads; `handle` empty: not known.
std::string textOf(const std::string& type, const std::string& handle);

}  // namespace nova::notification
