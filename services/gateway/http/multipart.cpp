#include "gateway/http/multipart.h"

#include <algorithm>

#include "kit/http/names.h"

namespace nova::gateway {
namespace {

using kit::badInput;
using kit::Result;

constexpr std::size_t longestHeader = 8 * 1024;
constexpr std::size_t longestPadding = 64;
constexpr std::size_t longestBoundary = 70;
constexpr int mostParts = 16;

std::string_view trimmed(std::string_view text) {
    const auto space = [](char c) { return c == ' ' || c == '\t'; };
    while (!text.empty() && space(text.front())) text.remove_prefix(1);
    while (!text.empty() && space(text.back())) text.remove_suffix(1);
    return text;
}

// A token or a quoted string at the front of `text`, taken off it. Within quotes only \" and \\ are escapes: browsers
// send a Windows path's backslashes as they are.
std::optional<std::string> takeValue(std::string_view& text) {
    std::string value;
    if (!text.starts_with('"')) {
        const auto end = std::min(text.find(';'), text.size());
        value = trimmed(text.substr(0, end));
        text.remove_prefix(end);
        return value;
    }
    for (std::size_t i = 1; i < text.size(); ++i) {
        if (text[i] == '"') {
            text.remove_prefix(i + 1);
            return value;
        }
        if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '"' || text[i + 1] == '\\')) ++i;
        value += text[i];
    }
    return std::nullopt;
}

// The value of `; name=value` among the parameters; an empty optional where it is missing or they are malformed.
std::optional<std::string> parameter(std::string_view text, std::string_view name) {
    std::optional<std::string> found;
    while (!(text = trimmed(text)).empty()) {
        if (text.front() != ';') return std::nullopt;
        text = trimmed(text.substr(1));
        if (text.empty()) break;
        const auto equals = text.find('=');
        if (equals == text.npos) return std::nullopt;
        const auto key = kit::http::lowerCase(trimmed(text.substr(0, equals)));
        text = trimmed(text.substr(equals + 1));
        auto value = takeValue(text);
        if (!value) return std::nullopt;
        if (key == name && !found) found = std::move(value);
    }
    return found;
}

// What stands before the parameters, in lower case.
std::string kindOf(std::string_view text) {
    return kit::http::lowerCase(trimmed(text.substr(0, text.find(';'))));
}
std::string_view parametersOf(std::string_view text) {
    return text.substr(std::min(text.find(';'), text.size()));
}

// From the lines of a part's header.
std::optional<FormPart> partOf(std::string_view lines) {
    while (!lines.empty()) {
        const auto end = std::min(lines.find("\r\n"), lines.size());
        const auto line = lines.substr(0, end);
        lines.remove_prefix(std::min(end + 2, lines.size()));
        const auto colon = line.find(':');
        if (colon == line.npos) return std::nullopt;
        if (kit::http::lowerCase(line.substr(0, colon)) != "content-disposition") continue;
        const auto value = line.substr(colon + 1);
        if (kindOf(value) != "form-data") return std::nullopt;
        auto name = parameter(parametersOf(value), "name");
        if (!name) return std::nullopt;
        return FormPart{std::move(*name), parameter(parametersOf(value), "filename")};
    }
    return std::nullopt;
}

}  // namespace

std::optional<std::string> boundaryOf(std::string_view contentType) {
    if (kindOf(contentType) != "multipart/form-data") return std::nullopt;
    auto boundary = parameter(parametersOf(contentType), "boundary");
    if (!boundary || boundary->empty() || boundary->size() > longestBoundary || boundary->back() == ' ')
        return std::nullopt;
    const auto allowed = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
               std::string_view("'()+_,-./:=? ").find(c) != std::string_view::npos;
    };
    if (!std::ranges::all_of(*boundary, allowed)) return std::nullopt;
    return boundary;
}

// The first delimiter may stand at the very beginning, without the line end before it: as if that had come already.
MultipartReader::MultipartReader(const std::string& boundary, FormSink& sink)
    : m_delimiter("\r\n--" + boundary), m_sink(sink), m_pending("\r\n") {}

Result<void> MultipartReader::feed(std::string_view bytes) {
    if (m_state == State::epilogue) return kit::outcome::success();
    m_pending.append(bytes);
    for (;;) {
        auto more = step();
        if (!more) return more.error();
        if (!more.value()) return kit::outcome::success();
    }
}

Result<void> MultipartReader::finish() const {
    if (m_state != State::epilogue) return badInput("The form has no end: its closing boundary is missing.");
    return kit::outcome::success();
}

Result<bool> MultipartReader::step() {
    switch (m_state) {
        case State::preamble:
        case State::data:
            return toDelimiter();
        case State::delimiter:
            return afterDelimiter();
        case State::header:
            return header();
        case State::epilogue:
            break;
    }
    m_pending.clear();
    return false;
}

Result<bool> MultipartReader::toDelimiter() {
    const auto found = m_pending.find(m_delimiter);
    // What may be the beginning of a delimiter waits for the rest.
    const auto certain =
        found != std::string::npos ? found : m_pending.size() - std::min(m_pending.size(), m_delimiter.size() - 1);
    if (m_state == State::data && certain > 0) {
        if (auto taken = m_sink.data(std::string_view(m_pending).substr(0, certain)); !taken) return taken.error();
    }
    if (found == std::string::npos) {
        m_pending.erase(0, certain);
        return false;
    }
    m_pending.erase(0, found + m_delimiter.size());
    if (m_state == State::data) {
        if (auto ended = m_sink.end(); !ended) return ended.error();
    }
    m_state = State::delimiter;
    return true;
}

Result<bool> MultipartReader::afterDelimiter() {
    if (m_pending.size() < 2) return false;
    if (m_pending.starts_with("--")) {
        m_state = State::epilogue;
        return true;
    }
    const auto text = m_pending.find_first_not_of(" \t");
    if (text == std::string::npos || (m_pending[text] == '\r' && text + 1 == m_pending.size())) {
        if (m_pending.size() > longestPadding) return badInput("A boundary of the form is followed by too much space.");
        return false;
    }
    if (m_pending.compare(text, 2, "\r\n") != 0) return badInput("A boundary of the form does not end its line.");
    // The line end stays: a header of no line begins with it.
    m_pending.erase(0, text);
    m_state = State::header;
    return true;
}

Result<bool> MultipartReader::header() {
    const auto end = m_pending.find("\r\n\r\n");
    if (std::min(end, m_pending.size()) > longestHeader) return badInput("The header of a part is longer than 8 KiB.");
    if (end == std::string::npos) return false;
    auto part = partOf(std::string_view(m_pending).substr(2, end > 2 ? end - 2 : 0));
    if (!part) return badInput("A part of the form has no valid Content-Disposition: form-data with a name.");
    if (++m_parts > mostParts) return badInput("The form has more than 16 parts.");
    if (auto begun = m_sink.begin(*part); !begun) return begun.error();
    m_pending.erase(0, end + 4);
    m_state = State::data;
    return true;
}

}  // namespace nova::gateway
