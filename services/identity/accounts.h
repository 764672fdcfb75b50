// What identity-service does: sign up, sign in, look users up. Rules and limits of the contract §7. Thread: any.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "identity/store.h"
#include "kit/rpc/auth.h"

namespace nova::identity {

class Passwords;

struct Session {
    User user;
    std::string token;
    kit::WallTime expires;
};

class Accounts {
public:
    Accounts(Store& store, Passwords& passwords, kit::TokenSigner signer)
        : m_store(store), m_passwords(passwords), m_signer(std::move(signer)) {}
    // badInput: handle not 3–32 of a-z 0-9 _ -, password not 8–128 characters, display name above 100, unknown tier.
    // Conflict: handle taken. An empty display name is the handle, an empty tier `standard`.
    kit::Result<Session> signUp(const std::string& handle, const std::string& password, const std::string& displayName,
                                const std::string& tier);
    // unauthenticated, in the same words and time for an unknown handle and a wrong password; after 10 failures of a
    // handle within a minute, in any case, without looking at the password.
    kit::Result<Session> signIn(const std::string& handle, const std::string& password);
    // At most 1,000 ids and handles together.
    kit::Result<std::vector<User>> users(const std::vector<std::string>& ids, const std::vector<std::string>& handles);

private:
    kit::Result<Session> session(User user) const;
    kit::Result<User> authenticate(const std::string& handle, const std::string& password);

    Store& m_store;
    Passwords& m_passwords;
    kit::TokenSigner m_signer;
};

}  // namespace nova::identity
