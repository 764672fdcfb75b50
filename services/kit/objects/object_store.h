// One bucket of an S3 API (libcurl, AWS Signature V4, path style). Blocking; connections are kept and shared. Errors:
// unreachable, no answer in time, 429 and 5xx are transient; no such object is notFound; refused keys or a refused
// request are permanent. Each call makes one span of kind s3 where a trace is under way. Thread: any.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "kit/runtime/error.h"

namespace nova::kit {

struct ObjectStoreOptions {
    std::string endpoint;  // "http://host:port", no path
    std::string bucket, accessKey, secretKey;
    std::string region = "us-east-1";
};

// What is to be stored: a file's bytes from its beginning. The server refuses bytes of another MD5.
struct ObjectBody {
    int file = -1;  // readable descriptor; its position is neither used nor changed
    std::int64_t size = 0;
    std::string contentType;
    std::string md5;  // 16 bytes
};

struct ObjectInfo {
    std::int64_t size = 0;
    std::string contentType;
};

// Keys are 1–512 of A-Z a-z 0-9 / . _ - without an empty or dotted part, else badInput.
class ObjectStore {
public:
    explicit ObjectStore(ObjectStoreOptions options);
    ~ObjectStore();
    // Makes the bucket where there is none. 5 s.
    Result<void> ensureBucket();
    // Replaces what is there, whole or not at all. 60 s.
    Result<void> put(const std::string& key, const ObjectBody& body);
    Result<ObjectInfo> head(const std::string& key);  // 5 s
    // At most `length` (≥ 1) bytes from `offset`; fewer only at the object's end. All of it in memory. 60 s.
    Result<std::string> get(const std::string& key, std::int64_t offset, std::int64_t length);
    Result<void> remove(const std::string& key);  // success too when there is none; 5 s

private:
    struct Impl;
    std::unique_ptr<Impl> m_impl;
};

}  // namespace nova::kit
