// Draws a laid-out timeline. The static part is what is cached; hover and selection go over it.
#pragma once

#include "widgets/theme/tokens.h"
#include "widgets/timeline/data.h"
#include "widgets/timeline/layout.h"

class QPainter;

namespace nova::timeline {

void paintStatic(QPainter& painter, const Data& data, const Layout& layout, const View& view,
                 const theme::Tokens& tokens);
void paintOverlay(QPainter& painter, const Data& data, const Layout& layout, const Hit& hover, const QString& selected,
                  const theme::Tokens& tokens);
void paintChosenFlag(QPainter& painter, const Layout& layout, int flag, const theme::Tokens& tokens);

// Width of an 11-px label, with tabular figures.
double labelWidth(const QString& text, TextWeight weight);

}  // namespace nova::timeline
