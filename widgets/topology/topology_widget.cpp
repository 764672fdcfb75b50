#include "widgets/topology/topology_widget.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>
#include <cmath>

#include "widgets/theme/fonts.h"
#include "widgets/theme/theme.h"
#include "widgets/topology/paint.h"

namespace nova::topology {

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
    const auto found =
        std::find_if(m_data.nodes.begin(), m_data.nodes.end(), [&](const Node& node) { return node.id == id; });
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
    const theme::Tokens& t = theme::tokens();
    painter.fillRect(rect(), t.bg1);
    if (m_data.isEmpty()) {
        painter.setFont(theme::font(theme::Type::Control));
        painter.setPen(t.t2);
        painter.drawText(rect().adjusted(20, 20, -20, -20), Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
        return;
    }
    const Layout& layout = currentLayout();
    painter.setRenderHint(QPainter::Antialiasing);
    const auto edgeOf = [&](const EdgeBox& box) -> const Edge& {
        return m_data.edges[static_cast<std::size_t>(box.edge)];
    };
    // Shared lines behind all, trouble before all.
    const auto levelOf = [](const Edge& edge) {
        return edge.state == EdgeState::Lagging || edge.state == EdgeState::Broken ? 2 : edge.bus ? 0 : 1;
    };
    for (const int level : {0, 1, 2})
        for (const EdgeBox& box : layout.edges)
            if (levelOf(edgeOf(box)) == level) paintEdge(painter, box, edgeOf(box), t);
    for (const EdgeBox& box : layout.edges) paintEdgeLabel(painter, box, edgeOf(box), t);
    const int selected = indexOf(m_selected);
    for (int i = 0; i < static_cast<int>(layout.nodes.size()); ++i)
        paintNode(painter, layout.nodes[static_cast<std::size_t>(i)], m_data.nodes[static_cast<std::size_t>(i)],
                  i == m_hover, i == selected, t);
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
        case Qt::Key_Left:
            go(-1, 0);
            break;
        case Qt::Key_Right:
            go(1, 0);
            break;
        case Qt::Key_Up:
            go(0, -1);
            break;
        case Qt::Key_Down:
            go(0, 1);
            break;
        case Qt::Key_Return:
        case Qt::Key_Enter:
            if (from >= 0) Q_EMIT nodeActivated(m_selected);
            break;
        case Qt::Key_Escape:
            if (from < 0) return QWidget::keyPressEvent(event);
            select(-1);
            break;
        default:
            QWidget::keyPressEvent(event);
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
            QToolTip::showText(help->globalPos(),
                               node.toolTip.isEmpty() ? QString(node.title + u'\n' + node.subtitle) : node.toolTip,
                               this);
        }
        return true;
    }
    return QWidget::event(event);
}

}  // namespace nova::topology
