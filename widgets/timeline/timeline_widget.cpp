#include "widgets/timeline/timeline_widget.h"

#include <QEvent>
#include <QPainter>
#include <QTimer>
#include <algorithm>
#include <cmath>

#include "widgets/theme/fonts.h"
#include "widgets/theme/theme.h"
#include "widgets/timeline/accessible.h"
#include "widgets/timeline/paint.h"

namespace nova::timeline {
namespace {

constexpr double closest = 0.02;  // ms across the whole width
constexpr double widest = 3;      // times the whole action
constexpr int toolTipDelayMs = 300;

}  // namespace

TimelineWidget::TimelineWidget(QWidget* parent) : QWidget(parent), m_toolTipTimer(new QTimer(this)) {
    installAccessible();
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
    const auto known =
        std::any_of(m_data.bars.begin(), m_data.bars.end(), [&](const Bar& bar) { return bar.hop == m_selected; });
    if (!known) m_selected.clear();
    if (!same) m_userView = false;
    if (!same || m_flag >= static_cast<int>(m_data.flags.size())) chooseFlag(-1);
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
    const auto known =
        std::any_of(m_data.bars.begin(), m_data.bars.end(), [&](const Bar& bar) { return bar.hop == hop; });
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
    paintChosenFlag(painter, m_layout, m_flag, t);
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
