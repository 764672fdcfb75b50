// The two type families by role (design §3). Sizes are device-independent pixels.
#pragma once

#include <QFont>

namespace nova::theme {

enum class Type {
    Hint,       // 11/16 axis, headers, hints
    Control,    // 12/16 tables and controls
    Body,       // 13/20
    Title,      // 15/20, semi-bold unless told otherwise
    Figure,     // 20/24, semi-bold
    Hero,       // 28/36, semi-bold
    Mono,       // 12/16
    MonoTable,  // 12: Qt rounds 11.5 up
    MonoHex     // 11
};

QFont font(Type type);
QFont font(Type type, QFont::Weight weight);

}  // namespace nova::theme
