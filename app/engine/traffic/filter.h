// The filter language of contract §7: typed, compiled once, safe (RE2, no user code). One compiled filter may be used
// by one thread at a time; copies are cheap and independent. Limits: 4 kB of text, 64 terms, depth 32.
#pragma once

#include <QString>
#include <QStringList>
#include <QVector>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "app/engine/traffic/event.h"

namespace nova::engine {

struct FilterError {
    int position = 0;  // in UTF-16 units of the text, where the fault begins
    int length = 1;
    QString what;                            // "unknown field \"tpye\""
    QString expected;                        // "did you mean type?"; may be empty
    [[nodiscard]] QString sentence() const;  // both, with the position
};

// What an event alone does not tell. Each may be empty: its terms are then as the contract says of an absent field.
struct FilterContext {
    std::function<bool(const Event&)> isDuplicate;  // same topic, ce_id and ce_dataschema seen before in what is held
    std::function<bool(const Event&)> isStale;      // some group's outcome is stale
    std::function<std::string(const std::string& userId)> handleOf;  // "" when not known
    std::int64_t nowMs = 0;                                          // of -5m and of today; 0: the clock's, at compile
    QString zone;                                                    // IANA id of HH:MM; empty: UTC
};

// Which parts of a record the filter reads: what it does not name need not be fetched or decoded.
struct FilterNeeds {
    bool headers = false, value = false, payload = false, history = false;  // history: is:duplicate or is:stale
    bool stale = false;    // is:stale: isStale is asked
    bool handles = false;  // user: or a lone word: handleOf is asked
};

class Filter {
public:
    // An empty text matches everything.
    static std::variant<Filter, FilterError> compile(const QString& text, FilterContext context = {});
    Filter();  // matches everything
    ~Filter();
    Filter(const Filter&);
    Filter(Filter&&) noexcept;
    Filter& operator=(const Filter&);
    Filter& operator=(Filter&&) noexcept;

    [[nodiscard]] bool matches(const Event& event);
    // Events whose payload could not be looked into: counted, never skipped silently. A copy goes on from it.
    [[nodiscard]] std::uint64_t errors() const;
    [[nodiscard]] const FilterNeeds& needs() const;
    [[nodiscard]] QString text() const;       // as given
    [[nodiscard]] QString canonical() const;  // printed from the tree; compiles to the same tree
    [[nodiscard]] bool matchesAll() const;
    // Words that a lone term looks for, lower case: for highlighting.
    [[nodiscard]] QStringList searchedWords() const;

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

struct Completion {
    QString insert;  // text that takes the place of [from, from + length)
    QString label, detail;
    int from = 0, length = 0;
};
// What may stand at `cursor`: fields, then values that were seen (topics, types, users, header names, payload paths).
struct SeenValues {
    QStringList topics, types, users, headers, payloadPaths, sources;
};
QVector<Completion> completions(const QString& text, int cursor, const SeenValues& seen);

}  // namespace nova::engine
