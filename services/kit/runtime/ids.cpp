#include "kit/runtime/ids.h"

#include <atomic>
#include <cstdint>

#include "kit/runtime/random.h"

namespace nova::kit {
namespace {

// Milliseconds in the upper 48 bits, the fraction of the millisecond in 12: never the same twice, never falling, even
// when the clock steps back. Ids of one process sort by the order in which they were made.
std::uint64_t nextStamp() {
    static std::atomic<std::uint64_t> last{0};
    const auto ns = static_cast<std::uint64_t>(wallNow().time_since_epoch().count());
    const std::uint64_t now = ((ns / 1'000'000) << 12) | ((ns % 1'000'000) * 4096 / 1'000'000);
    std::uint64_t before = last.load(std::memory_order_relaxed);
    std::uint64_t mine = 0;
    do {
        mine = now > before ? now : before + 1;
    } while (!last.compare_exchange_weak(before, mine, std::memory_order_relaxed));
    return mine;
}

bool isLowerHex(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
}

// Reads exactly `digits` decimal digits at the front of `text`.
std::optional<int> takeNumber(std::string_view& text, std::size_t digits) {
    if (text.size() < digits) return std::nullopt;
    int value = 0;
    for (std::size_t i = 0; i < digits; ++i) {
        if (text[i] < '0' || text[i] > '9') return std::nullopt;
        value = value * 10 + (text[i] - '0');
    }
    text.remove_prefix(digits);
    return value;
}

bool takeChar(std::string_view& text, std::string_view anyOf) {
    if (text.empty() || anyOf.find(text.front()) == std::string_view::npos) return false;
    text.remove_prefix(1);
    return true;
}

std::optional<std::chrono::sys_days> takeDate(std::string_view& text) {
    const auto year = takeNumber(text, 4);
    if (!year || !takeChar(text, "-")) return std::nullopt;
    const auto month = takeNumber(text, 2);
    if (!month || !takeChar(text, "-")) return std::nullopt;
    const auto day = takeNumber(text, 2);
    if (!day) return std::nullopt;
    const std::chrono::year_month_day date{std::chrono::year{*year}, std::chrono::month{static_cast<unsigned>(*month)},
                                           std::chrono::day{static_cast<unsigned>(*day)}};
    // Outside these years nanoseconds since 1970 do not fit 64 bits.
    if (!date.ok() || *year < 1678 || *year > 2261) return std::nullopt;
    return std::chrono::sys_days{date};
}

std::optional<std::chrono::nanoseconds> takeFraction(std::string_view& text) {
    if (!takeChar(text, ".")) return std::chrono::nanoseconds{0};
    std::int64_t value = 0;
    std::int64_t scale = 1'000'000'000;
    std::size_t count = 0;
    for (; count < text.size() && text[count] >= '0' && text[count] <= '9'; ++count) {
        if (scale == 1) continue;
        value = value * 10 + (text[count] - '0');
        scale /= 10;
    }
    if (count == 0) return std::nullopt;
    text.remove_prefix(count);
    return std::chrono::nanoseconds{value * scale};
}

std::optional<std::chrono::nanoseconds> takeTimeOfDay(std::string_view& text) {
    const auto hour = takeNumber(text, 2);
    if (!hour || !takeChar(text, ":")) return std::nullopt;
    const auto minute = takeNumber(text, 2);
    if (!minute || !takeChar(text, ":")) return std::nullopt;
    const auto second = takeNumber(text, 2);
    if (!second || *hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
    const auto fraction = takeFraction(text);
    if (!fraction) return std::nullopt;
    return std::chrono::hours{*hour} + std::chrono::minutes{*minute} + std::chrono::seconds{*second} + *fraction;
}

std::optional<std::chrono::minutes> takeOffset(std::string_view& text) {
    if (takeChar(text, "Zz")) return std::chrono::minutes{0};
    const int sign = !text.empty() && text.front() == '-' ? -1 : 1;
    if (!takeChar(text, "+-")) return std::nullopt;
    const auto hour = takeNumber(text, 2);
    if (!hour || !takeChar(text, ":")) return std::nullopt;
    const auto minute = takeNumber(text, 2);
    if (!minute || *hour > 23 || *minute > 59) return std::nullopt;
    return std::chrono::minutes{sign * (*hour * 60 + *minute)};
}

void putNumber(std::string& out, std::int64_t value, std::size_t digits) {
    std::string text = std::to_string(value);
    if (text.size() < digits) out.append(digits - text.size(), '0');
    out += text;
}

}  // namespace

std::string newUuid() {
    const std::uint64_t stamp = nextStamp();
    const std::uint64_t random = randomBits();
    const std::uint64_t high = ((stamp >> 12) << 16) | 0x7000U | (stamp & 0xFFFU);
    const std::uint64_t low = 0x8000'0000'0000'0000U | (random >> 2);
    static constexpr char digits[] = "0123456789abcdef";
    std::string out;
    out.reserve(36);
    for (int i = 0; i < 32; ++i) {
        if (i == 8 || i == 12 || i == 16 || i == 20) out += '-';
        const std::uint64_t half = i < 16 ? high : low;
        out += digits[(half >> (60 - 4 * (i % 16))) & 0xFU];
    }
    return out;
}

bool isUuid(std::string_view text) {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < 36; ++i) {
        const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash ? text[i] != '-' : !isLowerHex(text[i])) return false;
    }
    return true;
}

std::string rfc3339(WallTime t) {
    // In microseconds: the first day of the clock's nanoseconds begins before them.
    const auto whole = std::chrono::floor<std::chrono::microseconds>(t);
    const auto day = std::chrono::floor<std::chrono::days>(whole);
    const std::chrono::year_month_day date{day};
    const auto us = (whole - day).count();
    std::string out;
    out.reserve(27);
    putNumber(out, static_cast<int>(date.year()), 4);
    out += '-';
    putNumber(out, static_cast<unsigned>(date.month()), 2);
    out += '-';
    putNumber(out, static_cast<unsigned>(date.day()), 2);
    out += 'T';
    putNumber(out, us / 3'600'000'000, 2);
    out += ':';
    putNumber(out, us / 60'000'000 % 60, 2);
    out += ':';
    putNumber(out, us / 1'000'000 % 60, 2);
    out += '.';
    putNumber(out, us % 1'000'000, 6);
    out += 'Z';
    return out;
}

std::optional<WallTime> parseRfc3339(std::string_view text) {
    const auto date = takeDate(text);
    if (!date || !takeChar(text, "Tt ")) return std::nullopt;
    const auto time = takeTimeOfDay(text);
    if (!time) return std::nullopt;
    const auto offset = takeOffset(text);
    if (!offset || !text.empty()) return std::nullopt;
    return WallTime{*date} + *time - *offset;
}

}  // namespace nova::kit
