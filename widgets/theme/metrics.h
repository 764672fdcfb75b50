// Sizes of the 4-px grid, in device-independent pixels (design §3).
#pragma once

namespace nova::theme::metrics {

inline constexpr int grid = 4;
inline constexpr int row = 24;
inline constexpr int rowComfortable = 32;
inline constexpr int rowTwoLines = 44;
inline constexpr int control = 26;
inline constexpr int controlSmall = 22;
inline constexpr int search = 32;
inline constexpr int paneHeader = 32;
inline constexpr int viewBar = 40;
inline constexpr int topBar = 40;
inline constexpr int statusBar = 24;
inline constexpr int rail = 64;
inline constexpr int railItem = 52;
inline constexpr int environmentStrip = 3;
inline constexpr int cellPadding = 8;
inline constexpr int panePadding = 12;
inline constexpr int formPadding = 20;
inline constexpr int radius = 4;
inline constexpr int icon = 16;

}  // namespace nova::theme::metrics
