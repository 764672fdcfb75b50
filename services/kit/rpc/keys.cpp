#include <openssl/evp.h>
#include <openssl/pem.h>

#include "kit/rpc/auth.h"

namespace nova::kit {
namespace {

struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeBio {
    void operator()(BIO* bio) const { BIO_free(bio); }
};
using Bio = std::unique_ptr<BIO, FreeBio>;

std::string textOf(BIO* bio) {
    const char* data = nullptr;
    const long size = BIO_ctrl(bio, BIO_CTRL_INFO, 0, &data);
    return {data, static_cast<std::size_t>(size)};
}

}  // namespace

std::string publicKeyProblem(const std::string& pem) {
    const Bio open{BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size()))};
    const std::unique_ptr<EVP_PKEY, FreeKey> key{PEM_read_bio_PUBKEY(open.get(), nullptr, nullptr, nullptr)};
    if (!key) return "it is no public key in PEM form";
    if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_EC || EVP_PKEY_get_bits(key.get()) != 256)
        return "it is no key of the curve P-256";
    return {};
}

Result<std::pair<std::string, std::string>> newTokenKeys() {
    const std::unique_ptr<EVP_PKEY, FreeKey> key{EVP_EC_gen("P-256")};
    const Bio secret{BIO_new(BIO_s_mem())};
    const Bio open{BIO_new(BIO_s_mem())};
    if (!key || !secret || !open ||
        PEM_write_bio_PrivateKey(secret.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) != 1 ||
        PEM_write_bio_PUBKEY(open.get(), key.get()) != 1) {
        return permanent("OpenSSL could not make a P-256 key pair");
    }
    return std::pair{textOf(secret.get()), textOf(open.get())};
}

}  // namespace nova::kit
