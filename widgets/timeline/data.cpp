#include "widgets/timeline/data.h"

#include <algorithm>

namespace nova::timeline {

Interval Data::extent() const {
    if (bars.empty() && arrows.empty() && flags.empty()) return {0, 1};
    Interval all{0, 0};
    const auto include = [&all](double start, double end) {
        all.start = std::min(all.start, start);
        all.end = std::max(all.end, end);
    };
    for (const Bar& bar : bars) include(bar.start, bar.end);
    for (const Arrow& arrow : arrows)
        include(std::min(arrow.sent, arrow.received), std::max(arrow.sent, arrow.received));
    for (const Flag& flag : flags) include(flag.at, flag.at);
    for (const Promise& promise : promises)
        if (promise.measured) include(promise.measured->start, promise.measured->end);
    if (all.end - all.start < 1e-3) all.end = all.start + 1;
    return all;
}

}  // namespace nova::timeline
