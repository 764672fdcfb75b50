// What a filter reads of a payload: single values by path, or all of it as text. Messages of the schemas that are built
// in are read by reflection into one message that is used again and again; all else goes through decodePayload().
// Thread: one at a time.
#pragma once

#include <QStringList>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "app/engine/traffic/event.h"

namespace nova::engine::filter {

struct Scalar {
    enum class Kind { integer, unsignedInteger, real, boolean, text, time } kind = Kind::text;
    std::int64_t integer = 0;  // time: Unix µs
    std::uint64_t unsignedInteger = 0;
    double real = 0;
    bool boolean = false;
    std::string_view text;  // of text and time (RFC 3339, as the payload prints it)
};

// "post_id", or "resource_spans" "scope_spans": where a list is met, each of its elements is gone into.
struct Path {
    std::vector<std::string> names;
};

class PayloadReader {
public:
    enum class State { absent, readable, unreadable };  // absent: a tombstone

    PayloadReader();
    PayloadReader(const PayloadReader&);  // a fresh one: nothing that was read is shared
    PayloadReader& operator=(const PayloadReader&);
    ~PayloadReader();

    // A new event; nothing is decoded before the first question. The event outlives the questions.
    void begin(const Event& event);
    [[nodiscard]] State state();
    // Whether `visit` says true of a value at the path; stops there. Objects and nulls are no values.
    bool any(const Path& path, const std::function<bool(const Scalar&)>& visit);
    // Whether something other than null stands there.
    bool has(const Path& path);
    // The payload as JSON prints it, but strings as they are, without escapes. Until the next begin().
    std::string_view text();

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::engine::filter
