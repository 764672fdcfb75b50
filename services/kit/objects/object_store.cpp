#include "kit/objects/object_store.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <sodium.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "contract/topics.h"
#include "kit/trace/span.h"

namespace nova::kit {
namespace {

struct FreeCurl {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
};
using Curl = std::unique_ptr<CURL, FreeCurl>;
struct FreeList {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

constexpr std::size_t keptConnections = 16;
constexpr std::size_t longestKey = 512;
constexpr std::size_t longestError = 8 * 1024;  // bytes of an error's XML
constexpr std::chrono::milliseconds connectTime{1'000}, shortTime{5'000}, longTime{60'000};

bool isKey(std::string_view key) {
    if (key.empty() || key.size() > longestKey) return false;
    const auto plain = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
               c == '-' || c == '/';
    };
    if (!std::ranges::all_of(key, plain)) return false;
    while (!key.empty()) {
        const auto end = std::min(key.find('/'), key.size());
        const auto part = key.substr(0, end);
        if (part.empty() || part == "." || part == "..") return false;
        if (end + 1 == key.size()) return false;
        key.remove_prefix(std::min(end + 1, key.size()));
    }
    return true;
}

std::string base64(const std::string& bytes) {
    std::string text(sodium_base64_encoded_len(bytes.size(), sodium_base64_VARIANT_ORIGINAL), '\0');
    sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                      sodium_base64_VARIANT_ORIGINAL);
    text.pop_back();  // its NUL
    return text;
}

// The text of <Code> and <Message> of an S3 error.
std::string element(std::string_view xml, std::string_view name) {
    const auto begin = xml.find(fmt::format("<{}>", name));
    if (begin == xml.npos) return {};
    const auto from = begin + name.size() + 2;
    const auto end = xml.find("</", from);
    return std::string(xml.substr(from, end == xml.npos ? 0 : end - from));
}

struct Answer {
    long status = 0;
    std::string body, contentType;
    std::int64_t length = 0;
};

struct Request {
    const char* name;  // of the span
    const char* method;
    std::string path;  // below the endpoint, with '/'
    std::vector<std::string> headers{};
    const ObjectBody* upload = nullptr;
    std::size_t most = longestError;  // bytes of the answer
    std::chrono::milliseconds time = shortTime;
};

struct Reader {
    const ObjectBody* body;
    std::int64_t at = 0;
};
std::size_t readFile(char* into, std::size_t size, std::size_t count, void* data) {
    auto* const reader = static_cast<Reader*>(data);
    const auto left = static_cast<std::size_t>(reader->body->size - reader->at);
    const auto got = pread(reader->body->file, into, std::min(size * count, left), reader->at);
    if (got < 0 || (got == 0 && left > 0)) return CURL_READFUNC_ABORT;
    reader->at += got;
    return static_cast<std::size_t>(got);
}
int seekFile(void* data, curl_off_t offset, int origin) {
    if (origin != SEEK_SET) return CURL_SEEKFUNC_CANTSEEK;
    static_cast<Reader*>(data)->at = offset;
    return CURL_SEEKFUNC_OK;
}

struct Writer {
    std::string* body;
    std::size_t most;
};
std::size_t writeBody(const char* bytes, std::size_t size, std::size_t count, void* data) {
    auto* const writer = static_cast<Writer*>(data);
    const std::size_t length = size * count;
    if (writer->body->size() + length > writer->most) return 0;  // aborts: more than was asked for
    writer->body->append(bytes, length);
    return length;
}

}  // namespace

struct ObjectStore::Impl {
    explicit Impl(ObjectStoreOptions o) : options(std::move(o)) {
        static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
        static_cast<void>(once);
        while (options.endpoint.ends_with('/')) options.endpoint.pop_back();
    }

    Curl take() {
        {
            const std::lock_guard lock(mutex);
            if (!idle.empty()) {
                Curl handle = std::move(idle.back());
                idle.pop_back();
                curl_easy_reset(handle.get());  // keeps its connection
                return handle;
            }
        }
        return Curl(curl_easy_init());
    }
    void giveBack(Curl handle) {
        const std::lock_guard lock(mutex);
        if (idle.size() < keptConnections) idle.push_back(std::move(handle));
    }

    void prepare(CURL* handle, const Request& request, const curl_slist* headers) const {
        const auto set = [handle](CURLoption option, auto value) { curl_easy_setopt(handle, option, value); };
        set(CURLOPT_URL, (options.endpoint + request.path).c_str());
        set(CURLOPT_PROTOCOLS_STR, "http,https");
        set(CURLOPT_NOPROXY, "*");
        set(CURLOPT_NOSIGNAL, 1L);
        set(CURLOPT_PATH_AS_IS, 1L);
        set(CURLOPT_AWS_SIGV4, ("aws:amz:" + options.region + ":s3").c_str());
        set(CURLOPT_USERNAME, options.accessKey.c_str());
        set(CURLOPT_PASSWORD, options.secretKey.c_str());
        set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(connectTime.count()));
        set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.time.count()));
        set(CURLOPT_HTTPHEADER, headers);
        set(CURLOPT_CUSTOMREQUEST, request.method);
        if (std::string_view(request.method) == "HEAD") set(CURLOPT_NOBODY, 1L);
        if (std::string_view(request.method) == "PUT" && request.upload == nullptr) set(CURLOPT_POSTFIELDS, "");
    }

    static HeaderList headersOf(const Request& request) {
        HeaderList list(curl_slist_append(nullptr, "x-amz-content-sha256: UNSIGNED-PAYLOAD"));
        const auto add = [&list](const std::string& line) {
            list.reset(curl_slist_append(list.release(), line.c_str()));
        };
        add("Expect:");  // no pause before a body
        for (const auto& line : request.headers) add(line);
        if (request.upload == nullptr) return list;
        add("Content-Type: " + request.upload->contentType);
        add("Content-MD5: " + base64(request.upload->md5));
        return list;
    }

    Result<Answer> perform(const Request& request) {
        Curl handle = take();
        if (!handle) return transient("s3: libcurl has no handle");
        const HeaderList headers = headersOf(request);
        prepare(handle.get(), request, headers.get());
        Answer answer;
        Reader reader{request.upload};
        Writer writer{&answer.body, request.most};
        const auto set = [&](CURLoption option, auto value) { curl_easy_setopt(handle.get(), option, value); };
        set(CURLOPT_WRITEFUNCTION, &writeBody);
        set(CURLOPT_WRITEDATA, &writer);
        if (request.upload != nullptr) {
            set(CURLOPT_UPLOAD, 1L);
            set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(request.upload->size));
            set(CURLOPT_READFUNCTION, &readFile);
            set(CURLOPT_READDATA, &reader);
            set(CURLOPT_SEEKFUNCTION, &seekFile);
            set(CURLOPT_SEEKDATA, &reader);
        }
        std::array<char, CURL_ERROR_SIZE> why{};
        set(CURLOPT_ERRORBUFFER, why.data());
        const CURLcode code = curl_easy_perform(handle.get());
        if (code != CURLE_OK) {
            return transient(fmt::format("s3: {} {}{}: {}", request.method, options.endpoint, request.path,
                                         why[0] != '\0' ? why.data() : curl_easy_strerror(code)));
        }
        read(handle.get(), answer);
        giveBack(std::move(handle));
        return answer;
    }

    static void read(CURL* handle, Answer& answer) {
        curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &answer.status);
        const char* type = nullptr;
        curl_easy_getinfo(handle, CURLINFO_CONTENT_TYPE, &type);
        if (type != nullptr) answer.contentType = type;
        curl_off_t length = 0;
        curl_easy_getinfo(handle, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
        answer.length = length;
    }

    Error refused(const Request& request, const Answer& answer) const {
        const std::string code = element(answer.body, "Code"), message = element(answer.body, "Message");
        std::string what = fmt::format("s3: {} {} answered {}", request.method, request.path, answer.status);
        if (!code.empty()) what += fmt::format(" {}: {}", code, message);
        if (answer.status == 404) return {ErrorKind::notFound, std::move(what), {}};
        if (answer.status == 403)
            return permanent(std::move(what), "s3_access_key and s3_secret_key must be the server's");
        if (answer.status >= 500 || answer.status == 429 || answer.status == 408) return transient(std::move(what));
        return permanent(std::move(what));
    }

    // An answer of 2xx, or the error.
    Result<Answer> ask(const Request& request) {
        std::optional<trace::Span> span;
        if (trace::current().valid()) span.emplace(request.name, trace::SpanKind::client, "s3");
        auto answer = perform(request);
        if (answer && (answer.value().status < 200 || answer.value().status > 299))
            answer = refused(request, answer.value());
        if (!answer) answer.error().inside = true;
        if (span && !answer && answer.error().kind != ErrorKind::notFound) span->fail(answer.error().what);
        return answer;
    }

    std::string pathOf(const std::string& key) const { return "/" + options.bucket + "/" + key; }

    ObjectStoreOptions options;
    std::mutex mutex;
    std::vector<Curl> idle;  // guarded by mutex; at most keptConnections
};

ObjectStore::ObjectStore(ObjectStoreOptions options) : m_impl(std::make_unique<Impl>(std::move(options))) {}
ObjectStore::~ObjectStore() = default;

namespace {
Error wrongKey(const std::string& key) {
    return badInput("s3: \"" + key + "\" is no key of an object");
}
}  // namespace

Result<void> ObjectStore::ensureBucket() {
    const std::string path = "/" + m_impl->options.bucket;
    auto there = m_impl->ask({.name = "HeadBucket", .method = "HEAD", .path = path});
    if (there) return outcome::success();
    if (there.error().kind != ErrorKind::notFound) return there.error();
    auto made = m_impl->ask({.name = "CreateBucket", .method = "PUT", .path = path});
    if (made || made.error().what.find("BucketAlreadyOwnedByYou") != std::string::npos) return outcome::success();
    return made.error();
}

Result<void> ObjectStore::put(const std::string& key, const ObjectBody& body) {
    if (!isKey(key)) return wrongKey(key);
    auto done = m_impl->ask(
        {.name = "PutObject", .method = "PUT", .path = m_impl->pathOf(key), .upload = &body, .time = longTime});
    if (!done) return done.error();
    return outcome::success();
}

Result<ObjectInfo> ObjectStore::head(const std::string& key) {
    if (!isKey(key)) return wrongKey(key);
    auto answer = m_impl->ask({.name = "HeadObject", .method = "HEAD", .path = m_impl->pathOf(key)});
    if (!answer) return answer.error();
    return ObjectInfo{answer.value().length, answer.value().contentType};
}

Result<std::string> ObjectStore::get(const std::string& key, std::int64_t offset, std::int64_t length) {
    if (!isKey(key)) return wrongKey(key);
    if (offset < 0 || length < 1) return badInput("s3: a range begins at 0 or later and has at least one byte");
    auto answer = m_impl->ask({.name = "GetObject",
                               .method = "GET",
                               .path = m_impl->pathOf(key),
                               .headers = {fmt::format("Range: bytes={}-{}", offset, offset + length - 1)},
                               .most = std::max(longestError, static_cast<std::size_t>(length)),
                               .time = longTime});
    if (!answer) return answer.error();
    auto& bytes = answer.value().body;
    if (answer.value().status == 206) return std::move(bytes);
    // A server that knows no ranges sends all of a small object.
    return bytes.substr(std::min(bytes.size(), static_cast<std::size_t>(offset)), static_cast<std::size_t>(length));
}

Result<void> ObjectStore::remove(const std::string& key) {
    if (!isKey(key)) return wrongKey(key);
    auto done = m_impl->ask({.name = "DeleteObject", .method = "DELETE", .path = m_impl->pathOf(key)});
    if (!done && done.error().kind != ErrorKind::notFound) return done.error();
    return outcome::success();
}

}  // namespace nova::kit
