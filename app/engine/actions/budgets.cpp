#include "app/engine/actions/budgets.h"

#include <algorithm>

namespace nova::engine {
namespace {

bool matches(const Hop& hop, const Design::Step& step) {
    return !hop.pending && hop.kind == step.kind && (step.service.isEmpty() || hop.service == step.service) &&
           hop.name.startsWith(step.name);
}

// The event that a hop works for: its own, or that of the nearest hop above it that has one.
QString eventOf(const QVector<Hop>& hops, const Hop& hop) {
    const Hop* at = &hop;
    for (int steps = 0; at->eventId.isEmpty() && steps < hops.size(); ++steps) {
        const auto parent = std::find_if(hops.begin(), hops.end(), [&](const Hop& h) { return h.id == at->parent; });
        if (parent == hops.end()) return {};
        at = &*parent;
    }
    return at->eventId;
}

// Where the budget of this hop begins: at the hop of the same event that the step names, or, when it is of the same
// kind, at the first of its siblings that share the budget.
double beginOf(const QVector<Hop>& hops, const Hop& hop, const Design::Step& step) {
    double begin = hop.startMs;
    if (step.from.isEmpty()) return begin;
    const auto event = step.from == step.kind ? QString() : eventOf(hops, hop);
    for (const auto& other : hops) {
        const bool shares = step.from == step.kind ? other.parent == hop.parent && matches(other, step)
                                                   : other.kind == step.from && !other.pending && !event.isEmpty() &&
                                                         other.eventId == event;
        if (shares) begin = std::min(begin, other.startMs);
    }
    return begin;
}

}  // namespace

void putBudgets(QVector<Hop>& hops, const Design& design) {
    for (auto& hop : hops) {
        for (const auto& step : design.steps) {
            if (!matches(hop, step)) continue;
            hop.budgetMs = step.budgetMs;
            hop.budgetFromMs = beginOf(hops, hop, step);
            break;
        }
    }
}

}  // namespace nova::engine
