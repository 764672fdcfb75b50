// The product's own icon set: 16-px grid, 1.5-px stroke, one colour. GUI thread only.
#pragma once

#include <QColor>
#include <QIcon>
#include <QPixmap>

namespace nova::theme {

enum class Icon {
    Services,
    Traffic,
    Lag,
    Actions,
    Keys,
    Replay,
    Lab,
    Search,
    Gear,
    Sun,
    Moon,
    Filter,
    Copy,
    Export,
    External,
    Undo,
    Save,
    Play,
    Pause,
    Stop,
    Restart,
    Kill,
    StepBack,
    StepForward,
    Bolt,
    Down,
    Up,
    Left,
    Right,
    Close,
    Check,
    Plus,
    Minus,
    More,
    Lock,
    Bell,
    User,
    Terminal,
    Screen,
    Cloud,
    Database,
    List,
    Columns,
    ZoomIn,
    ZoomOut,
    Fit,
    Info
};

// Follows the theme by itself: t2 at rest, t1 when on or selected, t3 when disabled.
QIcon icon(Icon name);
// In one colour (also when disabled), e.g. for a filled button.
QIcon icon(Icon name, const QColor& color);
// A tinted pixmap of `size` logical pixels; cached by name, colour, size and ratio.
QPixmap iconPixmap(Icon name, int size, const QColor& color, qreal devicePixelRatio);

}  // namespace nova::theme
