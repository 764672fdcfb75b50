// Mouse, wheel, keys and tooltips of the timeline.
#include <QAccessible>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QTimer>
#include <QToolTip>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "widgets/theme/numbers.h"
#include "widgets/theme/plain_tip.h"
#include "widgets/timeline/timeline_widget.h"

namespace nova::timeline {
namespace {

constexpr double zoomStep = 1.25;
constexpr double panStep = 60;        // px
constexpr double scrollStep = 48;     // px a notch
constexpr double leastMargin = 0.02;  // ms around a bar zoomed to

}  // namespace

QString TimelineWidget::hopOf(const Hit& hit) const {
    const auto index = static_cast<std::size_t>(hit.index);
    if (hit.kind == HitKind::Bar) return m_data.bars[index].hop;
    if (hit.kind == HitKind::Arrow) return m_data.arrows[index].hop;
    return {};
}

void TimelineWidget::choose(const QString& hop) {
    if (hop == m_selected) return;
    m_selected = hop;
    chooseFlag(-1);
    invalidate();
    speakSelection();
    Q_EMIT hopSelected(hop);
}

void TimelineWidget::speakSelection() {
    if (!QAccessible::isActive()) return;
    auto* table = QAccessible::queryAccessibleInterface(this);
    const auto cells =
        table && table->tableInterface() ? table->tableInterface()->selectedCells() : QList<QAccessibleInterface*>{};
    if (cells.isEmpty()) return;
    QAccessibleEvent event(this, QAccessible::Focus);
    event.setChild(table->indexOfChild(cells.first()));
    QAccessible::updateAccessibility(&event);
}

void TimelineWidget::mouseMoveEvent(QMouseEvent* event) {
    m_mouse = event->position();
    if (event->buttons() & (Qt::LeftButton | Qt::MiddleButton)) {
        const QPointF moved = event->position() - m_pressed;
        if (!m_dragging && moved.manhattanLength() < 4) return;
        m_dragging = true;
        View view = m_view;
        const double span = m_view.end - m_view.start;
        view.start = m_pressedStart - moved.x() * currentLayout().scale.msPerPixel();
        view.end = view.start + span;
        view.scrollY = std::clamp(m_pressedScroll - moved.y(), 0.0, currentLayout().maxScroll());
        setView(view);
        return;
    }
    const Hit hit = currentLayout().hitTest(event->position());
    const bool reachable = hit.kind == HitKind::Bar || hit.kind == HitKind::Arrow;
    setCursor(reachable ? Qt::PointingHandCursor : Qt::ArrowCursor);
    QToolTip::hideText();
    m_toolTipTimer->start();
    if (hit == m_hover) return;
    m_hover = hit;
    update();
}

void TimelineWidget::mousePressEvent(QMouseEvent* event) {
    m_pressed = event->position();
    m_pressedStart = m_view.start;
    m_pressedScroll = m_view.scrollY;
    m_dragging = false;
}

void TimelineWidget::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && !m_dragging) choose(hopOf(currentLayout().hitTest(event->position())));
    m_dragging = false;
}

void TimelineWidget::mouseDoubleClickEvent(QMouseEvent* event) {
    const Hit hit = currentLayout().hitTest(event->position());
    if (hit.kind != HitKind::Bar) return;
    const Bar& bar = m_data.bars[static_cast<std::size_t>(hit.index)];
    zoomTo(bar);
    Q_EMIT hopActivated(bar.hop);
}

void TimelineWidget::zoomTo(const Bar& bar) {
    const double margin = std::max(bar.duration() * 0.15, leastMargin);
    View view = m_view;
    view.start = bar.start - margin;
    view.end = bar.end + margin;
    setView(view);
}

const Bar* TimelineWidget::selectedBar() const {
    const auto found =
        std::find_if(m_data.bars.begin(), m_data.bars.end(), [&](const Bar& bar) { return bar.hop == m_selected; });
    return m_selected.isEmpty() || found == m_data.bars.end() ? nullptr : &*found;
}

void TimelineWidget::zoomToSelection() {
    if (const Bar* bar = selectedBar()) zoomTo(*bar);
}

void TimelineWidget::wheelEvent(QWheelEvent* event) {
    const QPoint angle = event->angleDelta();
    const double turned = angle.y() != 0 ? angle.y() : angle.x();
    if (event->modifiers() & Qt::ControlModifier) {
        zoomAt(std::pow(zoomStep, turned / 120), event->position().x());
    } else if (event->modifiers() & Qt::ShiftModifier || angle.y() == 0) {
        panBy(-turned / 120 * panStep);
    } else {
        View view = m_view;
        view.scrollY = std::clamp(m_view.scrollY - turned / 120 * scrollStep, 0.0, currentLayout().maxScroll());
        if (view.scrollY == m_view.scrollY) return event->ignore();
        m_view.scrollY = view.scrollY;
        invalidate();
    }
    event->accept();
}

void TimelineWidget::keyPressEvent(QKeyEvent* event) {
    const Scale& scale = currentLayout().scale;
    const double middle = (scale.left + scale.right) / 2;
    switch (event->key()) {
        case Qt::Key_W:
        case Qt::Key_Plus:
        case Qt::Key_Equal:
            zoomAt(zoomStep, middle);
            break;
        case Qt::Key_S:
        case Qt::Key_Minus:
            zoomAt(1 / zoomStep, middle);
            break;
        case Qt::Key_A:
            panBy(-panStep);
            break;
        case Qt::Key_D:
            panBy(panStep);
            break;
        case Qt::Key_0:
            showWholeAction();
            break;
        case Qt::Key_Z:
            zoomToSelection();
            break;
        case Qt::Key_Left:
            event->modifiers() & Qt::ShiftModifier ? selectFlag(-1) : selectStep(-1);
            break;
        case Qt::Key_Right:
            event->modifiers() & Qt::ShiftModifier ? selectFlag(1) : selectStep(1);
            break;
        case Qt::Key_Up:
            selectLane(-1);
            break;
        case Qt::Key_Down:
            selectLane(1);
            break;
        case Qt::Key_C:
            setCriticalVisible(!m_view.critical);
            break;
        case Qt::Key_O:
            setDesignedVisible(!m_view.designed);
            break;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (!m_selected.isEmpty()) Q_EMIT hopActivated(m_selected);
            break;
        case Qt::Key_Escape:
            if (m_selected.isEmpty() && m_flag < 0) return QWidget::keyPressEvent(event);
            chooseFlag(-1);
            choose({});
            break;
        default:
            QWidget::keyPressEvent(event);
    }
}

// The hop that starts next in time; hops of one moment follow in lane order.
void TimelineWidget::selectStep(int direction) {
    std::vector<const Bar*> order;
    for (const Bar& bar : m_data.bars)
        if (!bar.hop.isEmpty()) order.push_back(&bar);
    if (order.empty()) return;
    std::stable_sort(order.begin(), order.end(), [](const Bar* a, const Bar* b) {
        return a->start != b->start ? a->start < b->start : a->lane < b->lane;
    });
    const auto now = std::find_if(order.begin(), order.end(), [&](const Bar* bar) { return bar->hop == m_selected; });
    const auto last = static_cast<std::ptrdiff_t>(order.size()) - 1;
    std::ptrdiff_t at = direction > 0 ? 0 : last;
    if (now != order.end()) at = std::clamp<std::ptrdiff_t>(now - order.begin() + direction, 0, last);
    const Bar* next = order[static_cast<std::size_t>(at)];
    choose(next->hop);
    const double margin = (m_view.end - m_view.start) * 0.1;
    if (next->start < m_view.start || next->start > m_view.end) {
        View view = m_view;
        view.start = next->start - margin;
        view.end = view.start + (m_view.end - m_view.start);
        setView(view);
    }
}

// The flag next in time from the last one gone to, else from the selected hop; it is brought into view.
void TimelineWidget::selectFlag(int direction) {
    const auto& flags = m_data.flags;
    std::vector<int> order(flags.size());
    std::iota(order.begin(), order.end(), 0);
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
        return flags[static_cast<std::size_t>(a)].at < flags[static_cast<std::size_t>(b)].at;
    });
    if (direction < 0) std::reverse(order.begin(), order.end());
    const auto known = std::find(order.begin(), order.end(), m_flag);
    const Bar* from = selectedBar();
    const auto next =
        known != order.end() ? known + 1 : std::find_if(order.begin(), order.end(), [&](int flag) {
            return !from || (flags[static_cast<std::size_t>(flag)].at - from->start) * direction > 0;
        });
    if (next == order.end()) return;
    chooseFlag(*next);
    const double at = flags[static_cast<std::size_t>(m_flag)].at;
    if (at >= m_view.start && at <= m_view.end) return;
    View view = m_view;
    view.start = at - (m_view.end - m_view.start) / 2;
    view.end = view.start + (m_view.end - m_view.start);
    setView(view);
}

void TimelineWidget::chooseFlag(int flag) {
    if (m_flag == flag) return;
    m_flag = flag;
    const Flag* chosen = flag < 0 ? nullptr : &m_data.flags[static_cast<std::size_t>(flag)];
    setAccessibleDescription(chosen ? tr("%1 at %2 milliseconds").arg(chosen->label, theme::ms(chosen->at))
                                    : QString());
    update();
}

// The hop nearest in time in the next lane that has one.
void TimelineWidget::selectLane(int direction) {
    const Bar* now = selectedBar();
    if (!now) return selectStep(1);
    const Bar* best = nullptr;
    for (int lane = now->lane + direction; lane >= 0 && lane < static_cast<int>(m_data.lanes.size()) && !best;
         lane += direction)
        for (const Bar& bar : m_data.bars) {
            if (bar.lane != lane || bar.hop.isEmpty()) continue;
            if (!best || std::abs(bar.start - now->start) < std::abs(best->start - now->start)) best = &bar;
        }
    if (best) choose(best->hop);
}

QString TimelineWidget::toolTipOf(const Hit& hit) const {
    const auto index = static_cast<std::size_t>(hit.index);
    switch (hit.kind) {
        case HitKind::Bar: {
            const Bar& bar = m_data.bars[index];
            QString text =
                m_data.lanes[static_cast<std::size_t>(bar.lane)].title + QStringLiteral(" · ") + barText(bar, 0);
            text += u'\n' + tr("%1 to %2 ms").arg(theme::ms(bar.start), theme::ms(bar.end));
            if (bar.budget) text += QStringLiteral(" · ") + tr("budget %1 ms").arg(theme::ms(*bar.budget));
            if (!bar.toolTip.isEmpty()) text += u'\n' + bar.toolTip;
            return text;
        }
        case HitKind::Arrow: {
            const Arrow& arrow = m_data.arrows[index];
            const QString from = m_data.lanes[static_cast<std::size_t>(arrow.fromLane)].title;
            const QString to = m_data.lanes[static_cast<std::size_t>(arrow.toLane)].title;
            QString text = tr("%1 to %2").arg(from, to);
            if (!arrow.label.isEmpty()) text += QStringLiteral(" · ") + arrow.label;
            return text + u'\n' + tr("sent %1, received %2 ms").arg(theme::ms(arrow.sent), theme::ms(arrow.received));
        }
        case HitKind::Flag: {
            const Flag& flag = m_data.flags[index];
            return flag.label + u' ' + theme::ms(flag.at) + QStringLiteral(" ms");
        }
        case HitKind::Lane:
        case HitKind::None:
            break;
    }
    return {};
}

void TimelineWidget::showToolTip() {
    if (!underMouse()) return;
    const QString text = toolTipOf(currentLayout().hitTest(m_mouse));
    if (!text.isEmpty()) QToolTip::showText(mapToGlobal(m_mouse.toPoint()), theme::plainTip(text), this);
}

void TimelineWidget::leaveEvent(QEvent*) {
    m_toolTipTimer->stop();
    m_hover = {};
    update();
}

}  // namespace nova::timeline
