// How one value is compared: against text (exact, `*`, any of), an expression, numbers, times. Compiled once; comparing
// allocates nothing. Thread: any; the expression is shared.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/engine/traffic/filter_fields.h"
#include "app/engine/traffic/filter_payload.h"
#include "app/engine/traffic/filter_tree.h"

namespace re2 {
class RE2;
}

namespace nova::engine::filter {

// `*` matches any run; all else is itself.
bool matchesPattern(std::string_view pattern, std::string_view text);

class TextMatcher {
public:
    // Expressions were checked by compileExpression().
    TextMatcher(const Term& term, std::shared_ptr<const re2::RE2> expression);
    [[nodiscard]] bool operator()(std::string_view text) const;

private:
    struct Choice {
        std::string text;
        bool isPattern;
    };
    std::vector<Choice> m_choices;
    std::shared_ptr<const re2::RE2> m_expression;
};

// Bound: 1 MiB of memory each, however the expression is written.
std::shared_ptr<const re2::RE2> compileExpression(const std::string& text, std::string& error, std::string& culprit);

bool compare(Op op, Number left, Number right);  // not `matches`

// header.NAME and payload.PATH: the value's own type decides, and how the filter's value is written.
class DynamicMatcher {
public:
    DynamicMatcher(const Term& term, std::shared_ptr<const re2::RE2> expression, std::int64_t nowMs,
                   const QString& zone);
    [[nodiscard]] bool operator()(const Scalar& scalar) const;
    // A header: text that is compared by size as the number or the time that it is written as.
    [[nodiscard]] bool header(std::string_view value) const;
    // Whether each value that is there matches, whatever it is.
    [[nodiscard]] bool wantsAny() const { return m_any; }

private:
    struct Choice {
        std::optional<Number> number;
        std::optional<std::int64_t> timeUs;
        std::string text;
        bool quoted = false;
    };
    [[nodiscard]] bool number(Number value, std::string_view asText) const;
    [[nodiscard]] bool text(std::string_view value, bool asNumber) const;
    [[nodiscard]] bool time(std::int64_t us, std::string_view asText) const;

    Op m_op;
    TextMatcher m_text;
    std::vector<Choice> m_choices;
    bool m_any = false;
};

// Looks for a lone word or string without case. In a word `*` stands for any run.
class Search {
public:
    explicit Search(const Value& value);
    [[nodiscard]] bool in(std::string_view text) const;
    [[nodiscard]] const QStringList& words() const { return m_words; }  // lower case

private:
    struct Needle {
        std::string lower;                // ASCII
        std::vector<std::uint32_t> skip;  // Horspool's table, by the last letter of the window
        [[nodiscard]] std::size_t find(std::string_view text, std::size_t from) const;
    };
    std::vector<Needle> m_needles;                 // in order, each after the one before
    std::shared_ptr<const re2::RE2> m_expression;  // where a needle is not ASCII: folds as Unicode says
    QStringList m_words;
};

}  // namespace nova::engine::filter
