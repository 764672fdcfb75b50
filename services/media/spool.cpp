#include "media/spool.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

namespace nova::media {

struct Spool::Md5 {
    Md5() : context(EVP_MD_CTX_new()) { EVP_DigestInit_ex(context, EVP_md5(), nullptr); }
    ~Md5() { EVP_MD_CTX_free(context); }
    Md5(const Md5&) = delete;
    Md5& operator=(const Md5&) = delete;
    EVP_MD_CTX* context;
};

namespace {

kit::Error lost(const char* what) {
    return kit::inside(kit::transient(
        fmt::format("an upload's temporary file: {}: {}", what, std::strerror(errno)), "make room in TMPDIR"));
}

int openNameless(const std::string& folder) {
    const int file = ::open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    if (file >= 0) return file;
    // A file system without O_TMPFILE: the name lives for a moment.
    std::string name = folder + "/nova-upload-XXXXXX";
    const int named = mkostemp(name.data(), O_CLOEXEC);
    if (named >= 0) unlink(name.c_str());
    return named;
}

}  // namespace

kit::Result<Spool> Spool::open(std::int64_t limit) {
    const char* const folder = std::getenv("TMPDIR");
    const int file = openNameless(folder != nullptr && *folder != '\0' ? folder : "/tmp");
    if (file < 0) return lost("cannot be made");
    return Spool(file, limit);
}

Spool::Spool(int file, std::int64_t limit) : m_file(file), m_limit(limit), m_md5(std::make_unique<Md5>()) {
    crypto_hash_sha256_init(&m_sha256);
}
Spool::Spool(Spool&& other) noexcept
    : m_file(std::exchange(other.m_file, -1)),
      m_limit(other.m_limit),
      m_size(other.m_size),
      m_sha256(other.m_sha256),
      m_md5(std::move(other.m_md5)) {}
Spool::~Spool() {
    if (m_file >= 0) close(m_file);
}

kit::Result<void> Spool::append(std::string_view bytes) {
    if (static_cast<std::int64_t>(bytes.size()) > m_limit - m_size)
        return kit::badInput(fmt::format("the file is larger than {} bytes", m_limit));
    crypto_hash_sha256_update(&m_sha256, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    EVP_DigestUpdate(m_md5->context, bytes.data(), bytes.size());
    while (!bytes.empty()) {
        const auto written = pwrite(m_file, bytes.data(), bytes.size(), m_size);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) return lost("cannot be written");
        m_size += written;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return kit::outcome::success();
}

Spool::Digests Spool::digests() {
    std::array<unsigned char, crypto_hash_sha256_BYTES> sha256{};
    crypto_hash_sha256_final(&m_sha256, sha256.data());
    std::array<unsigned char, EVP_MAX_MD_SIZE> md5{};
    unsigned md5Size = 0;
    EVP_DigestFinal_ex(m_md5->context, md5.data(), &md5Size);
    std::array<char, crypto_hash_sha256_BYTES * 2 + 1> hex{};
    sodium_bin2hex(hex.data(), hex.size(), sha256.data(), sha256.size());
    return {hex.data(), std::string(reinterpret_cast<const char*>(md5.data()), md5Size)};
}

Spool::View::View(const Spool& spool) {
    if (spool.m_size == 0) return;
    const auto size = static_cast<std::size_t>(spool.m_size);
    void* const at = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, spool.m_file, 0);
    if (at != MAP_FAILED) m_bytes = {static_cast<const char*>(at), size};
}
Spool::View::~View() {
    if (!m_bytes.empty()) munmap(const_cast<char*>(m_bytes.data()), m_bytes.size());
}

}  // namespace nova::media
