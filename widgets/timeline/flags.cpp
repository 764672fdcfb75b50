// The bands above the lanes: promises and flags (rule 8).
#include <QCoreApplication>
#include <algorithm>
#include <tuple>

#include "widgets/theme/numbers.h"
#include "widgets/timeline/layout_parts.h"

namespace nova::timeline {
namespace {

constexpr double padding = 5;
constexpr QChar check(0x2713);
constexpr QChar over(0x25b2);

struct Timeline {
    Q_DECLARE_TR_FUNCTIONS(Timeline)
};

// The first form that fits, or nothing.
QString fitting(const std::vector<QString>& forms, double room, TextWeight weight, const TextWidth& width) {
    for (const QString& form : forms)
        if (!form.isEmpty() && width(form, weight) + 2 * padding <= room) return form;
    return {};
}

// The part of a span that is on screen, right of the lane names.
QRectF band(const Layout& layout, const Interval& span, double top, double height) {
    const double left = std::max(layout.scale.x(span.start), layout.labelWidth + 1);
    const double right = std::min(layout.scale.x(span.end), layout.size.width());
    return right > left ? QRectF(left, top, right - left, height) : QRectF();
}

// What was promised for later than the view reaches is said at its right end, right of `from`.
void placeDesigned(const Promise& promise, const TextWidth& width, const Layout& layout, double from, PromiseBox& box) {
    box.designed = band(layout, promise.designed, 3, bandRow);
    const QString both =
        promise.designedText.isEmpty() ? promise.label : QString(promise.label + u' ' + promise.designedText);
    if (!box.designed.isEmpty()) {
        const double room = std::min(box.designed.right(), layout.scale.right) - box.designed.left();
        box.designedText = fitting({both, promise.designedText}, room, TextWeight::Normal, width);
        box.designedLabel = box.designed.adjusted(padding, 0, 0, 0);
        return;
    }
    if (promise.designed.start < layout.scale.end) return;
    const double right = layout.scale.right;
    box.designedText = fitting({both + QStringLiteral(" ›"), promise.label + QStringLiteral(" ›")}, right - from,
                               TextWeight::Normal, width);
    if (box.designedText.isEmpty()) return;
    const double wide = width(box.designedText, TextWeight::Normal);
    box.designedLabel = QRectF(right - wide, 3, wide, bandRow);
}

void placeMeasured(const Promise& promise, const TextWidth& width, const Layout& layout, PromiseBox& box) {
    box.measured = band(layout, *promise.measured, 3 + bandRow + 3, bandRow);
    const bool answer = promise.kind == FlagKind::Answered;
    const QString number = answer ? theme::ms(promise.measured->end - promise.measured->start)
                                  : Timeline::tr("at %1").arg(theme::ms(promise.measured->end));
    const bool broken = promise.over > 0;
    const QString verdict = broken ? QString(over + QStringLiteral(" +") + theme::ms(promise.over)) : QString(check);
    box.measuredText = fitting({promise.label + u' ' + number + u' ' + verdict, number + u' ' + verdict,
                                number + u' ' + (broken ? over : check)},
                               box.measured.width(), TextWeight::SemiBold, width);
}

struct Rival {
    std::vector<QRectF> taken;
    std::vector<double> lines;
};

bool clear(const QRectF& rect, double own, const Rival& rival, bool avoidLines) {
    if (std::any_of(rival.taken.begin(), rival.taken.end(),
                    [&](const QRectF& other) { return other.intersects(rect); }))
        return false;
    return !avoidLines || std::none_of(rival.lines.begin(), rival.lines.end(), [&](double x) {
        return x != own && x > rect.left() - 1 && x < rect.right() + 1;
    });
}

// Right of its line, else left; longer forms first; other flags' lines are crossed only when nothing else is left.
void placeFlag(const Flag& flag, const TextWidth& width, const Layout& layout, Rival& rival, FlagBox& box) {
    const QString number = theme::ms(flag.at);
    std::vector<QString> forms{flag.label + u' ' + number};
    if (!flag.shortLabel.isEmpty()) forms.push_back(flag.shortLabel + u' ' + number);
    forms.push_back(number);
    const double top = layout.axisBottom + 3;
    for (const bool avoidLines : {true, false})
        for (const QString& form : forms) {
            const double wide = width(form, TextWeight::SemiBold) + 2 * padding;
            for (const double left : {box.x, box.x - wide}) {
                const QRectF rect(left, top, wide, flagHeight);
                if (rect.left() < layout.labelWidth + 1 || rect.right() > layout.size.width() - 1) continue;
                if (!clear(rect, box.x, rival, avoidLines)) continue;
                box.rect = rect;
                box.text = form;
                rival.taken.push_back(rect);
                return;
            }
        }
}

// The widest part of the window's flag row that no flag covers; the caption stands at its right end.
void placeCaption(const Window& window, const TextWidth& width, const Rival& rival, const Layout& layout,
                  WindowBox& box) {
    std::vector<std::pair<double, double>> covered;
    for (const QRectF& rect : rival.taken)
        if (rect.right() > box.rect.left() && rect.left() < box.rect.right())
            covered.emplace_back(rect.left(), rect.right());
    std::sort(covered.begin(), covered.end());
    double from = box.rect.left(), bestLeft = from, bestRight = from;
    const auto offer = [&](double left, double right) {
        if (right - left > bestRight - bestLeft) std::tie(bestLeft, bestRight) = std::pair(left, right);
    };
    for (const auto& [left, right] : covered) {
        offer(from, left);
        from = std::max(from, right);
    }
    offer(from, box.rect.right());
    const double length = window.span.end - window.span.start;
    box.caption = fitting({Timeline::tr("consistency window %1").arg(theme::duration(length)),
                           Timeline::tr("window %1").arg(theme::ms(length)), theme::ms(length)},
                          bestRight - bestLeft, TextWeight::SemiBold, width);
    if (box.caption.isEmpty()) return;
    const double wide = width(box.caption, TextWeight::SemiBold) + 2 * padding;
    box.captionRect = QRectF(bestRight - wide, layout.axisBottom + 3, wide, flagHeight);
}

}  // namespace

void placePromises(const Data& data, const TextWidth& width, Layout& layout) {
    double textEnd = layout.labelWidth;  // of the designed row so far
    for (const Promise& promise : data.promises) {
        PromiseBox box;
        placeDesigned(promise, width, layout, textEnd, box);
        if (!box.designedText.isEmpty())
            textEnd =
                std::max(textEnd, box.designedLabel.left() + width(box.designedText, TextWeight::Normal) + padding);
        if (promise.measured) placeMeasured(promise, width, layout, box);
        layout.promises.push_back(box);
    }
}

void placeFlags(const Data& data, const TextWidth& width, Layout& layout) {
    Rival rival;
    layout.flags.resize(data.flags.size());
    for (std::size_t i = 0; i < data.flags.size(); ++i) {
        FlagBox& box = layout.flags[i];
        box.x = layout.scale.x(data.flags[i].at);
        box.visible = box.x > layout.labelWidth && box.x < layout.size.width();
        if (box.visible) rival.lines.push_back(box.x);
    }
    for (std::size_t i = 0; i < data.flags.size(); ++i)
        if (layout.flags[i].visible) placeFlag(data.flags[i], width, layout, rival, layout.flags[i]);
    for (const Window& window : data.windows) {
        WindowBox box;
        box.rect = band(layout, window.span, layout.lanesTop, std::max(0.0, layout.lanesBottom - layout.lanesTop));
        if (!box.rect.isEmpty()) placeCaption(window, width, rival, layout, box);
        layout.windows.push_back(box);
    }
}

}  // namespace nova::timeline
