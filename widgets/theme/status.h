// Status shapes: the shape carries the meaning, the colour repeats it (design §2).
#pragma once

#include <QColor>
#include <QRectF>
#include <QString>
#include <QStringView>

#include "widgets/theme/tokens.h"

class QPainter;

namespace nova::theme {

enum class Status {
    Ok,         // disc
    Starting,   // half disc, also "leased"
    Warn,       // triangle
    Err,        // square with a cross
    Off,        // ring
    Unknown,    // diamond, also "stale"
    Duplicate,  // circle with a bar
    None        // nothing is drawn
};

QColor statusColor(Status status, const Tokens& tokens);
// Draws the shape centred in `rect`, 10 px across at most. `back` fills what a shape cuts out.
void paintStatus(QPainter& painter, const QRectF& rect, Status status, const Tokens& tokens);

// A process state of the contract ("ready", "degraded", …) as a shape; unknown words are Unknown.
Status statusOfState(QStringView state);
// The translated word of a process state; unknown states stand as they are.
QString stateWord(const QString& state);

}  // namespace nova::theme
