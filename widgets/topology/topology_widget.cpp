#include "widgets/topology/topology_widget.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "widgets/theme/fonts.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/tabular.h"
#include "widgets/theme/theme.h"

namespace nova::topology {

using theme::Tabular;
using theme::Tokens;
using theme::Type;

namespace {

const Tabular& titleFont() {
    static const Tabular& font = Tabular::of(theme::font(Type::Control, QFont::Medium));
    return font;
}

const Tabular& hintFont() {
    static const Tabular& font = Tabular::of(theme::font(Type::Hint));
    return font;
}

double measure(const QString& text, bool title) {
    return (title ? titleFont() : hintFont()).width(text);
}

void drawElided(QPainter& painter, const Tabular& font, double x, double baseline, double room, const QString& text) {
    if (font.width(text) <= room)
        font.draw(painter, QPointF(x, baseline), text);
    else
        font.draw(painter, QPointF(x, baseline), QFontMetricsF(font.font()).elidedText(text, Qt::ElideRight, room));
}

QColor edgeColor(EdgeState state, const Tokens& t) {
    switch (state) {
        case EdgeState::Lagging: return t.warn;
        case EdgeState::Broken: return t.err;
        case EdgeState::Idle: return t.line2;
        case EdgeState::Normal:
        case EdgeState::Push: return t.t3;
    }
    Q_UNREACHABLE();
}

// The path with its corners rounded.
QPainterPath rounded(const std::vector<QPointF>& points) {
    constexpr double radius = 6;
    QPainterPath path(points.front());
    for (std::size_t i = 1; i + 1 < points.size(); ++i) {
        const QPointF in = points[i] - points[i - 1], out = points[i + 1] - points[i];
        const double inLength = std::hypot(in.x(), in.y()), outLength = std::hypot(out.x(), out.y());
        const double r = std::min({radius, inLength / 2, outLength / 2});
        path.lineTo(points[i] - in / inLength * r);
        path.quadTo(points[i], points[i] + out / outLength * r);
    }
    path.lineTo(points.back());
    return path;
}

void paintEdge(QPainter& painter, const EdgeBox& box, const Edge& edge, const Tokens& t) {
    const QColor color = edgeColor(edge.state, t);
    QPen pen(color, edge.state == EdgeState::Push ? 1 : box.width);
    pen.setCapStyle(Qt::FlatCap);
    if (edge.state == EdgeState::Broken) pen.setDashPattern({4 / box.width, 4 / box.width});
    if (edge.state == EdgeState::Push) pen.setDashPattern({1, 3});
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    painter.drawPath(rounded(box.points));
    const QPointF tip = box.points.back();
    const double back = box.points[box.points.size() - 2].x() < tip.x() ? 1 : -1;
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawPolygon(QPolygonF{tip + QPointF(-0.5 * back, -3.5), tip + QPointF(5.5 * back, 0), tip + QPointF(-0.5 * back, 3.5)});
}

void paintEdgeLabel(QPainter& painter, const EdgeBox& box, const Edge& edge, const Tokens& t) {
    if (box.text.isEmpty()) return;
    painter.fillRect(box.label, t.bg1);
    const bool plain = edge.state == EdgeState::Normal || edge.state == EdgeState::Push || edge.state == EdgeState::Idle;
    painter.setPen(plain ? t.t2 : edgeColor(edge.state, t));
    hintFont().draw(painter, box.label, Qt::AlignCenter, box.text);
}

void paintMark(QPainter& painter, const QRectF& rect, const Node& node, const Tokens& t) {
    if (node.kind == NodeKind::Topic && node.status != theme::Status::Err) {
        painter.setPen(QPen(t.t3, 1));
        for (int i = 0; i < 4; ++i) {
            const double y = rect.top() + 11.5 + 4 * i;
            painter.drawLine(QPointF(rect.left() + 9, y), QPointF(rect.left() + 17, y));
        }
        return;
    }
    theme::paintStatus(painter, QRectF(rect.left() + 9, rect.top() + 7, 10, 10), node.status, t);
}

void paintNode(QPainter& painter, const NodeBox& box, const Node& node, bool hovered, bool selected, const Tokens& t) {
    const QRectF& rect = box.rect;
    const bool bad = node.status == theme::Status::Warn || node.status == theme::Status::Err;
    QPen pen(bad ? theme::statusColor(node.status, t) : t.line2, 1);
    if (node.unknown) pen.setDashPattern({3, 3});
    painter.setPen(pen);
    painter.setBrush(selected ? t.sel : hovered ? t.bg3 : t.bg2);
    const QRectF frame = rect.adjusted(0.5, 0.5, -0.5, -0.5);
    const double radius = node.kind == NodeKind::Topic ? 0 : theme::metrics::radius;
    painter.setRenderHint(QPainter::Antialiasing);
    painter.drawRoundedRect(frame, radius, radius);
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.fillRect(QRectF(rect.left(), rect.top(), 4, rect.height()),
                     node.kind == NodeKind::Topic ? t.topic(node.colorKey) : t.service(node.colorKey));
    painter.setRenderHint(QPainter::Antialiasing);
    if (selected) {
        painter.setPen(QPen(t.accent, 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius);
    }
    paintMark(painter, rect, node, t);
    double room = rect.width() - 24 - 8;
    if (!node.badge.isEmpty()) {
        const double wide = hintFont().width(node.badge) + 10;
        const QRectF tag(rect.right() - wide - 6, rect.top() + 4, wide, 15);
        painter.setPen(Qt::NoPen);
        painter.setBrush(t.warnBg);
        painter.drawRoundedRect(tag, 3, 3);
        painter.setPen(t.warn);
        hintFont().draw(painter, tag, Qt::AlignCenter, node.badge);
        room -= wide + 4;
    }
    painter.setPen(t.t1);
    drawElided(painter, titleFont(), rect.left() + 24, rect.top() + 16, room, box.title);
    painter.setPen(bad ? theme::statusColor(node.status, t) : t.t2);
    drawElided(painter, hintFont(), rect.left() + 24, rect.top() + 29, rect.width() - 32, box.subtitle);
}

}  // namespace

TopologyWidget::TopologyWidget(QWidget* parent) : QWidget(parent) {
    setObjectName(QStringLiteral("topology"));
    setAccessibleName(tr("Map of services"));
    setFocusPolicy(Qt::StrongFocus);
    setMouseTracking(true);
    setAttribute(Qt::WA_OpaquePaintEvent);
    connect(&theme::Theme::instance(), &theme::Theme::changed, this, qOverload<>(&QWidget::update));
}

void TopologyWidget::setData(Data shown) {
    const QSizeF before = topology::minimumSize(m_data), after = topology::minimumSize(shown);
    m_data = std::move(shown);
    m_layoutValid = false;
    m_hover = -1;
    if (indexOf(m_selected) < 0) m_selected.clear();
    if (before != after) updateGeometry();
    update();
}

void TopologyWidget::setEmptyText(const QString& text) {
    m_emptyText = text;
    update();
}

void TopologyWidget::setSelectedNode(const QString& id) {
    const QString known = indexOf(id) >= 0 ? id : QString();
    if (known == m_selected) return;
    m_selected = known;
    update();
}

int TopologyWidget::indexOf(const QString& id) const {
    const auto found = std::find_if(m_data.nodes.begin(), m_data.nodes.end(), [&](const Node& node) { return node.id == id; });
    return found == m_data.nodes.end() ? -1 : static_cast<int>(found - m_data.nodes.begin());
}

const Layout& TopologyWidget::currentLayout() const {
    if (!m_layoutValid) {
        m_layout = layOut(m_data, size(), measure);
        m_layoutValid = true;
    }
    return m_layout;
}

QSize TopologyWidget::sizeHint() const {
    return {1200, 340};
}

QSize TopologyWidget::minimumSizeHint() const {
    return {400, static_cast<int>(std::ceil(topology::minimumSize(m_data).height()))};
}

void TopologyWidget::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const Tokens& t = theme::tokens();
    painter.fillRect(rect(), t.bg1);
    if (m_data.isEmpty()) {
        painter.setFont(theme::font(Type::Control));
        painter.setPen(t.t2);
        painter.drawText(rect().adjusted(20, 20, -20, -20), Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
        return;
    }
    const Layout& layout = currentLayout();
    painter.setRenderHint(QPainter::Antialiasing);
    const auto edgeOf = [&](const EdgeBox& box) -> const Edge& { return m_data.edges[static_cast<std::size_t>(box.edge)]; };
    // Quiet edges first, so that trouble is never painted over.
    for (const bool trouble : {false, true})
        for (const EdgeBox& box : layout.edges) {
            const EdgeState state = edgeOf(box).state;
            if ((state == EdgeState::Lagging || state == EdgeState::Broken) == trouble) paintEdge(painter, box, edgeOf(box), t);
        }
    for (const EdgeBox& box : layout.edges) paintEdgeLabel(painter, box, edgeOf(box), t);
    const int selected = indexOf(m_selected);
    for (int i = 0; i < static_cast<int>(layout.nodes.size()); ++i)
        paintNode(painter, layout.nodes[static_cast<std::size_t>(i)], m_data.nodes[static_cast<std::size_t>(i)], i == m_hover,
                  i == selected, t);
}

void TopologyWidget::select(int node) {
    const QString id = node >= 0 ? m_data.nodes[static_cast<std::size_t>(node)].id : QString();
    if (id == m_selected) return;
    m_selected = id;
    update();
    Q_EMIT nodeSelected(id);
}

void TopologyWidget::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton) select(currentLayout().nodeAt(event->position()));
}

void TopologyWidget::mouseDoubleClickEvent(QMouseEvent* event) {
    const int node = currentLayout().nodeAt(event->position());
    if (node >= 0) Q_EMIT nodeActivated(m_data.nodes[static_cast<std::size_t>(node)].id);
}

void TopologyWidget::mouseMoveEvent(QMouseEvent* event) {
    const int node = currentLayout().nodeAt(event->position());
    if (node == m_hover) return;
    m_hover = node;
    setCursor(node >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    update();
}

void TopologyWidget::leaveEvent(QEvent*) {
    m_hover = -1;
    update();
}

void TopologyWidget::keyPressEvent(QKeyEvent* event) {
    const int from = indexOf(m_selected);
    const auto go = [&](int dx, int dy) {
        const int to = currentLayout().neighbour(from, dx, dy);
        if (to >= 0) select(to);
    };
    switch (event->key()) {
        case Qt::Key_Left: go(-1, 0); break;
        case Qt::Key_Right: go(1, 0); break;
        case Qt::Key_Up: go(0, -1); break;
        case Qt::Key_Down: go(0, 1); break;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (from >= 0) Q_EMIT nodeActivated(m_selected);
            break;
        case Qt::Key_Escape:
            if (from < 0) return QWidget::keyPressEvent(event);
            select(-1);
            break;
        default: QWidget::keyPressEvent(event);
    }
}

void TopologyWidget::resizeEvent(QResizeEvent*) {
    m_layoutValid = false;
}

bool TopologyWidget::event(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int at = currentLayout().nodeAt(help->pos());
        if (at < 0) {
            QToolTip::hideText();
        } else {
            const Node& node = m_data.nodes[static_cast<std::size_t>(at)];
            QToolTip::showText(help->globalPos(), node.toolTip.isEmpty() ? QString(node.title + u'\n' + node.subtitle) : node.toolTip, this);
        }
        return true;
    }
    return QWidget::event(event);
}

}  // namespace nova::topology
