#include "app/commands/play_report.h"

#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "app/commands/output.h"
#include "app/commands/render_action.h"
#include "app/engine/actions/action_json.h"

namespace nova::commands {
namespace {

using engine::Finding;
using Json = nlohmann::ordered_json;

Json rounded(const std::optional<double>& value) {
    return value ? Json(std::round(*value * 1'000) / 1'000) : Json(nullptr);
}

Json jsonOf(const Finding& finding) {
    Json json;
    json["what"] = finding.what.toStdString();
    json["designed"] = rounded(finding.designed);
    json["measured"] = rounded(finding.measured);
    json["unit"] = finding.unit.toStdString();
    json["kept"] = finding.kept ? Json(*finding.kept) : Json(nullptr);
    json["remark"] = finding.remark.toStdString();
    return json;
}

QString number(const std::optional<double>& value, const QString& unit) {
    if (!value) return QStringLiteral("–");
    const bool whole = std::abs(*value - std::round(*value)) < 1e-9 || std::abs(*value) >= 1'000;
    return QString::number(*value, 'f',
                           whole                  ? 0
                           : std::abs(*value) < 1 ? 2
                                                  : 1) +
           (unit.isEmpty() ? QString() : QLatin1Char(' ') + unit);
}

void toStderr(const Json& line) {
    std::fprintf(stderr, "%s\n", line.dump(-1, ' ', false, Json::error_handler_t::replace).c_str());
}

QString sign(const Finding& finding) {
    if (!finding.kept) return paint(Colour::dim, QStringLiteral("·"));
    return *finding.kept ? paint(Colour::ok, QStringLiteral("✓")) : paint(Colour::bad, QStringLiteral("▲"));
}

}  // namespace

Json resultJson(const engine::Scenario& scenario, const engine::PlayResult& result) {
    Json json;
    json["scenario"] = scenario.name.toStdString();
    json["shows"] = scenario.shows.toStdString();
    json["problem"] = result.problem.isEmpty() ? Json(nullptr) : Json(result.problem.toStdString());
    json["findings"] = Json::array();
    for (const auto& finding : result.findings) json["findings"].push_back(jsonOf(finding));
    return json;
}

PlayReport::PlayReport(const engine::Scenario& scenario, bool json, bool steps)
    : m_scenario(scenario), m_json(json), m_steps(json && steps) {
    if (!m_json) print(paint(Colour::bold, scenario.name) + QStringLiteral("  ") + scenario.shows);
}

void PlayReport::step(const QString& text) {
    if (!m_json) print(text);
    if (m_steps) toStderr({{"step", text.toStdString()}});
}

void PlayReport::found(const Finding& finding) {
    if (m_steps) toStderr({{"finding", jsonOf(finding)}});
}

void PlayReport::played(const engine::Action& action, const QJsonObject& more) {
    if (!m_json) return drawn(action, more);
    auto line = engine::toJson(action);
    for (auto it = more.begin(); it != more.end(); ++it) {
        const auto key = it.key().toStdString();
        if (it->isDouble())
            line[key] = rounded(it->toDouble());
        else
            line[key] = it->toString().toStdString();
    }
    if (m_held) print(QString::fromStdString(*m_held));
    m_held = line.dump();
    if (!m_steps) return;
    for (const char* part : {"hops", "notes", "sources"}) line.erase(part);
    toStderr({{"action", line}});
}

void PlayReport::drawn(const engine::Action& action, const QJsonObject& more) {
    static const QSet<QString> setting{QStringLiteral("signUp"), QStringLiteral("follow")};
    const bool whole =
        !m_scenario.faults && !m_scenario.load && !setting.contains(action.action) && !m_drawn.contains(action.action);
    if (whole) {
        m_drawn << action.action;
        print({});
        for (const auto& text : renderAction(action, terminalWidth(), true)) print(text);
        return;
    }
    if (m_scenario.load) return;  // hundreds of them
    QString times = QStringLiteral("  answered %1 ms").arg(action.answeredAtMs().value_or(0), 0, 'f', 1);
    if (action.visibleMs) times += QStringLiteral(", in effect %1 ms").arg(*action.visibleMs, 0, 'f', 1);
    if (more.contains(u"mode")) times += QStringLiteral(", mode ") + more.value(u"mode").toString();
    print((action.complete ? paint(Colour::ok, QStringLiteral("  ✓ ")) : paint(Colour::warn, QStringLiteral("  ◐ "))) +
          action.action + paint(Colour::dim, times));
}

void PlayReport::finish(const engine::PlayResult& result) {
    if (m_json) {
        if (!m_held) return;
        auto line = Json::parse(*m_held);
        line["result"] = resultJson(m_scenario, result);
        print(QString::fromStdString(line.dump()));
        m_held.reset();
        return;
    }
    if (result.findings.isEmpty()) return;
    print({});
    Table table({QString(), QStringLiteral("WHAT"), QStringLiteral("DESIGNED"), QStringLiteral("MEASURED"), QString()},
                {Table::Align::left, Table::Align::left, Table::Align::right, Table::Align::right, Table::Align::left});
    for (const auto& finding : result.findings)
        table.add({sign(finding), finding.what, number(finding.designed, finding.unit),
                   number(finding.measured, finding.unit), paint(Colour::dim, finding.remark)});
    for (const auto& line : table.lines()) print(line);
}

}  // namespace nova::commands
