#include "gateway/http/upload_form.h"

#include <utility>

#include "kit/runtime/ids.h"

namespace nova::gateway {
namespace {
constexpr std::size_t longestId = 64;
}

kit::Result<void> UploadForm::begin(const FormPart& part) {
    m_in = part.name == "file" ? In::file : part.name == "post_id" ? In::postId : In::other;
    if (m_in == In::file) {
        if (std::exchange(m_hasFile, true)) return kit::badInput("The form has more than one file.");
        m_fileName = part.fileName.value_or("");
    }
    if (m_in == In::postId && std::exchange(m_hasPostId, true))
        return kit::badInput("The form has more than one post_id.");
    return kit::outcome::success();
}

kit::Result<void> UploadForm::data(std::string_view bytes) {
    if (m_in == In::file) {
        m_size += static_cast<std::int64_t>(bytes.size());
        if (tooLarge()) return kit::badInput("The file is larger than " + std::to_string(m_limit) + " bytes.");
        m_bytes.append(bytes);
    }
    if (m_in == In::postId) {
        m_postId.append(bytes);
        if (m_postId.size() > longestId) return kit::badInput("post_id is not the id of a post.");
    }
    return kit::outcome::success();
}

kit::Result<void> UploadForm::end() {
    if (m_in == In::postId && !m_postId.empty() && !kit::isUuid(m_postId))
        return kit::badInput("post_id is not the id of a post.");
    return kit::outcome::success();
}

std::string UploadForm::takeBytes() {
    return std::exchange(m_bytes, {});
}

}  // namespace nova::gateway
