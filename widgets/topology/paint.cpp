#include "widgets/topology/paint.h"

#include <QFontMetricsF>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>

#include "widgets/theme/fonts.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/tabular.h"

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

void drawElided(QPainter& painter, const Tabular& font, double x, double baseline, double room, const QString& text) {
    if (font.width(text) <= room)
        font.draw(painter, QPointF(x, baseline), text);
    else
        font.draw(painter, QPointF(x, baseline), QFontMetricsF(font.font()).elidedText(text, Qt::ElideRight, room));
}

QColor edgeColor(EdgeState state, const Tokens& t) {
    switch (state) {
        case EdgeState::Lagging:
            return t.warn;
        case EdgeState::Broken:
            return t.err;
        case EdgeState::Idle:
            return t.line2;
        case EdgeState::Normal:
        case EdgeState::Push:
            return t.t3;
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

}  // namespace

double measure(const QString& text, bool title) {
    return (title ? titleFont() : hintFont()).width(text);
}

void paintEdge(QPainter& painter, const EdgeBox& box, const Edge& edge, const Tokens& t) {
    const QColor color = edge.bus && edge.state == EdgeState::Normal ? t.line2 : edgeColor(edge.state, t);
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
    painter.drawPolygon(
        QPolygonF{tip + QPointF(-0.5 * back, -3.5), tip + QPointF(5.5 * back, 0), tip + QPointF(-0.5 * back, 3.5)});
}

void paintEdgeLabel(QPainter& painter, const EdgeBox& box, const Edge& edge, const Tokens& t) {
    if (box.text.isEmpty()) return;
    painter.fillRect(box.label, t.bg1);
    const bool plain =
        edge.state == EdgeState::Normal || edge.state == EdgeState::Push || edge.state == EdgeState::Idle;
    painter.setPen(plain ? t.t2 : edgeColor(edge.state, t));
    hintFont().draw(painter, box.label, Qt::AlignCenter, box.text);
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

}  // namespace nova::topology
