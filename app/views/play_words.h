// What a play that is told by engine::PlayProcess looks like in words and rows.
#pragma once

#include <QString>
#include <vector>

#include "app/engine/plays/play_process.h"
#include "app/engine/plays/scenarios.h"
#include "widgets/models/cell_table_model.h"

namespace nova::views {

QString shortOf(const engine::Scenario& scenario);    // what it is about, in some words
QString toolTipOf(const engine::Scenario& scenario);  // all of it, and whether it hurts parts

std::vector<models::CellColumn> playColumns();
enum PlayColumn { Kept, What, Measured, Designed, Remark };
// In the order they came. The id of an action's row ends in " TRACE".
std::vector<models::CellRow> playRows(const engine::PlayTold& told);
[[nodiscard]] bool isWhole(const engine::PlayNews& news);  // its row is one text, over all columns
[[nodiscard]] QString traceOfRow(const QString& id);       // empty: no action's

struct PlayVerdict {
    theme::Status status = theme::Status::None;
    QString word, text;
};
PlayVerdict verdictOf(const engine::PlayTold& told, bool stopping);

}  // namespace nova::views
