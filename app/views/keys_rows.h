// What the Keys view shows of a report or of a scan, as rows. Plain functions, no window.
#pragma once

#include <QHash>
#include <QString>
#include <vector>

#include "app/engine/keys/key_report.h"
#include "app/engine/keys/key_scan.h"
#include "widgets/charts/delivery_strip.h"
#include "widgets/models/cell_table_model.h"

namespace nova::views {

struct KeyRows {
    std::vector<models::CellRow> rows;  // id: the index into the states
    QHash<QString, double> fractions;   // of the time left
};
inline constexpr int keyEventColumn = 1, keyTimeColumn = 3, keyColumnsOfScan = 4;  // a scan tells the first four
std::vector<models::CellColumn> keyColumns();
// `elapsedSeconds` since the keys were read: by so much their times have run down.
KeyRows keyRows(const engine::KeyReport& report, double elapsedSeconds);
KeyRows keyRows(const engine::KeyScan& scan, double elapsedSeconds);

std::vector<models::CellColumn> versionColumns();
// `withId`: they are of different posts.
std::vector<models::CellRow> versionRows(const QVector<engine::VersionState>& versions, bool withId);
struct DriftCounts {
    int impossible = 0, behind = 0, missing = 0;
};
DriftCounts driftsIn(const QVector<engine::VersionState>& versions);

std::vector<models::CellColumn> effectColumns();
std::vector<models::CellRow> effectRows(const engine::KeyReport& report);
std::vector<models::CellColumn> consumerColumns();
std::vector<models::CellRow> consumerRows(const engine::KeyReport& report);
std::vector<models::CellColumn> relatedColumns();  // id of a row: the event's
std::vector<models::CellRow> relatedRows(const engine::KeyReport& report);
std::vector<models::CellColumn> templateColumns();
std::vector<models::CellRow> templateRows(const engine::KeyScan& scan);

// Of one key's event in its group.
std::vector<charts::DeliveryMark> deliveryMarks(const engine::KeyReport& report, const QString& eventId,
                                                const QString& group);

QString kindWord(const QString& kind);        // "event id", "post id" …
QString typedKindWord(const QString& typed);  // of text not looked up yet; empty: nothing typed
QString timeLeftWord(double seconds);         // "6 d 23 h 52 m", "12.4 s"
QString searchedWord(const engine::KeyReport& report);
QString sourceWord(const engine::Source& source);  // "Redis: not in this profile"

}  // namespace nova::views
