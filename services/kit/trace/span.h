// Tracing: W3C context, spans with wall-clock start and monotonic duration, exported as OTLP protobuf to topic
// otlp_spans by a producer of its own. Bounded (10,000 queued) and never awaited: full or broker away means dropped and
// counted (nova_spans_dropped_total). The current context is thread-local; a Span is made and ended on one thread.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "kit/runtime/ids.h"

namespace nova::kit::trace {

struct Context {
    std::array<std::uint8_t, 16> traceId{};
    std::array<std::uint8_t, 8> spanId{};
    bool sampled = false;
    bool seed = false;  // made by fresh(): no span bears this id, its children are roots
    [[nodiscard]] bool valid() const;
    [[nodiscard]] std::string traceparent() const;  // "00-…-…-01"
    [[nodiscard]] std::string traceIdHex() const;
    [[nodiscard]] std::string spanIdHex() const;
    static std::optional<Context> parse(std::string_view traceparent);
    static Context fresh(bool sampled);  // new trace id and span id, the seed of a trace
    // Same trace, new span id: for a span whose id is needed before it is recorded.
    [[nodiscard]] Context child() const;
};

enum class SpanKind { internal = 1, server = 2, client = 3, producer = 4, consumer = 5 };  // OTLP's numbers

struct SpanData {
    Context context;
    std::array<std::uint8_t, 8> parentId{};
    std::string name;
    SpanKind kind = SpanKind::internal;
    WallTime start;
    std::chrono::nanoseconds duration{};
    bool failed = false;
    std::string error;
    std::vector<std::pair<std::string, std::string>> text;
    std::vector<std::pair<std::string, std::int64_t>> numbers;
    std::vector<Context> links;
};

// The context of the innermost live Span of this thread, or of the Scope set last; invalid when there is none.
const Context& current();

// The context of the latest Span of this thread that began while current() was invalid; the HTTP server answers with
// it.
const Context& outermost();
void forgetOutermost();

// Makes `context` current on this thread for the lifetime of the Scope (crossing threads, queues, records).
class Scope {
public:
    explicit Scope(const Context& context);
    ~Scope();
    Scope(const Scope&) = delete;
    Scope& operator=(const Scope&) = delete;

private:
    Context m_before;
};

// A measured piece of work. Child of current(), or of `parent`. Not recorded when its trace is not sampled; all calls
// are then cheap. Without a valid current() or `parent` there is no trace and nothing is recorded; a root is made by
// `parent` = Context::fresh(true).
class Span {
public:
    // hopKind: contract::attr::kind ("sql", "grpc", …)
    Span(std::string_view name, SpanKind kind, std::string_view hopKind);
    Span(std::string_view name, SpanKind kind, std::string_view hopKind, const Context& parent);
    ~Span();  // ends and exports
    Span(const Span&) = delete;
    Span& operator=(const Span&) = delete;
    void set(std::string_view key, std::string_view value);
    void set(std::string_view key, std::int64_t value);
    void link(const Context& other);
    void fail(std::string_view error);
    void end();  // idempotent
    const Context& context() const { return m_data.context; }

private:
    SpanData m_data;
    std::chrono::steady_clock::time_point m_begin;
    Context m_before;
    Span* m_outer;
    bool m_ended = false;
};

// Sets an attribute on the innermost live Span of this thread; nothing without one.
void annotate(std::string_view key, std::string_view value);

// A span whose times were taken elsewhere (outbox wait, time in Kafka, produce). `data.context` is its own, made by
// parent.child(); a zero span id gets a fresh one. Its hop kind is one of `data.text` (contract::attr::kind). Returns
// its context, for children.
Context record(SpanData data);

// Where ended spans go. The tracer of runService installs the Kafka exporter; tests install a function. nullptr:
// dropped.
using Sink = std::function<void(SpanData&&)>;
void install(Sink sink);

}  // namespace nova::kit::trace
