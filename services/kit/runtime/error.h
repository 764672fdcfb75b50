// Errors are values that say whether to try again. Thread: any.
#pragma once

#include <boost/outcome/basic_result.hpp>
#include <boost/outcome/policy/terminate.hpp>
#include <boost/outcome/try.hpp>
#include <string>

namespace nova::kit {

enum class ErrorKind {
    transient,  // unreachable, deadline, server busy: the same call may succeed later
    badInput,   // the caller's fault; never retried
    unauthenticated,
    forbidden,
    notFound,
    conflict,
    permanent,  // anything else that will not heal by itself
};

struct Error {
    ErrorKind kind = ErrorKind::permanent;
    std::string what;  // what failed and where, in one sentence for a person
    std::string hint;  // what to do about it; may be empty
    // `what` tells of a store's insides (its address, its own words): for logs and spans, never for users.
    bool inside = false;

    [[nodiscard]] bool retryable() const { return kind == ErrorKind::transient; }
};

// Reading the value of a failed Result is a programming error and ends the process.
template <typename T>
using Result = boost::outcome_v2::basic_result<T, Error, boost::outcome_v2::policy::terminate>;
namespace outcome = boost::outcome_v2;

inline Error transient(std::string what, std::string hint = {}) {
    return {ErrorKind::transient, std::move(what), std::move(hint)};
}
inline Error permanent(std::string what, std::string hint = {}) {
    return {ErrorKind::permanent, std::move(what), std::move(hint)};
}
inline Error badInput(std::string what, std::string hint = {}) {
    return {ErrorKind::badInput, std::move(what), std::move(hint)};
}
inline Error inside(Error error) {
    error.inside = true;
    return error;
}

}  // namespace nova::kit
