#include "widgets/timeline/timeline_widget.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QTimer>
#include <QToolTip>
#include <QWheelEvent>
#include <algorithm>
#include <cmath>

#include "widgets/theme/fonts.h"
#include "widgets/theme/numbers.h"
#include "widgets/theme/theme.h"
#include "widgets/timeline/paint.h"

namespace nova::timeline {
namespace {

constexpr double zoomStep = 1.25;
constexpr double closest = 0.02;     // ms across the whole width
constexpr double widest = 3;         // times the whole action
constexpr double panStep = 60;       // px
constexpr int toolTipDelayMs = 300;

}  // namespace

TimelineWidget::TimelineWidget(QWidget* parent) : QWidget(parent), m_toolTipTimer(new QTimer(this)) {
    setObjectName(QStringLiteral("timeline"));
    setAccessibleName(tr("Timeline"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    m_toolTipTimer->setSingleShot(true);
    m_toolTipTimer->setInterval(toolTipDelayMs);
    connect(m_toolTipTimer, &QTimer::timeout, this, &TimelineWidget::showToolTip);
    connect(&theme::Theme::instance(), &theme::Theme::changed, this, &TimelineWidget::invalidate);
}

void TimelineWidget::setData(Data data) {
    const bool same = data.title == m_data.title && !m_data.isEmpty();
    m_data = std::move(data);
    m_hover = {};
    setAccessibleName(m_data.title.isEmpty() ? tr("Timeline") : tr("Timeline of %1").arg(m_data.title));
    const auto known = std::any_of(m_data.bars.begin(), m_data.bars.end(), [&](const Bar& bar) { return bar.hop == m_selected; });
    if (!known) m_selected.clear();
    if (!same) m_userView = false;
    if (m_userView)
        clampView();
    else
        showWholeAction();
    invalidate();
}

void TimelineWidget::setEmptyText(const QString& text) {
    m_emptyText = text;
    invalidate();
}

void TimelineWidget::setSelectedHop(const QString& hop) {
    const auto known = std::any_of(m_data.bars.begin(), m_data.bars.end(), [&](const Bar& bar) { return bar.hop == hop; });
    const QString wanted = known ? hop : QString();
    if (wanted == m_selected) return;
    m_selected = wanted;
    invalidate();
}

void TimelineWidget::setView(const View& view) {
    m_view = view;
    m_userView = true;
    clampView();
    invalidate();
    Q_EMIT viewChanged();
}

void TimelineWidget::showWholeAction() {
    const View whole = wholeAction(m_data);
    m_view.start = whole.start;
    m_view.end = whole.end;
    m_view.scrollY = 0;
    m_userView = false;
    invalidate();
    Q_EMIT viewChanged();
}

void TimelineWidget::setDesignedVisible(bool visible) {
    m_view.designed = visible;
    invalidate();
}

void TimelineWidget::setCriticalVisible(bool visible) {
    m_view.critical = visible;
    invalidate();
}

void TimelineWidget::clampView() {
    const View whole = wholeAction(m_data);
    const double length = whole.end - whole.start;
    const double span = std::clamp(m_view.end - m_view.start, closest, length * widest);
    const double middle = std::clamp((m_view.start + m_view.end) / 2, whole.start - length / 2, whole.end + length / 2);
    m_view.start = middle - span / 2;
    m_view.end = middle + span / 2;
    m_layoutValid = false;
    m_view.scrollY = std::clamp(m_view.scrollY, 0.0, currentLayout().maxScroll());
}

void TimelineWidget::zoomAt(double factor, double x) {
    const Scale& scale = currentLayout().scale;
    const double fixed = scale.t(std::clamp(x, scale.left, scale.right));
    View view = m_view;
    view.start = fixed - (fixed - m_view.start) / factor;
    view.end = fixed + (m_view.end - fixed) / factor;
    if (view.end - view.start < closest) return;
    setView(view);
}

void TimelineWidget::panBy(double pixels) {
    const double shift = pixels * currentLayout().scale.msPerPixel();
    View view = m_view;
    view.start += shift;
    view.end += shift;
    setView(view);
}

void TimelineWidget::invalidate() {
    m_layoutValid = false;
    m_staticValid = false;
    update();
}

void TimelineWidget::ensureLayout() const {
    if (m_layoutValid) return;
    m_layout = layOut(m_data, m_view, QSizeF(size()), labelWidth, m_selected);
    m_layoutValid = true;
}

const Layout& TimelineWidget::currentLayout() const {
    ensureLayout();
    return m_layout;
}

void TimelineWidget::ensureStatic() {
    const qreal ratio = devicePixelRatioF();
    const QSize pixels = (QSizeF(size()) * ratio).toSize();
    if (m_staticValid && m_static.size() == pixels) return;
    ensureLayout();
    if (m_static.size() != pixels) m_static = QPixmap(pixels);
    m_static.setDevicePixelRatio(ratio);
    QPainter painter(&m_static);
    paintStatic(painter, m_data, m_layout, m_view, theme::tokens());
    m_staticValid = true;
}

void TimelineWidget::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const theme::Tokens& t = theme::tokens();
    if (m_data.isEmpty()) {
        painter.fillRect(rect(), t.bg1);
        painter.setFont(theme::font(theme::Type::Body));
        painter.setPen(t.t2);
        painter.drawText(rect().adjusted(24, 24, -24, -24), Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
        return;
    }
    ensureStatic();
    painter.drawPixmap(0, 0, m_static);
    timeline::paintOverlay(painter, m_data, m_layout, m_hover, m_selected, t);
    if (!hasFocus()) return;
    painter.setPen(QPen(t.accent, 1));
    painter.drawRect(rect().adjusted(0, 0, -1, -1));
}

QPixmap TimelineWidget::picture(const QSize& size, qreal devicePixelRatio) const {
    QPixmap pixmap((QSizeF(size) * devicePixelRatio).toSize());
    pixmap.setDevicePixelRatio(devicePixelRatio);
    View view = wholeAction(m_data);
    view.designed = m_view.designed;
    view.critical = m_view.critical;
    const Layout layout = layOut(m_data, view, QSizeF(size), labelWidth);
    QPainter painter(&pixmap);
    paintStatic(painter, m_data, layout, view, theme::tokens());
    return pixmap;
}

QSize TimelineWidget::sizeHint() const {
    return {900, 560};
}

QSize TimelineWidget::minimumSizeHint() const {
    return {420, 240};
}

void TimelineWidget::resizeEvent(QResizeEvent*) {
    m_layoutValid = false;
    m_view.scrollY = std::clamp(m_view.scrollY, 0.0, currentLayout().maxScroll());
    invalidate();
}

QString TimelineWidget::hopOf(const Hit& hit) const {
    const auto index = static_cast<std::size_t>(hit.index);
    if (hit.kind == HitKind::Bar) return m_data.bars[index].hop;
    if (hit.kind == HitKind::Arrow) return m_data.arrows[index].hop;
    return {};
}

void TimelineWidget::choose(const QString& hop) {
    if (hop == m_selected) return;
    m_selected = hop;
    invalidate();
    Q_EMIT hopSelected(hop);
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
    const double margin = std::max(bar.duration() * 0.15, closest);
    View view = m_view;
    view.start = bar.start - margin;
    view.end = bar.end + margin;
    setView(view);
    Q_EMIT hopActivated(bar.hop);
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
        view.scrollY = std::clamp(m_view.scrollY - turned / 120 * 48, 0.0, currentLayout().maxScroll());
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
        case Qt::Key_Equal: zoomAt(zoomStep, middle); break;
        case Qt::Key_S:
        case Qt::Key_Minus: zoomAt(1 / zoomStep, middle); break;
        case Qt::Key_A: panBy(-panStep); break;
        case Qt::Key_D: panBy(panStep); break;
        case Qt::Key_0: showWholeAction(); break;
        case Qt::Key_Left: selectStep(-1); break;
        case Qt::Key_Right: selectStep(1); break;
        case Qt::Key_Up: selectLane(-1); break;
        case Qt::Key_Down: selectLane(1); break;
        case Qt::Key_C: setCriticalVisible(!m_view.critical); break;
        case Qt::Key_O: setDesignedVisible(!m_view.designed); break;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (!m_selected.isEmpty()) Q_EMIT hopActivated(m_selected);
            break;
        case Qt::Key_Escape:
            if (m_selected.isEmpty()) return QWidget::keyPressEvent(event);
            choose({});
            break;
        default: QWidget::keyPressEvent(event);
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

// The hop nearest in time in the next lane that has one.
void TimelineWidget::selectLane(int direction) {
    const auto now = std::find_if(m_data.bars.begin(), m_data.bars.end(), [&](const Bar& bar) { return bar.hop == m_selected; });
    if (m_selected.isEmpty() || now == m_data.bars.end()) return selectStep(1);
    const Bar* best = nullptr;
    for (int lane = now->lane + direction; lane >= 0 && lane < static_cast<int>(m_data.lanes.size()) && !best; lane += direction)
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
            QString text = m_data.lanes[static_cast<std::size_t>(bar.lane)].title + QStringLiteral(" · ") + barText(bar, 0);
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
        case HitKind::None: break;
    }
    return {};
}

void TimelineWidget::showToolTip() {
    if (!underMouse()) return;
    const QString text = toolTipOf(currentLayout().hitTest(m_mouse));
    if (!text.isEmpty()) QToolTip::showText(mapToGlobal(m_mouse.toPoint()), text, this);
}

void TimelineWidget::leaveEvent(QEvent*) {
    m_toolTipTimer->stop();
    m_hover = {};
    update();
}

void TimelineWidget::focusInEvent(QFocusEvent*) {
    update();
}

void TimelineWidget::focusOutEvent(QFocusEvent*) {
    update();
}

void TimelineWidget::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::LanguageChange || event->type() == QEvent::FontChange) invalidate();
}

}  // namespace nova::timeline
