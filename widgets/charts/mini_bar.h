// Small bars painted into rows: an action's answer and effect against their budgets, and a fraction of a whole.
#pragma once

#include <QRectF>
#include <optional>

#include "widgets/theme/tokens.h"

class QPainter;

namespace nova::charts {

struct ActionBar {
    std::optional<double> answered;
    std::optional<double> visible;
    std::optional<double> answeredBudget;
    std::optional<double> visibleBudget;
    bool failed = false;
};

// Ink to the answer, violet to visible, ticks at the budgets; an arrow head where the bar leaves the scale of `fullMs`.
void paintActionBar(QPainter& painter, const QRectF& rect, const ActionBar& bar, double fullMs,
                    const theme::Tokens& tokens);

// A track with `fraction` (0..1) filled.
void paintFraction(QPainter& painter, const QRectF& rect, double fraction, const QColor& fill,
                   const theme::Tokens& tokens);

}  // namespace nova::charts
