// Without libFuzzer: runs a target over each file of the folders that are named, and over each beginning of it.
#include <filesystem>
#include <fstream>
#include <iterator>

#include "tests/fuzz/fuzz.h"

int main(int argc, char** argv) {
    std::size_t files = 0, runs = 0;
    for (int i = 1; i < argc; ++i) {
        for (const auto& entry : std::filesystem::directory_iterator(argv[i])) {
            std::ifstream file(entry.path(), std::ios::binary);
            const std::string bytes{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
            const auto* const data = reinterpret_cast<const std::uint8_t*>(bytes.data());
            std::fprintf(stderr, "%s\n", entry.path().c_str());
            for (std::size_t length = 0; length <= bytes.size(); ++length, ++runs) LLVMFuzzerTestOneInput(data, length);
            ++files;
        }
    }
    std::printf("%zu files, %zu runs\n", files, runs);
    return files > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
