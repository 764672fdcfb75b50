// multipart/form-data (RFC 7578), taken apart while it comes. Bounds: 8 KiB of a part's header, 16 parts, and in memory
// no more than the piece in hand and a delimiter's length. Thread: one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "kit/runtime/error.h"

namespace nova::gateway {

// The boundary of a Content-Type that is multipart/form-data with a valid one.
std::optional<std::string> boundaryOf(std::string_view contentType);

struct FormPart {
    std::string name;
    std::optional<std::string> fileName;
};

// Who takes the parts. An error ends the reading with it.
class FormSink {
public:
    virtual ~FormSink() = default;
    virtual kit::Result<void> begin(const FormPart& part) = 0;
    virtual kit::Result<void> data(std::string_view bytes) = 0;  // of the part begun last
    virtual kit::Result<void> end() = 0;
};

class MultipartReader {
public:
    MultipartReader(const std::string& boundary, FormSink& sink);
    // badInput: this is no such form; not to be used after an error.
    kit::Result<void> feed(std::string_view bytes);
    // All bytes were fed. badInput: the closing delimiter is missing.
    kit::Result<void> finish() const;

private:
    enum class State { preamble, delimiter, header, data, epilogue };
    // Each takes from the front of m_pending; false: it needs more bytes.
    kit::Result<bool> step();
    kit::Result<bool> toDelimiter();
    kit::Result<bool> afterDelimiter();
    kit::Result<bool> header();

    const std::string m_delimiter;  // CRLF, two dashes, the boundary
    FormSink& m_sink;
    State m_state = State::preamble;
    std::string m_pending;
    int m_parts = 0;
};

}  // namespace nova::gateway
