// An upload on its way: a temporary file without a name, so that nothing of it outlives the process, however that ends.
// Bound: `limit` bytes of disk. Thread: one.
#pragma once

#include <sodium.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "kit/runtime/error.h"

namespace nova::media {

class Spool {
public:
    // In TMPDIR, else /tmp. transient: no room, no file descriptor.
    static kit::Result<Spool> open(std::int64_t limit);
    ~Spool();
    Spool(Spool&& other) noexcept;
    Spool& operator=(Spool&&) = delete;

    // badInput: more than the limit; transient: the disk is full.
    kit::Result<void> append(std::string_view bytes);
    [[nodiscard]] std::int64_t size() const { return m_size; }
    [[nodiscard]] int file() const { return m_file; }
    // Once, when all has been appended.
    struct Digests {
        std::string sha256;  // lower-case hex
        std::string md5;     // 16 bytes
    };
    Digests digests();

    // The file as memory, valid as long as both live.
    class View {
    public:
        explicit View(const Spool& spool);
        ~View();
        View(const View&) = delete;
        View& operator=(const View&) = delete;
        [[nodiscard]] std::string_view bytes() const { return m_bytes; }

    private:
        std::string_view m_bytes;
    };

private:
    struct Md5;
    Spool(int file, std::int64_t limit);
    int m_file;
    std::int64_t m_limit;
    std::int64_t m_size = 0;
    crypto_hash_sha256_state m_sha256;
    std::unique_ptr<Md5> m_md5;
};

}  // namespace nova::media
