#include "gateway/resolvers/key_desk.h"

#include <array>
#include <future>

#include "kit/trace/span.h"

namespace nova::gateway {
namespace {

struct Keyed {
    const char* operation;
    const char* owner;
};
constexpr std::array<Keyed, 3> keyed{
    {{"createPost", "content-service"}, {"sendMessage", "messaging-service"}, {"likePost", "social-service"}}};

}  // namespace

kit::Error KeyDesk::conflict(const std::string& operation) {
    return {kit::ErrorKind::conflict, "this idempotency key stands for " + operation,
            "use a new key for a new request"};
}

std::string KeyDesk::enter(const Key& key, const std::string& operation) {
    const std::lock_guard lock(m_mutex);
    UnderWay& calls = m_underWay.try_emplace(key, UnderWay{operation}).first->second;
    if (calls.operation != operation) return calls.operation;
    ++calls.calls;
    return {};
}

void KeyDesk::leave(const Key& key) {
    const std::lock_guard lock(m_mutex);
    const auto found = m_underWay.find(key);
    if (--found->second.calls == 0) m_underWay.erase(found);
}

std::string KeyDesk::knownElsewhere(const std::string& operation, const Ask& ask) {
    const kit::trace::Context caller = kit::trace::current();
    std::vector<std::future<kit::Result<std::string>>> answers;
    for (const auto& other : keyed) {
        if (other.operation == operation) continue;
        answers.push_back(std::async([&ask, &caller, owner = other.owner] {
            const kit::trace::Scope scope(caller);
            return ask(owner);
        }));
    }
    std::string known;
    for (auto& answer : answers) {
        const auto found = answer.get();
        if (found && !found.value().empty()) known = found.value();
    }
    return known;
}

}  // namespace nova::gateway
