#include "kit/consume/shared_span.h"

#include <algorithm>

#include "contract/topics.h"

namespace nova::kit {
namespace {

trace::Context firstSampled(const std::vector<trace::Context>& owners) {
    const auto found = std::ranges::find_if(owners, [](const trace::Context& c) { return c.sampled && c.valid(); });
    return found == owners.end() ? trace::Context{} : *found;
}

bool same(const trace::Context& a, const trace::Context& b) {
    return a.traceId == b.traceId && a.spanId == b.spanId;
}

}  // namespace

SharedSpan::SharedSpan(std::string_view name, std::string_view hopKind, const std::vector<trace::Context>& owners)
    : m_name(name),
      m_hopKind(hopKind),
      m_first(firstSampled(owners)),
      m_start(wallNow()),
      m_begin(std::chrono::steady_clock::now()),
      m_span(name, trace::SpanKind::client, hopKind, m_first) {
    for (const auto& owner : owners) {
        const auto known = [&](const Copy& copy) { return same(copy.owner, owner); };
        if (owner.sampled && owner.valid() && !same(owner, m_first) && std::ranges::none_of(m_copies, known))
            m_copies.push_back({owner, {}, {}});
    }
}

SharedSpan::~SharedSpan() {
    const auto duration = std::chrono::steady_clock::now() - m_begin;
    m_span.end();
    for (const auto& copy : m_copies) record(copy, duration);
}

void SharedSpan::set(std::string_view key, std::int64_t value) {
    m_span.set(key, value);
    for (auto& copy : m_copies) copy.numbers.emplace_back(key, value);
}

void SharedSpan::fail(std::string_view error) {
    m_span.fail(error);
    m_error = error;
}

void SharedSpan::effect(const trace::Context& owner, std::string_view effect, std::int64_t recipients) {
    if (same(owner, m_first)) {
        m_span.set(contract::attr::effect, effect);
        m_span.set(contract::attr::recipients, recipients);
        return;
    }
    for (auto& copy : m_copies) {
        if (!same(copy.owner, owner)) continue;
        copy.text.emplace_back(contract::attr::effect, effect);
        copy.numbers.emplace_back(contract::attr::recipients, recipients);
    }
}

void SharedSpan::record(const Copy& copy, std::chrono::nanoseconds duration) const {
    trace::SpanData data;
    data.context = copy.owner;
    data.context.spanId = {};
    data.parentId = copy.owner.spanId;
    data.name = m_name;
    data.kind = trace::SpanKind::client;
    data.start = m_start;
    data.duration = duration;
    data.failed = !m_error.empty();
    data.error = m_error;
    data.text = copy.text;
    data.text.emplace_back(contract::attr::kind, m_hopKind);
    data.numbers = copy.numbers;
    if (m_span.context().valid()) data.links.push_back(m_span.context());
    trace::record(std::move(data));
}

}  // namespace nova::kit
