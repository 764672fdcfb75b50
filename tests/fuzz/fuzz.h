// What all fuzz targets share. Each defines LLVMFuzzerTestOneInput; libFuzzer's main calls it, or, in a build without
// clang, corpus_main.cpp with what lies in the corpus.
#pragma once

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace nova::fuzz {

// A promise of the code under test; broken, it ends the run as a crash does.
inline void require(bool kept, const char* what) {
    if (kept) return;
    std::fprintf(stderr, "broken: %s\n", what);
    std::abort();
}

// Takes values off the input; what is not there is zero or empty.
class Input {
public:
    Input(const std::uint8_t* data, std::size_t size) : m_rest(reinterpret_cast<const char*>(data), size) {}

    std::uint8_t byte() { return m_rest.empty() ? 0 : static_cast<std::uint8_t>(take(1).front()); }
    std::uint64_t number(int bytes) {
        std::uint64_t value = 0;
        for (int i = 0; i < bytes; ++i) value |= std::uint64_t{byte()} << (8 * i);
        return value;
    }
    std::string_view take(std::size_t size) {
        const auto taken = m_rest.substr(0, size);
        m_rest.remove_prefix(taken.size());
        return taken;
    }
    std::string_view rest() { return take(m_rest.size()); }

private:
    std::string_view m_rest;
};

}  // namespace nova::fuzz
