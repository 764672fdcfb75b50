// The steps of layOut(), each in a file of its own.
#pragma once

#include "widgets/timeline/layout.h"

namespace nova::timeline {

inline constexpr double labelTextHeight = 15;  // box of an 11-px label
inline constexpr double flagHeight = 17;
inline constexpr double bandRow = 18;  // one row of the promises band

void placeBars(const Data& data, const View& view, Layout& layout);
void placeArrows(const Data& data, Layout& layout);
void placeFlags(const Data& data, const TextWidth& width, Layout& layout);
void placePromises(const Data& data, const TextWidth& width, Layout& layout);
void placeLabels(const Data& data, const TextWidth& width, const QString& selected, Layout& layout);

}  // namespace nova::timeline
