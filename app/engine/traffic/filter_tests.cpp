#include "app/engine/traffic/filter_tests.h"

#include <algorithm>

#include "app/engine/traffic/filter_match.h"
#include "contract/topics.h"

using namespace Qt::StringLiterals;

namespace nova::engine::filter {
namespace {

enum Cost {
    numberCost = 1,
    nameCost = 2,
    textCost = 4,
    headerCost = 10,
    historyCost = 20,
    payloadCost = 100,
    searchCost = 300
};

std::shared_ptr<const re2::RE2> expressionOf(const Term& term) {
    std::string error, culprit;
    return term.op == Op::matches ? compileExpression(term.values.front().text.toStdString(), error, culprit) : nullptr;
}

// topic and type: each name is compared once, then known by its index.
class NameTest : public Test {
public:
    NameTest(const Term& term, std::size_t slot)
        : Test(nameCost), m_text(term, expressionOf(term)), m_slot(slot), m_ofTopic(term.field == u"topic") {}

    bool matches(const Event& event, Run& run) const override {
        const auto index = m_ofTopic ? event.topic : event.type;
        if (index == 0) return false;
        auto& known = run.verdicts[m_slot];
        if (index >= known.size()) known.resize(index + 1u);
        if (known[index] == 0)
            known[index] = m_text(m_ofTopic ? Names::topicName(index) : Names::typeName(index)) ? 2 : 1;
        return known[index] == 2;
    }

private:
    const TextMatcher m_text;
    const std::size_t m_slot;
    const bool m_ofTopic;
};

class TextTest : public Test {
public:
    enum class Of { key, event, trace, source };
    TextTest(const Term& term, Of of)
        : Test(of == Of::source ? headerCost : textCost), m_text(term, expressionOf(term)), m_of(of) {}

    bool matches(const Event& event, Run&) const override {
        switch (m_of) {
            case Of::key:
                return event.hasKey && m_text(event.key);
            case Of::event:
                return !event.eventId.empty() && m_text(event.eventId);
            case Of::trace:
                return !event.traceId.empty() && m_text(event.traceId);
            case Of::source:
                break;
        }
        std::string_view rest = event.headerBlob, name, value, source;
        while (nextHeader(rest, name, value)) {
            if (name == contract::header::source) source = value;
        }
        return !source.empty() && m_text(source);
    }

private:
    const TextMatcher m_text;
    const Of m_of;
};

class UserTest : public Test {
public:
    explicit UserTest(const Term& term) : Test(headerCost), m_text(term, expressionOf(term)) {}

    bool matches(const Event& event, Run& run) const override {
        if (event.user.empty()) return false;
        if (m_text(event.user)) return true;
        if (!run.context->handleOf) return false;
        const auto handle = run.context->handleOf(event.user);
        return !handle.empty() && m_text(handle);
    }

private:
    const TextMatcher m_text;
};

// partition offset version size latency time; latency and time in µs.
class NumberTest : public Test {
public:
    NumberTest(const Term& term, const FilterContext& context) : Test(numberCost), m_op(term.op), m_field(term.field) {
        const bool time = m_field == u"time", latency = m_field == u"latency";
        m_of = time                      ? Of::time
               : latency                 ? Of::latency
               : m_field == u"partition" ? Of::partition
               : m_field == u"offset"    ? Of::offset
               : m_field == u"version"   ? Of::version
                                         : Of::size;
        for (const auto& value : term.values) {
            if (!value.quoted && value.text == u"*") {
                m_any = true;
            } else if (time) {
                m_values.push_back(static_cast<Number>(*parseTime(value.text, context.nowMs, context.zone)));
            } else {
                const auto measure = *parseMeasure(value.text);
                m_values.push_back(latency && measure.unit == Unit::none ? measure.value * 1'000 : measure.value);
            }
        }
    }

    bool matches(const Event& event, Run&) const override {
        const auto mine = of(event);
        return mine && (m_any || std::any_of(m_values.begin(), m_values.end(),
                                             [&](Number value) { return compare(m_op, *mine, value); }));
    }

private:
    enum class Of { partition, offset, version, size, latency, time };

    // As Number: a producer may set a time that has no µs in 64 bits.
    [[nodiscard]] std::optional<Number> of(const Event& event) const {
        const auto timeUs = static_cast<Number>(event.timestampMs) * 1'000;
        switch (m_of) {
            case Of::partition:
                return static_cast<Number>(event.partition);
            case Of::offset:
                return static_cast<Number>(event.offset);
            case Of::size:
                return static_cast<Number>(event.valueBytes());
            case Of::version:
                return event.version < 0 ? std::nullopt : std::optional(static_cast<Number>(event.version));
            case Of::latency:
                if (event.ceTimeUs == 0 || event.timestampMs < 0) return std::nullopt;
                return timeUs - static_cast<Number>(event.ceTimeUs);
            case Of::time:
                break;
        }
        return event.timestampMs < 0 ? std::nullopt : std::optional(timeUs);
    }

    const Op m_op;
    const QString m_field;
    Of m_of = Of::size;
    std::vector<Number> m_values;
    bool m_any = false;
};

class HeaderTest : public Test {
public:
    HeaderTest(const Term& term, const FilterContext& context)
        : Test(headerCost),
          m_name(term.path.front().toStdString()),
          m_value(term, expressionOf(term), context.nowMs, context.zone) {}

    bool matches(const Event& event, Run&) const override {
        std::string_view rest = event.headerBlob, name, value;
        while (nextHeader(rest, name, value)) {
            if (name == m_name && (m_value.wantsAny() || m_value.header(value))) return true;
        }
        return false;
    }

private:
    const std::string m_name;
    const DynamicMatcher m_value;
};

bool readable(Run& run) {
    const auto state = run.payload.state();
    run.failed = run.failed || state == PayloadReader::State::unreadable;
    return state == PayloadReader::State::readable;
}

class PayloadTest : public Test {
public:
    PayloadTest(const Term& term, const FilterContext& context)
        : Test(payloadCost), m_value(term, expressionOf(term), context.nowMs, context.zone) {
        for (const auto& name : term.path) m_path.names.push_back(name.toStdString());
    }

    bool matches(const Event&, Run& run) const override {
        if (!readable(run)) return false;
        if (m_value.wantsAny()) return run.payload.has(m_path);
        return run.payload.any(m_path, [this](const Scalar& scalar) { return m_value(scalar); });
    }

private:
    Path m_path;
    const DynamicMatcher m_value;
};

class FlagTest : public Test {
public:
    explicit FlagTest(const Term& term) : Test(historyCost) {
        for (const auto& value : term.values) m_flags.push_back(static_cast<Flag>(flags().indexOf(value.text)));
        std::sort(m_flags.rbegin(), m_flags.rend());
    }

    bool matches(const Event& event, Run& run) const override {
        return std::any_of(m_flags.begin(), m_flags.end(), [&](Flag flag) { return is(flag, event, run); });
    }

private:
    enum Flag { duplicate, stale, dlq, undecodable, tombstone, replayed };  // in the order of flags()

    static bool is(Flag flag, const Event& event, Run& run) {
        switch (flag) {
            case duplicate:
                return run.context->isDuplicate && run.context->isDuplicate(event);
            case stale:
                return run.context->isStale && run.context->isStale(event);
            case dlq:
                return Names::topicName(event.topic).ends_with(contract::topic::deadLetterSuffix);
            case undecodable:
                return event.undecodable;
            case tombstone:
                return event.tombstone;
            case replayed:
                return event.replayed;
        }
        return false;
    }

    std::vector<Flag> m_flags;
};

// A lone word or string: key, type, user, header values, decoded payload text.
class SearchTest : public Test {
public:
    explicit SearchTest(const Search& search) : Test(searchCost), m_search(search) {}

    bool matches(const Event& event, Run& run) const override {
        if (m_search.in(event.key) || m_search.in(Names::typeName(event.type)) || m_search.in(event.user)) return true;
        if (run.context->handleOf && !event.user.empty() && m_search.in(run.context->handleOf(event.user))) return true;
        std::string_view rest = event.headerBlob, name, value;
        while (nextHeader(rest, name, value)) {
            if (m_search.in(value)) return true;
        }
        // Of a large value only the beginning is held: what it does not tell counts as not looked into.
        if (event.isCut() && m_search.in(event.value)) return true;
        return readable(run) && m_search.in(run.payload.text());
    }

private:
    const Search m_search;
};

}  // namespace

std::unique_ptr<const Test> makeTest(const Term& term, const FilterContext& context, Program& program) {
    if (term.field.isEmpty()) {
        const Search search(term.values.front());
        program.words << search.words();
        return std::make_unique<SearchTest>(search);
    }
    if (term.field == u"topic" || term.field == u"type") return std::make_unique<NameTest>(term, program.slots++);
    if (term.field == u"key") return std::make_unique<TextTest>(term, TextTest::Of::key);
    if (term.field == u"event") return std::make_unique<TextTest>(term, TextTest::Of::event);
    if (term.field == u"trace") return std::make_unique<TextTest>(term, TextTest::Of::trace);
    if (term.field == u"source") return std::make_unique<TextTest>(term, TextTest::Of::source);
    if (term.field == u"user") return std::make_unique<UserTest>(term);
    if (term.field == u"header") return std::make_unique<HeaderTest>(term, context);
    if (term.field == u"payload") return std::make_unique<PayloadTest>(term, context);
    if (term.field == u"is") return std::make_unique<FlagTest>(term);
    return std::make_unique<NumberTest>(term, context);
}

}  // namespace nova::engine::filter
