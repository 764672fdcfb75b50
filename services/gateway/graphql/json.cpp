#include "gateway/graphql/json.h"

#include <fmt/format.h>

#include <cmath>
#include <iterator>
#include <nlohmann/json.hpp>

namespace nova::graphql {
namespace {

class Reader : public nlohmann::json_sax<nlohmann::json> {
public:
    explicit Reader(int maxNesting) : m_maxNesting(maxNesting) {}
    Value result;
    std::string error;

    bool null() override { return place(Value()); }
    bool boolean(bool v) override { return place(v); }
    bool number_integer(number_integer_t v) override { return place(std::int64_t{v}); }
    bool number_unsigned(number_unsigned_t v) override {
        if (v > static_cast<number_unsigned_t>(INT64_MAX)) return place(static_cast<double>(v));
        return place(static_cast<std::int64_t>(v));
    }
    bool number_float(number_float_t v, const string_t&) override { return place(double{v}); }
    bool string(string_t& v) override { return place(std::move(v)); }
    bool binary(binary_t&) override { return false; }
    bool key(string_t& v) override {
        m_open.back().key = std::move(v);
        return true;
    }
    bool start_object(std::size_t) override { return open(true); }
    bool start_array(std::size_t) override { return open(false); }
    bool end_object() override {
        auto done = std::move(m_open.back().object);
        m_open.pop_back();
        return place(std::move(done));
    }
    bool end_array() override {
        auto done = std::move(m_open.back().list);
        m_open.pop_back();
        return place(std::move(done));
    }
    bool parse_error(std::size_t at, const std::string&, const nlohmann::json::exception&) override {
        error = fmt::format("Not valid JSON at byte {}.", at);
        return false;
    }

private:
    struct Frame {
        bool isObject = false;
        Value::Object object;
        Value::List list;
        std::string key;
    };
    bool open(bool isObject) {
        if (std::ssize(m_open) >= m_maxNesting) {
            error = fmt::format("JSON nested more than {} deep.", m_maxNesting);
            return false;
        }
        m_open.push_back({isObject, {}, {}, {}});
        return true;
    }
    bool place(Value value) {
        if (m_open.empty())
            result = std::move(value);
        else if (m_open.back().isObject)
            m_open.back().object.emplace_back(std::move(m_open.back().key), std::move(value));
        else
            m_open.back().list.push_back(std::move(value));
        return true;
    }

    int m_maxNesting;
    std::vector<Frame> m_open;
};

struct Writer {
    std::string& out;
    void operator()(std::monostate) const { out += "null"; }
    void operator()(bool v) const { out += v ? "true" : "false"; }
    void operator()(std::int64_t v) const { fmt::format_to(std::back_inserter(out), "{}", v); }
    void operator()(double v) const {
        if (std::isfinite(v))
            fmt::format_to(std::back_inserter(out), "{}", v);
        else
            out += "null";
    }
    void operator()(const std::string& v) const { writeJsonString(out, v); }
    void operator()(const Value::List& v) const {
        out += '[';
        for (std::size_t i = 0; i < v.size(); ++i) {
            if (i > 0) out += ',';
            writeJson(out, v[i]);
        }
        out += ']';
    }
    void operator()(const Value::Object& v) const {
        out += '{';
        for (std::size_t i = 0; i < v.size(); ++i) {
            if (i > 0) out += ',';
            writeJsonString(out, v[i].first);
            out += ':';
            writeJson(out, v[i].second);
        }
        out += '}';
    }
};

void writeError(std::string& out, const Error& error) {
    out += "{\"message\":";
    writeJsonString(out, error.message);
    if (!error.locations.empty()) {
        out += ",\"locations\":[";
        for (std::size_t i = 0; i < error.locations.size(); ++i) {
            const auto [line, column] = error.locations[i];
            fmt::format_to(std::back_inserter(out), "{}{{\"line\":{},\"column\":{}}}", i > 0 ? "," : "", line, column);
        }
        out += ']';
    }
    if (!error.path.empty()) {
        out += ",\"path\":[";
        for (std::size_t i = 0; i < error.path.size(); ++i) {
            if (i > 0) out += ',';
            std::visit(Writer{out}, error.path[i]);
        }
        out += ']';
    }
    out += ",\"extensions\":{\"code\":";
    writeJsonString(out, error.code);
    out += "}}";
}

}  // namespace

Result<Value> readJson(std::string_view text, int maxNesting) {
    Reader reader(maxNesting);
    if (nlohmann::json::sax_parse(text.begin(), text.end(), &reader)) return std::move(reader.result);
    return Error{reader.error, {}, {}, std::string(code::badInput)};
}

void writeJson(std::string& out, const Value& value) {
    value.visit(Writer{out});
}

void writeJsonString(std::string& out, std::string_view text) {
    out += '"';
    std::size_t plain = 0;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const auto c = static_cast<unsigned char>(text[i]);
        if (c >= 0x20 && c != '"' && c != '\\') continue;
        out.append(text.substr(plain, i - plain));
        plain = i + 1;
        switch (c) {
            case '"':
                out += "\\\"";
                break;
            case '\\':
                out += "\\\\";
                break;
            case '\n':
                out += "\\n";
                break;
            case '\r':
                out += "\\r";
                break;
            case '\t':
                out += "\\t";
                break;
            default:
                fmt::format_to(std::back_inserter(out), "\\u{:04x}", c);
        }
    }
    out.append(text.substr(plain));
    out += '"';
}

void writeErrors(std::string& out, const Errors& errors) {
    out += '[';
    for (std::size_t i = 0; i < errors.size(); ++i) {
        if (i > 0) out += ',';
        writeError(out, errors[i]);
    }
    out += ']';
}

}  // namespace nova::graphql
