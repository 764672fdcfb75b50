// Any text as a GraphQL document: it parses, or it is refused with an error that has a place.
#include <QUtf8StringView>

#include "gateway/graphql/parser.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string source(reinterpret_cast<const char*>(data), size);
    if (!QUtf8StringView(source.data(), static_cast<qsizetype>(size)).isValidUtf8()) return 0;
    const auto parsed = nova::graphql::parse(std::move(source));
    if (!parsed) nova::fuzz::require(!parsed.error().message.empty(), "an error in words");
    return 0;
}
