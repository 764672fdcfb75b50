#include "app/engine/actions/event_views.h"

#include <array>

#include "contract/topics.h"

namespace nova::engine {
namespace {

namespace attr = contract::attr;

// From the outcome that settles most to the one that settles least.
int rank(std::string_view outcome) {
    static constexpr std::array<std::string_view, 7> order{"done",      "stale",   "skipped", "dead-lettered",
                                                           "duplicate", "retried", "failed"};
    for (std::size_t i = 0; i < order.size(); ++i) {
        if (order[i] == outcome) return static_cast<int>(i);
    }
    return static_cast<int>(order.size());
}

bool isFinal(std::string_view outcome) {
    return rank(outcome) <= rank("duplicate");
}

void keepFirst(const SpanRecord*& held, const SpanRecord& span) {
    if (!held || std::tie(span.startNs, span.spanId) < std::tie(held->startNs, held->spanId)) held = &span;
}

void addSpan(std::map<std::string, EventView>& views, const SpanRecord& span) {
    const auto id = span.attribute(attr::eventId);
    if (id.empty()) return;
    auto& view = views[std::string(id)];
    view.id = id;
    if (view.topic.empty()) view.topic = span.attribute(attr::topicName);
    const auto kind = hopKindOf(span);
    if (kind == "outbox") keepFirst(view.outbox, span);
    if (kind == "produce") keepFirst(view.produce, span);
    // A consume span is named "<group> <type>".
    if (kind == "consume" && view.type.empty()) view.type = span.name.substr(span.name.rfind(' ') + 1);
}

std::map<std::pair<std::string, std::string>, std::string> spokenOutcomes(const TraceParts& parts) {
    std::map<std::pair<std::string, std::string>, std::string> best;
    for (const auto& [id, span] : parts.spans) {
        if (hopKindOf(span) != "consume") continue;
        const std::string outcome(span.attribute(attr::outcome));
        auto& held = best[{std::string(span.attribute(attr::eventId)), std::string(span.attribute(attr::group))}];
        if (held.empty() || rank(outcome) < rank(held)) held = outcome;
    }
    return best;
}

GroupOutcome outcomeOf(const EventView& view, const QString& group, const TraceParts& parts,
                       const std::map<std::pair<std::string, std::string>, std::string>& spoken) {
    const std::pair key{view.id, group.toStdString()};
    if (const auto span = spoken.find(key); span != spoken.end()) {
        return {group, QString::fromStdString(span->second), isFinal(span->second), true};
    }
    for (const auto& [record, fact] : parts.events) {
        if (fact.eventId == view.id && fact.deadLetterGroup == key.second)
            return {group, QStringLiteral("dead-lettered"), true, false};
    }
    if (const auto state = parts.keyStates.find(key); state != parts.keyStates.end() && state->second == "done") {
        return {group, QStringLiteral("done"), true, false};
    }
    return {group, QStringLiteral("pending"), false, false};
}

}  // namespace

std::string hopKindOf(const SpanRecord& span) {
    if (!span.hopKind.empty()) return span.hopKind;
    const auto has = [&](std::string_view name) { return !span.attribute(name).empty(); };
    if (has("db.system") || has("db.system.name")) {
        return span.attribute("db.system") == "redis" || span.attribute("db.system.name") == "redis" ? "redis" : "sql";
    }
    if (has("rpc.system")) return "grpc";
    if (has("messaging.system")) return span.kind == 5 ? "consume" : "produce";
    return "http";
}

std::map<std::string, EventView> eventViews(const TraceParts& parts, const Subscriptions& subscriptions) {
    std::map<std::string, EventView> views;
    for (const auto& [key, fact] : parts.events) {
        auto& view = views[fact.eventId];
        view.id = fact.eventId;
        view.type = fact.type;
        view.topic = fact.topic;
        if (!fact.deadLetterGroup.empty()) continue;
        ++view.records;
        if (!view.record) view.record = &fact;
    }
    for (const auto& [id, span] : parts.spans) addSpan(views, span);
    const auto spoken = spokenOutcomes(parts);
    for (auto& [id, view] : views) {
        for (const auto& group : subscriptions.value(QString::fromStdString(view.topic))) {
            view.groups.push_back(outcomeOf(view, group, parts, spoken));
        }
    }
    return views;
}

}  // namespace nova::engine
