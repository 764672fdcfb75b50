// One span as the console keeps it, decoded from OTLP. Thread: any.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nova::engine {

struct SpanRecord {
    std::string traceId, spanId, parentId;  // hex; parentId empty for a root
    std::string name, service, instance, hopKind;
    int kind = 0;                         // OTLP's SpanKind
    std::int64_t startNs = 0, endNs = 0;  // Unix ns
    bool failed = false;
    std::string error;
    std::map<std::string, std::string, std::less<>> attributes;  // numbers as text
    std::vector<std::pair<std::string, std::string>> links;      // trace id, span id

    [[nodiscard]] std::string_view attribute(std::string_view name) const;  // "" when absent
    [[nodiscard]] std::optional<std::int64_t> number(std::string_view name) const;
};

// Spans of one ExportTraceServiceRequest; nullopt when the bytes are none. Attribute names that OpenTelemetry has
// deprecated are read as their successors; ids of a wrong length leave their span out.
std::optional<std::vector<SpanRecord>> decodeSpans(std::string_view otlp);

}  // namespace nova::engine
