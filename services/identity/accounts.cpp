#include "identity/accounts.h"

#include <algorithm>

#include "identity/passwords.h"
#include "kit/runtime/ids.h"
#include "kit/runtime/text.h"

namespace nova::identity {
namespace {

constexpr int failuresPerMinute = 10;
constexpr std::size_t usersPerCall = 1'000;

bool isHandle(const std::string& text) {
    return text.size() >= 3 && text.size() <= 32 && std::ranges::all_of(text, [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
           });
}

bool isPassword(const std::string& text) {
    const auto length = kit::codePoints(text);
    return length && *length >= 8 && *length <= 128;
}

kit::Result<void> check(const User& user, const std::string& password) {
    if (!isHandle(user.handle)) return kit::badInput("a handle is 3 to 32 of a-z 0-9 _ -");
    if (!isPassword(password)) return kit::badInput("a password is 8 to 128 characters of valid UTF-8");
    const auto name = kit::codePoints(user.displayName);
    if (!name || *name > 100) return kit::badInput("a display name is at most 100 characters of valid UTF-8");
    if (user.tier != "standard" && user.tier != "premium") return kit::badInput("a tier is standard or premium");
    return kit::outcome::success();
}

kit::Error refused(std::string what, std::string hint = {}) {
    return {kit::ErrorKind::unauthenticated, std::move(what), std::move(hint)};
}

}  // namespace

kit::Result<Session> Accounts::signUp(const std::string& handle, const std::string& password,
                                      const std::string& displayName, const std::string& tier) {
    const User user{kit::newUuid(), handle, displayName.empty() ? handle : displayName,
                    tier.empty() ? "standard" : tier};
    if (auto fine = check(user, password); !fine) return fine.error();
    auto hash = m_passwords.hash(password);
    if (!hash) return hash.error();
    if (auto made = m_store.create(user, hash.value()); !made) return made.error();
    return session(user);
}

kit::Result<Session> Accounts::signIn(const std::string& handle, const std::string& password) {
    // Neither can be anybody's; said in the same words as a wrong password.
    if (!isHandle(handle) || !isPassword(password)) return refused("the handle or the password is wrong");
    kit::Result<User> user = kit::permanent("not looked up");
    // Within one place from count to count, so that tries sent at once cannot all pass before the first is counted.
    m_passwords.inTurn([&] { user = authenticate(handle, password); });
    if (!user) return user.error();
    return session(user.value());
}

kit::Result<User> Accounts::authenticate(const std::string& handle, const std::string& password) {
    auto found = m_store.lookUp(handle);
    if (!found) return found.error();
    if (found.value().recentFailures >= failuresPerMinute)
        return refused("too many failed sign-ins for this handle", "try again in a minute");
    if (m_passwords.matches(found.value().passwordHash, password)) return *found.value().user;
    if (auto noted = m_store.noteFailure(handle); !noted) return noted.error();
    return refused("the handle or the password is wrong");
}

kit::Result<std::vector<User>> Accounts::users(const std::vector<std::string>& ids,
                                               const std::vector<std::string>& handles) {
    if (ids.size() + handles.size() > usersPerCall)
        return kit::badInput("at most 1,000 users can be asked for at once");
    if (!std::ranges::all_of(handles, isHandle)) {
        std::vector<std::string> valid;
        std::ranges::copy_if(handles, std::back_inserter(valid), isHandle);
        return m_store.find(ids, valid);
    }
    return m_store.find(ids, handles);
}

kit::Result<Session> Accounts::session(User user) const {
    auto signedToken = m_signer.sign({user.id, user.handle, user.displayName, user.tier, {}});
    if (!signedToken) return signedToken.error();
    return Session{std::move(user), signedToken.value().first, signedToken.value().second};
}

}  // namespace nova::identity
