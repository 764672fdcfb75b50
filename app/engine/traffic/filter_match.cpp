#include "app/engine/traffic/filter_match.h"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "kit/runtime/ids.h"

using namespace Qt::StringLiterals;

namespace nova::engine::filter {
namespace {

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

re2::RE2::Options quietOptions() {
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(1 << 20);
    return options;
}

bool holds(Op op, int order) {
    switch (op) {
        case Op::equal:
            return order == 0;
        case Op::greater:
            return order > 0;
        case Op::greaterEqual:
            return order >= 0;
        case Op::less:
            return order < 0;
        case Op::lessEqual:
            return order <= 0;
        case Op::matches:
            break;
    }
    return false;
}

struct Digits {
    std::array<char, 32> room;
    template <typename T>
    std::string_view of(T value) {
        return {room.data(), std::to_chars(room.data(), room.data() + room.size(), value).ptr};
    }
};

// Unix µs, of text that is as long as a time.
std::optional<std::int64_t> timeIn(std::string_view text) {
    if (text.size() < 20 || text.size() > 35) return std::nullopt;
    const auto time = kit::parseRfc3339(text);
    if (!time) return std::nullopt;
    return std::chrono::duration_cast<std::chrono::microseconds>(time->time_since_epoch()).count();
}

std::optional<Number> numberIn(std::string_view text) {
    const auto whole = [&]<typename T>(T value) -> std::optional<Number> {
        const auto [stop, fault] = std::from_chars(text.data(), text.data() + text.size(), value);
        return stop == text.data() + text.size() && fault == std::errc() ? std::optional<Number>(value) : std::nullopt;
    };
    if (const auto n = whole(std::int64_t{})) return n;
    if (const auto n = whole(std::uint64_t{})) return n;
    const auto n = whole(double{});
    return n && *n == *n ? n : std::nullopt;
}

}  // namespace

bool matchesPattern(std::string_view pattern, std::string_view text) {
    std::size_t p = 0, t = 0, star = std::string_view::npos, mark = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == '*') {
            star = p++;
            mark = t;
        } else if (p < pattern.size() && pattern[p] == text[t]) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++mark;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool compare(Op op, Number left, Number right) {
    return holds(op, left < right ? -1 : left > right ? 1 : 0);
}

std::shared_ptr<const re2::RE2> compileExpression(const std::string& text, std::string& error, std::string& culprit) {
    auto expression = std::make_shared<re2::RE2>(text, quietOptions());
    if (expression->ok()) return expression;
    error = expression->error();
    culprit = expression->error_arg();
    return nullptr;
}

TextMatcher::TextMatcher(const Term& term, std::shared_ptr<const re2::RE2> expression)
    : m_expression(std::move(expression)) {
    if (m_expression) return;
    for (const auto& value : term.values)
        m_choices.push_back({value.text.toStdString(), !value.quoted && value.text.contains(u'*')});
}

bool TextMatcher::operator()(std::string_view text) const {
    if (m_expression) return re2::RE2::PartialMatch({text.data(), text.size()}, *m_expression);
    return std::any_of(m_choices.begin(), m_choices.end(), [&](const Choice& choice) {
        return choice.isPattern ? matchesPattern(choice.text, text) : choice.text == text;
    });
}

DynamicMatcher::DynamicMatcher(const Term& term, std::shared_ptr<const re2::RE2> expression, std::int64_t nowMs,
                               const QString& zone)
    : m_op(term.op), m_text(term, std::move(expression)) {
    if (m_op == Op::matches) return;
    for (const auto& value : term.values) {
        Choice choice{{}, {}, value.text.toStdString(), value.quoted};
        m_any = m_any || (!value.quoted && !value.text.isEmpty() && value.text.count(u'*') == value.text.size());
        if (const auto measure = value.quoted ? std::nullopt : parseMeasure(value.text))
            choice.number = measure->unit == Unit::time ? measure->value / 1'000 : measure->value;
        choice.timeUs = parseTime(value.text, nowMs, zone);
        m_choices.push_back(std::move(choice));
    }
}

bool DynamicMatcher::number(Number value, std::string_view asText) const {
    if (m_op == Op::matches) return m_text(asText);
    return std::any_of(m_choices.begin(), m_choices.end(), [&](const Choice& choice) {
        if (choice.number) return compare(m_op, value, *choice.number);
        return m_op == Op::equal && !choice.quoted && matchesPattern(choice.text, asText);
    });
}

bool DynamicMatcher::text(std::string_view value, bool asNumber) const {
    if (m_op == Op::matches || m_op == Op::equal) return m_text(value);
    const auto& choice = m_choices.front();
    if (choice.quoted && !choice.timeUs) return holds(m_op, value.compare(choice.text));
    if (choice.timeUs) {
        if (const auto us = timeIn(value))
            return compare(m_op, static_cast<Number>(*us), static_cast<Number>(*choice.timeUs));
    }
    const auto mine = asNumber && choice.number ? numberIn(value) : std::nullopt;
    return mine && compare(m_op, *mine, *choice.number);
}

bool DynamicMatcher::time(std::int64_t us, std::string_view asText) const {
    const auto matched = std::any_of(m_choices.begin(), m_choices.end(), [&](const Choice& choice) {
        return choice.timeUs && compare(m_op, static_cast<Number>(us), static_cast<Number>(*choice.timeUs));
    });
    return matched || text(asText, false);
}

bool DynamicMatcher::operator()(const Scalar& scalar) const {
    Digits digits;
    switch (scalar.kind) {
        case Scalar::Kind::integer:
            return number(static_cast<Number>(scalar.integer), digits.of(scalar.integer));
        case Scalar::Kind::unsignedInteger:
            return number(static_cast<Number>(scalar.unsignedInteger), digits.of(scalar.unsignedInteger));
        case Scalar::Kind::real:
            return scalar.real == scalar.real && number(scalar.real, digits.of(scalar.real));
        case Scalar::Kind::boolean:
            return (m_op == Op::matches || m_op == Op::equal) && m_text(scalar.boolean ? "true" : "false");
        case Scalar::Kind::time:
            return time(scalar.integer, scalar.text);
        case Scalar::Kind::text:
            break;
    }
    return text(scalar.text, false);
}

bool DynamicMatcher::header(std::string_view value) const {
    return text(value, true);
}

Search::Search(const Value& value) {
    const QString folded = value.text.toLower();
    m_words = value.quoted ? QStringList{folded} : folded.split(u'*', Qt::SkipEmptyParts);
    m_words.removeAll(QString());
    const bool ascii = std::all_of(folded.begin(), folded.end(), [](QChar c) { return c.unicode() < 0x80; });
    std::string pattern = "(?is)";
    for (const auto& word : m_words) {
        Needle needle{word.toStdString(), std::vector<std::uint32_t>(256, static_cast<std::uint32_t>(word.size()))};
        const auto last = needle.lower.size() - 1;
        for (std::size_t i = 0; i < last; ++i) {
            const auto c = static_cast<unsigned char>(needle.lower[i]);
            const auto skip = static_cast<std::uint32_t>(last - i);
            needle.skip[c] = skip;
            if (c >= 'a' && c <= 'z') needle.skip[c - 32u] = skip;
        }
        if (pattern.size() > 5) pattern += ".*";
        pattern += re2::RE2::QuoteMeta(needle.lower);
        m_needles.push_back(std::move(needle));
    }
    if (ascii) return;
    m_needles.clear();
    m_expression = std::make_shared<re2::RE2>(pattern, quietOptions());
}

std::size_t Search::Needle::find(std::string_view text, std::size_t from) const {
    const auto length = lower.size();
    while (from + length <= text.size()) {
        const char* const window = text.data() + from;
        if (std::equal(lower.rbegin(), lower.rend(), std::make_reverse_iterator(window + length),
                       [](char wanted, char c) { return wanted == filter::lower(c); }))
            return from;
        from += skip[static_cast<unsigned char>(window[length - 1])];
    }
    return std::string_view::npos;
}

bool Search::in(std::string_view text) const {
    if (m_expression) return re2::RE2::PartialMatch({text.data(), text.size()}, *m_expression);
    std::size_t from = 0;
    for (const auto& needle : m_needles) {
        const auto found = needle.find(text, from);
        if (found == std::string_view::npos) return false;
        from = found + needle.lower.size();
    }
    return true;
}

}  // namespace nova::engine::filter
