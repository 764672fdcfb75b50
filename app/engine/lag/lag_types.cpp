#include "app/engine/lag/lag_types.h"

#include <array>

namespace nova::engine {
namespace {

struct Word {
    LagStatus status;
    const char* text;
};
constexpr std::array words{
    Word{LagStatus::ok, "ok"},         Word{LagStatus::noCommit, "no-commit"}, Word{LagStatus::unknown, "unknown"},
    Word{LagStatus::warn, "warn"},     Word{LagStatus::rewind, "rewind"},      Word{LagStatus::stall, "stall"},
    Word{LagStatus::stop, "stop"},     Word{LagStatus::lost, "lost"},          Word{LagStatus::beyondEnd, "beyond-end"},
};

}  // namespace

QString statusWord(LagStatus status) {
    for (const auto& word : words)
        if (word.status == status) return QLatin1String(word.text);
    return {};
}

std::optional<LagStatus> statusOf(const QString& text) {
    for (const auto& word : words)
        if (text == QLatin1String(word.text)) return word.status;
    return std::nullopt;
}

}  // namespace nova::engine
