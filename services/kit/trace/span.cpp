#include "kit/trace/span.h"

#include <algorithm>
#include <memory>
#include <mutex>

#include "contract/topics.h"
#include "kit/runtime/random.h"

namespace nova::kit::trace {
namespace {

thread_local Context t_current;
thread_local Context t_outermost;
thread_local Span* t_innermost = nullptr;

struct SinkSlot {
    std::mutex mutex;
    std::shared_ptr<const Sink> sink;
};
SinkSlot& slot() {
    static auto* const instance = new SinkSlot;  // spans may end while the process does
    return *instance;
}

void fillRandom(std::uint8_t* out, std::size_t size) {
    for (std::size_t i = 0; i < size; i += 8) {
        std::uint64_t bits = randomBits();
        for (std::size_t j = i; j < std::min(i + 8, size); ++j, bits >>= 8)
            out[j] = static_cast<std::uint8_t>(bits & 0xFFU);
    }
    out[size - 1] |= 1U;  // all zeros means invalid
}

template <std::size_t N>
bool isZero(const std::array<std::uint8_t, N>& id) {
    return std::ranges::all_of(id, [](std::uint8_t byte) { return byte == 0; });
}

template <std::size_t N>
void putHex(std::string& out, const std::array<std::uint8_t, N>& id) {
    static constexpr char digits[] = "0123456789abcdef";
    for (const std::uint8_t byte : id) {
        out += digits[byte >> 4U];
        out += digits[byte & 0xFU];
    }
}

int nibble(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return -1;
}

bool readHex(std::string_view text, std::uint8_t* out) {
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = nibble(text[i]);
        const int low = nibble(text[i + 1]);
        if (high < 0 || low < 0) return false;
        out[i / 2] = static_cast<std::uint8_t>(high * 16 + low);
    }
    return true;
}

void deliver(SpanData&& data) {
    std::shared_ptr<const Sink> sink;
    {
        const std::lock_guard lock(slot().mutex);
        sink = slot().sink;
    }
    if (sink && *sink) (*sink)(std::move(data));
}

}  // namespace

bool Context::valid() const {
    return !isZero(traceId) && !isZero(spanId);
}

std::string Context::traceparent() const {
    std::string out = "00-";
    out.reserve(55);
    putHex(out, traceId);
    out += '-';
    putHex(out, spanId);
    out += sampled ? "-01" : "-00";
    return out;
}

std::string Context::traceIdHex() const {
    std::string out;
    putHex(out, traceId);
    return out;
}

std::string Context::spanIdHex() const {
    std::string out;
    putHex(out, spanId);
    return out;
}

// W3C: version 00 is exactly 55 characters; later versions may append fields after another dash; version ff is invalid.
std::optional<Context> Context::parse(std::string_view text) {
    if (text.size() < 55 || text[2] != '-' || text[35] != '-' || text[52] != '-') return std::nullopt;
    std::uint8_t version = 0;
    std::uint8_t flags = 0;
    Context context;
    if (!readHex(text.substr(0, 2), &version) || !readHex(text.substr(3, 32), context.traceId.data()) ||
        !readHex(text.substr(36, 16), context.spanId.data()) || !readHex(text.substr(53, 2), &flags)) {
        return std::nullopt;
    }
    if (version == 0xFF || (version == 0 && text.size() != 55) || (text.size() > 55 && text[55] != '-'))
        return std::nullopt;
    if (!context.valid()) return std::nullopt;
    context.sampled = (flags & 1U) != 0;
    return context;
}

Context Context::fresh(bool sampled) {
    Context context;
    fillRandom(context.traceId.data(), context.traceId.size());
    fillRandom(context.spanId.data(), context.spanId.size());
    context.sampled = sampled;
    context.seed = true;
    return context;
}

Context Context::child() const {
    Context context = *this;
    fillRandom(context.spanId.data(), context.spanId.size());
    context.seed = false;
    return context;
}

const Context& current() {
    return t_current;
}
const Context& outermost() {
    return t_outermost;
}
void forgetOutermost() {
    t_outermost = {};
}

Scope::Scope(const Context& context) : m_before(t_current) {
    t_current = context;
}
Scope::~Scope() {
    t_current = m_before;
}

Span::Span(std::string_view name, SpanKind kind, std::string_view hopKind) : Span(name, kind, hopKind, t_current) {}

Span::Span(std::string_view name, SpanKind kind, std::string_view hopKind, const Context& parent)
    : m_before(t_current), m_outer(t_innermost) {
    t_innermost = this;
    m_data.context = parent;
    if (parent.valid() && parent.sampled) {
        m_data.context = parent.child();
        if (!parent.seed) m_data.parentId = parent.spanId;
        m_data.name = name;
        m_data.kind = kind;
        m_data.text.emplace_back(contract::attr::kind, hopKind);
        m_data.start = wallNow();
        m_begin = std::chrono::steady_clock::now();
    }
    t_current = m_data.context;
    if (!m_before.valid()) t_outermost = t_current;
}

Span::~Span() {
    end();
}

void Span::set(std::string_view key, std::string_view value) {
    if (m_data.context.sampled) m_data.text.emplace_back(key, value);
}

void Span::set(std::string_view key, std::int64_t value) {
    if (m_data.context.sampled) m_data.numbers.emplace_back(key, value);
}

void Span::link(const Context& other) {
    if (m_data.context.sampled && other.valid()) m_data.links.push_back(other);
}

void Span::fail(std::string_view error) {
    if (!m_data.context.sampled) return;
    m_data.failed = true;
    m_data.error = error;
}

void Span::end() {
    if (m_ended) return;
    m_ended = true;
    t_current = m_before;
    t_innermost = m_outer;
    if (!m_data.context.sampled || !m_data.context.valid()) return;
    m_data.duration = std::chrono::steady_clock::now() - m_begin;
    const Context kept = m_data.context;
    deliver(std::move(m_data));
    m_data.context = kept;
}

void annotate(std::string_view key, std::string_view value) {
    if (t_innermost) t_innermost->set(key, value);
}

Context record(SpanData data) {
    if (isZero(data.context.spanId)) fillRandom(data.context.spanId.data(), data.context.spanId.size());
    data.context.seed = false;
    const Context context = data.context;
    if (context.valid() && context.sampled) deliver(std::move(data));
    return context;
}

void install(Sink sink) {
    auto next = sink ? std::make_shared<const Sink>(std::move(sink)) : nullptr;
    const std::lock_guard lock(slot().mutex);
    slot().sink = std::move(next);
}

}  // namespace nova::kit::trace
