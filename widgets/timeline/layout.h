// The arithmetic of the timeline: time to pixel, ticks, lanes, rows, labels, hits. No widget, no window, no font:
// text is measured by a function. Rules are those of design §7, by number. Lengths are logical pixels, doubles until
// drawn.
#pragma once

#include <QPointF>
#include <QRectF>
#include <QSizeF>
#include <QString>
#include <functional>
#include <vector>

#include "widgets/timeline/data.h"

namespace nova::timeline {

enum class TextWeight { Normal, Medium, SemiBold };
// Width in pixels of `text` at the 11-px label size.
using TextWidth = std::function<double(const QString& text, TextWeight weight)>;

struct View {
    double start = 0;  // first and last moment on screen, ms
    double end = 1;
    double scrollY = 0;    // lanes scrolled out above, px
    bool designed = true;  // rule 13 overlay
    bool critical = true;  // rule 7 outlines
};

// Rule "x(t)".
struct Scale {
    double start = 0;
    double end = 1;
    double left = 0;   // x of `start`
    double right = 1;  // x of `end`

    double x(double t) const { return left + (t - start) / (end - start) * (right - left); }
    double t(double x) const { return start + (x - left) / (right - left) * (end - start); }
    double msPerPixel() const { return (end - start) / (right - left); }
};

struct Tick {
    double t = 0;
    double x = 0;
    bool major = false;
    QString text;  // empty for minor ticks
};

enum class Unit { Microseconds, Milliseconds, Seconds };

// Rule 3: the step of major ticks in ms: 1, 2, 5 x 10^n or 25 x 10^n, at least `minPixels` apart.
double majorStep(double msPerPixel, double minPixels = 64);
// µs under 1 ms a tick, s from 1 000 on.
Unit unitOf(double majorStep);
std::vector<Tick> ticksOf(const Scale& scale, double minPixels = 64);

struct LaneBox {
    double top = 0;
    double height = 0;
    double center = 0;
    bool subtitle = true;  // second line fits
};

struct BarBox {
    QRectF rect;
    int row = 0;  // overlap row inside the lane, 0..rows-1
    int rows = 1;
    int folded = 0;        // > 0: this many bars, itself included, share the box; the others are not visible
    double budgetX = -1;   // x of the budget tick; < 0: none
    bool visible = false;  // inside the viewport
};

struct ArrowBox {
    QPointF from;
    QPointF to;
    int folded = 0;  // > 0: one arrow stands for this many
    bool visible = false;
};

enum class LabelOf { Bar, Arrow };

struct Label {
    LabelOf of = LabelOf::Bar;
    int index = 0;  // into Data::bars or Data::arrows
    QRectF rect;
    QString text;
    bool inside = false;  // stands in its own bar, without a plate
    bool plate = false;
    bool over = false;  // in err
    TextWeight weight = TextWeight::Medium;
};

struct FlagBox {
    double x = 0;
    QRectF rect;  // empty when not even the number fits
    QString text;
    bool visible = false;
};

struct WindowBox {
    QRectF rect;  // through all lanes
    QRectF captionRect;
    QString caption;  // empty: does not fit
};

struct PromiseBox {
    QRectF designed;         // empty: outside the view
    QRectF designedLabel;
    QString designedText;
    QRectF measured;  // empty: still open
    QString measuredText;
};

enum class HitKind { None, Bar, Arrow, Flag, Lane };

struct Hit {
    HitKind kind = HitKind::None;
    int index = -1;

    bool operator==(const Hit&) const = default;
};

struct Layout {
    QSizeF size;
    double labelWidth = 0;
    Unit unit = Unit::Milliseconds;
    double promisesHeight = 0;
    double axisBottom = 0;  // line under the ticks; the flags stand below it
    double lanesTop = 0;
    double lanesHeight = 0;  // all lanes together; more than the viewport: scroll
    double lanesBottom = 0;  // lower end of the lanes' viewport
    QRectF note;             // strip under the lanes; empty: complete
    Scale scale;
    std::vector<Tick> ticks;
    std::vector<LaneBox> lanes;
    std::vector<BarBox> bars;
    std::vector<ArrowBox> arrows;
    std::vector<FlagBox> flags;
    std::vector<WindowBox> windows;
    std::vector<PromiseBox> promises;
    std::vector<QRectF> designed;
    std::vector<Label> labels;

    // Rule 15: nearest within 4 px of a bar, 5 px of an arrow, then flags, then the lane.
    Hit hitTest(const QPointF& point) const;
    double maxScroll() const;
};

// Everything for one paint. `selected` is the hop whose label goes first.
Layout layOut(const Data& data, const View& view, const QSizeF& size, const TextWidth& width,
              const QString& selected = {});

// The view that shows all that was measured, and the design too unless that would squeeze the measured part.
View wholeAction(const Data& data);

// The text of a bar's label by form: 0 full, 1 short, 2 number.
QString barText(const Bar& bar, int form);

}  // namespace nova::timeline
