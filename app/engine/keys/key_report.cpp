#include "app/engine/keys/key_report.h"

#include <algorithm>

namespace nova::engine {

bool KeyReport::nothingKnown() const {
    const bool key = std::any_of(keys.begin(), keys.end(), [](const KeyState& state) {
        return state.state == QLatin1String("done") || state.state == QLatin1String("leased");
    });
    const bool version = std::any_of(versions.begin(), versions.end(),
                                     [](const VersionState& state) { return state.version.has_value(); });
    const bool effect = std::any_of(effects.begin(), effects.end(),
                                    [](const EffectState& state) { return state.state == QLatin1String("there"); });
    return !event && !key && !version && !effect && deliveries.isEmpty() && related.isEmpty();
}

const Source* KeyReport::source(const QString& name) const {
    const auto found = std::find_if(sources.begin(), sources.end(), [&](const Source& s) { return s.name == name; });
    return found == sources.end() ? nullptr : &*found;
}

}  // namespace nova::engine
