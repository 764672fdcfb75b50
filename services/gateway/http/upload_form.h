// The form of an upload as it comes: one `file`, and a `post_id` before or after it; other parts are passed over.
// Bounds: the bytes of one piece of the body. Thread: one.
#pragma once

#include <cstdint>
#include <string>

#include "gateway/http/multipart.h"

namespace nova::gateway {

class UploadForm final : public FormSink {
public:
    explicit UploadForm(std::int64_t fileLimit) : m_limit(fileLimit) {}

    kit::Result<void> begin(const FormPart& part) override;
    kit::Result<void> data(std::string_view bytes) override;
    kit::Result<void> end() override;

    [[nodiscard]] bool hasFile() const { return m_hasFile; }
    [[nodiscard]] bool tooLarge() const { return m_size > m_limit; }
    [[nodiscard]] const std::string& fileName() const { return m_fileName; }
    [[nodiscard]] const std::string& postId() const { return m_postId; }  // as far as it has come
    std::string takeBytes();                                              // of the file, since the last call

private:
    enum class In { other, file, postId };

    const std::int64_t m_limit;
    In m_in = In::other;
    bool m_hasFile = false, m_hasPostId = false;
    std::int64_t m_size = 0;
    std::string m_fileName, m_postId, m_bytes;
};

}  // namespace nova::gateway
