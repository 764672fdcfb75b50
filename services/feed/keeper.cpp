#include "feed/keeper.h"

#include <utility>

#include "feed/fan_out_jobs.h"
#include "feed/rebuilder.h"
#include "kit/runtime/log.h"

namespace nova::feed {

std::string Keeper::work() {
    auto tended = m_rebuilder.tend([this] { return m_rounds.stopping(); });
    if (!tended) return tended.error().what;
    if (auto filled = m_rebuilder.fillUp([this] { return m_rounds.stopping(); }); !filled) return filled.error().what;
    while (!m_rounds.stopping()) {
        auto stepped = m_jobs.step();
        if (!stepped) return stepped.error().what;
        if (!stepped.value()) break;
    }
    return {};
}

void Keeper::keep() {
    const auto before = std::exchange(m_failed, work());
    if (!m_failed.empty() && m_failed != before)
        kit::logWarn("feed", "fan-out jobs and rebuilding wait: {}", m_failed);
}

}  // namespace nova::feed
