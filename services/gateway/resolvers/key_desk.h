// One Idempotency-Key of a user stands for one operation (contract §7). The owner of an operation sees to its own; this
// sees to it that the operations of other owners are refused too.
//
//  - Before a keyed call goes to its owner, the other owners of keyed operations are asked, all at once, whether they
//    know the key; one that does means `conflict`. A call whose effect failed has left no key anywhere.
//  - An owner that does not answer within DoorLimits::keyTime (dead, hung, its store away) is taken not to know the
//    key: a write never fails because a service that has no part in it is away. A key that was used there is then taken a
//    second time.
//  - A call that is not committed yet is known to nobody but this gateway, which refuses another operation under the
//    key of one that is under way. Two gateways that get two operations under one key at the very same moment may both
//    do them.
//
// Thread: any.
#pragma once

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "kit/runtime/error.h"

namespace nova::gateway {

class KeyDesk {
public:
    // Asks `owner` for the operation that it knows under a key; "" when there is none.
    using Ask = std::function<kit::Result<std::string>(const char* owner)>;
    // As an owner would: the call that is refused did nothing.
    static kit::Error conflict(const std::string& operation);

    // Runs `call` of `operation` unless the key stands for another one. Without a key: just runs it.
    template <typename Call>
    auto run(const std::string& user, const std::string& key, const char* operation, const Ask& ask, Call call)
        -> decltype(call()) {
        if (key.empty()) return call();
        if (const auto other = enter({user, key}, operation); !other.empty()) return conflict(other);
        const Stay stay{*this, {user, key}};
        if (const auto other = knownElsewhere(operation, ask); !other.empty()) return conflict(other);
        return call();
    }

private:
    using Key = std::pair<std::string, std::string>;  // user, key
    struct UnderWay {
        std::string operation;
        int calls = 0;
    };
    struct Stay {
        KeyDesk& desk;
        const Key key;
        ~Stay() { desk.leave(key); }
    };
    // Each answers with the other operation, or "".
    std::string enter(const Key& key, const std::string& operation);
    static std::string knownElsewhere(const std::string& operation, const Ask& ask);
    void leave(const Key& key);

    std::mutex m_mutex;
    std::map<Key, UnderWay> m_underWay;  // guarded; bound: the gateway's workers
};

}  // namespace nova::gateway
