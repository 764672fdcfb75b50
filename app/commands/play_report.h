// How a play is told: a line of JSON an action, or text for a person. Thread: main.
#pragma once

#include <QJsonObject>
#include <QSet>
#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "app/engine/plays/scenarios.h"

namespace nova::commands {

// {"scenario","shows","problem","findings":[{"what","designed","measured","unit","kept","remark"}]}
nlohmann::ordered_json resultJson(const engine::Scenario& scenario, const engine::PlayResult& result);

class PlayReport {
public:
    // `steps`: with JSON, all that is told goes to stderr at once: a line with "step", "finding" or, without its hops,
    // "action".
    PlayReport(const engine::Scenario& scenario, bool json, bool steps = false);
    void step(const QString& text);
    void found(const engine::Finding& finding);
    void played(const engine::Action& action, const QJsonObject& more);
    // With JSON the last action's line carries the result as member "result", since every line is an action.
    void finish(const engine::PlayResult& result);

private:
    void drawn(const engine::Action& action, const QJsonObject& more);
    const engine::Scenario& m_scenario;
    const bool m_json, m_steps;
    std::optional<std::string> m_held;  // the last line of JSON, not printed yet
    QSet<QString> m_drawn;              // kinds of actions that were shown with all their hops
};

}  // namespace nova::commands
