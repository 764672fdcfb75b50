// The steps of paintStatic().
#pragma once

#include <QColor>
#include <QPainter>

#include "widgets/theme/tabular.h"
#include "widgets/timeline/paint.h"

namespace nova::timeline {

const theme::Tabular& labelFont(TextWeight weight);
QColor faded(QColor color, double alpha);

// Under the hops.
void paintLanes(QPainter& painter, const Data& data, const Layout& layout, const theme::Tokens& tokens);
void paintWindows(QPainter& painter, const Layout& layout, const theme::Tokens& tokens);
void paintGrid(QPainter& painter, const Layout& layout, const theme::Tokens& tokens);
// The hops.
void paintBars(QPainter& painter, const Data& data, const Layout& layout, const theme::Tokens& tokens);
void paintArrows(QPainter& painter, const Data& data, const Layout& layout, const theme::Tokens& tokens);
void paintCritical(QPainter& painter, const Data& data, const Layout& layout, const theme::Tokens& tokens);
void paintArrow(QPainter& painter, const Arrow& arrow, const ArrowBox& box, const QColor& color, double width);
// Over the hops.
void paintFlagLines(QPainter& painter, const Data& data, const Layout& layout, const theme::Tokens& tokens);
void paintLabels(QPainter& painter, const Data& data, const Layout& layout, const theme::Tokens& tokens);
void paintLaneNames(QPainter& painter, const Data& data, const Layout& layout, const theme::Tokens& tokens);
void paintBands(QPainter& painter, const Data& data, const Layout& layout, const theme::Tokens& tokens);

}  // namespace nova::timeline
