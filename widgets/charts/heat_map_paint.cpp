// How a heat map looks; what it does is in heat_map.cpp.
#include <QPainter>
#include <QPainterPath>
#include <QScrollBar>
#include <algorithm>
#include <cmath>

#include "widgets/charts/heat_map.h"
#include "widgets/theme/fonts.h"
#include "widgets/theme/metrics.h"
#include "widgets/theme/numbers.h"
#include "widgets/theme/tabular.h"
#include "widgets/theme/theme.h"

namespace nova::charts {
namespace {

using theme::Tabular;
using theme::Tokens;
using theme::Type;
using Kind = HeatCell::Kind;

constexpr double left = 12, icon = 20;

const Tabular& plain() {
    return Tabular::of(theme::font(Type::Control));
}
const Tabular& strong() {
    return Tabular::of(theme::font(Type::Control, QFont::DemiBold));
}
const Tabular& hint() {
    return Tabular::of(theme::font(Type::Hint));
}

QString elided(const Tabular& font, const QString& text, double room) {
    return font.width(text) <= room ? text : QFontMetricsF(font.font()).elidedText(text, Qt::ElideRight, room);
}

int levelOf(const HeatRow& row, const HeatCell& cell) {
    return cell.alarm || cell.kind == Kind::beyond ? 5 : heatLevel(cell.value, row.threshold);
}

// 2 204, where there is no room 2.2k.
QString shortNumber(double value) {
    if (value < 9'950) return QString::number(value / 1'000, 'f', 1) + QLatin1Char('k');
    if (value < 999'500) return QString::number(std::llround(value / 1'000)) + QLatin1Char('k');
    const double millions = value / 1e6;
    return QString::number(millions, 'f', millions < 9.95 ? 1 : 0) + QLatin1Char('M');
}

QString valueText(const HeatCell& cell, bool seconds, const Tabular& font, double room) {
    const QString whole = !seconds            ? theme::count(static_cast<qint64>(cell.value))
                          : cell.value < 9.95 ? QString::number(cell.value, 'f', 1)
                                              : theme::count(static_cast<qint64>(std::llround(cell.value)));
    return font.width(whole) <= room || cell.value < 1'000 ? whole : shortNumber(cell.value);
}

void paintAlarm(QPainter& painter, QPointF middle, const QColor& ink) {
    painter.save();
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(ink);
    painter.drawPolygon(QPolygonF{middle + QPointF(0, -3.9), middle + QPointF(4.2, 3.5), middle + QPointF(-4.2, 3.5)});
    painter.restore();
}

void paintHatch(QPainter& painter, const QRectF& rect, const QColor& ink) {
    painter.save();
    painter.setClipRect(rect, Qt::IntersectClip);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QPen(ink, 1));
    for (double x = rect.left() - rect.height(); x < rect.right(); x += 6)
        painter.drawLine(QPointF(x, rect.bottom()), QPointF(x + rect.height(), rect.top()));
    painter.restore();
}

void paintDashed(QPainter& painter, const QRectF& rect, const QColor& ink) {
    QPen pen(ink, 1);
    pen.setDashPattern({2, 2});
    painter.setPen(pen);
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5));
}

}  // namespace

void HeatMap::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    const Tokens& t = theme::tokens();
    painter.fillRect(viewport()->rect(), t.bg1);
    if (m_rows.empty()) {
        painter.setFont(theme::font(Type::Control));
        painter.setPen(t.t2);
        const int margin = theme::metrics::formPadding;
        painter.drawText(viewport()->rect().adjusted(margin, margin, -margin, -margin),
                         Qt::AlignCenter | Qt::TextWordWrap, m_emptyText);
        return;
    }
    const double top = verticalScrollBar()->value();
    painter.save();
    painter.translate(0, headHeight() - top);
    const auto [from, until] = m_layout.touching(top, top + viewport()->height());
    for (int row = from; row < until; ++row) paintRow(painter, row);
    painter.restore();
    paintHead(painter);
    paintBand(painter);
}

void HeatMap::paintHead(QPainter& painter) const {
    const Tokens& t = theme::tokens();
    painter.fillRect(QRect(0, 0, viewport()->width(), headHeight()), t.bg1);
    if (m_shape != HeatLayout::Shape::list) return;
    painter.setPen(t.t2);
    for (int i = 0; i < m_layout.headings(); ++i) {
        const QRectF at = m_layout.heading(i);
        hint().draw(painter, QRectF(at.left(), 2, at.width() - 2, headHeight() - 2), Qt::AlignCenter,
                    QLatin1Char('p') + QString::number(i));
    }
    hint().draw(painter, QRectF(m_layout.sideLeft(), 2, m_layout.sideWidth(), headHeight() - 2),
                Qt::AlignRight | Qt::AlignVCenter, m_sideTitle);
}

void HeatMap::paintRow(QPainter& painter, int index) const {
    const Tokens& t = theme::tokens();
    const HeatRow& row = m_rows[static_cast<std::size_t>(index)];
    const HeatLayout::Row& place = m_layout.row(index);
    const bool selected = row.key == m_selected;
    if (m_shape == HeatLayout::Shape::list) {
        if (selected || index == m_hover) painter.fillRect(place.rect, selected ? t.sel : t.bg2);
        if (row.muted) painter.setOpacity(0.55);
        paintNames(painter, row, place.rect);
    }
    if (place.numbers) {
        for (int i = 0; i < place.count; ++i)
            paintNumber(painter, row, row.cells[static_cast<std::size_t>(i)],
                        m_layout.cell(index, i).adjusted(0, 1, -2, -1));
    } else {
        paintBlocks(painter, index);
    }
    painter.setOpacity(1);
    if (!selected) return;
    painter.setBrush(Qt::NoBrush);
    painter.setPen(QPen(hasFocus() ? t.accent : t.t2, hasFocus() ? 2 : 1));
    if (m_cell >= 0 && m_cell < place.count)
        painter.drawRect(m_layout.cell(index, m_cell)
                             .adjusted(1, place.numbers ? 2 : 1, place.numbers ? -3 : -1, place.numbers ? -2 : -1));
    else if (m_shape == HeatLayout::Shape::map)
        painter.drawRect(place.rect.adjusted(0.5, 0.5, -0.5, -0.5));
    else if (hasFocus())
        painter.drawRect(place.rect.adjusted(1, 1, -1, -1));
}

void HeatMap::paintNames(QPainter& painter, const HeatRow& row, const QRectF& rect) const {
    const Tokens& t = theme::tokens();
    const double middle = rect.center().y();
    theme::paintStatus(painter, QRectF(left, middle - 5, 10, 10), row.status, t);
    double room = m_layout.nameWidth() - icon - 8;
    const double x = left + icon;
    if (row.pinned) {
        painter.fillRect(QRectF(0, rect.top() + 3, 3, rect.height() - 6), t.accent);
    }
    const QFont medium = theme::font(Type::Control, QFont::DemiBold);
    const Tabular& name = Tabular::of(medium);
    painter.setPen(t.t1);
    name.draw(painter, QRectF(x, middle - 15, room, 16), Qt::AlignLeft | Qt::AlignVCenter,
              elided(name, row.title, room));
    painter.setPen(t.t2);
    hint().draw(painter, QRectF(x, middle, room, 14), Qt::AlignLeft | Qt::AlignVCenter,
                elided(hint(), row.subtitle, room));
    if (m_layout.wordWidth() > 0) {
        const Tabular& word = Tabular::of(theme::font(Type::Hint, QFont::DemiBold));
        const QColor ink =
            row.status == theme::Status::Ok || row.status == theme::Status::Warn || row.status == theme::Status::Err
                ? theme::statusColor(row.status, t)
                : t.t2;
        painter.setPen(ink);
        room = m_layout.wordWidth() - 10;
        word.draw(painter, QRectF(left + m_layout.nameWidth(), rect.top(), room, rect.height()),
                  Qt::AlignLeft | Qt::AlignVCenter, elided(word, row.word, room));
    }
    painter.setPen(row.side == QStringLiteral("–") ? t.t2 : t.t1);
    plain().draw(painter, QRectF(m_layout.sideLeft(), rect.top(), m_layout.sideWidth(), rect.height()),
                 Qt::AlignRight | Qt::AlignVCenter, row.side);
}

void HeatMap::paintNumber(QPainter& painter, const HeatRow& row, const HeatCell& cell, const QRectF& rect) const {
    const Tokens& t = theme::tokens();
    const double room = rect.width() - 6;
    switch (cell.kind) {
        case Kind::never:
            paintDashed(painter, rect, t.line2);
            painter.setPen(t.t2);
            plain().draw(painter, rect, Qt::AlignCenter, QStringLiteral("–"));
            return;
        case Kind::unread:
            painter.fillRect(rect, t.heat[0]);
            painter.setPen(t.t3);
            plain().draw(painter, rect, Qt::AlignCenter, QStringLiteral("·"));
            return;
        case Kind::unknown: {
            painter.fillRect(rect, t.heat[0]);
            paintHatch(painter, rect, t.line2);
            const QString age = elided(hint(), theme::age(cell.ageSeconds), rect.width());
            const double wide = std::min(rect.width(), hint().width(age) + 6);
            painter.fillRect(QRectF(rect.center().x() - wide / 2, rect.center().y() - 8, wide, 16), t.heat[0]);
            painter.setPen(t.t2);
            hint().draw(painter, rect, Qt::AlignCenter, age);
            return;
        }
        case Kind::beyond:
        case Kind::value:
            break;
    }
    const int level = levelOf(row, cell);
    painter.fillRect(rect, t.heat[static_cast<std::size_t>(level)]);
    painter.setPen(level == 0 ? t.t2 : t.t1);
    const bool loud = level == 5;
    const Tabular& font = loud ? strong() : plain();
    const double sign = loud ? 12 : 0;
    const QString text = cell.kind == Kind::beyond ? elided(font, tr("beyond"), room - sign)
                                                   : valueText(cell, m_seconds, font, room - sign);
    const double begin = rect.center().x() - (font.width(text) + sign) / 2;
    if (loud) paintAlarm(painter, QPointF(begin + 4, rect.center().y()), t.t1);
    font.draw(painter, QRectF(begin + sign, rect.top(), rect.right() - begin - sign, rect.height()),
              Qt::AlignLeft | Qt::AlignVCenter, text);
    if (cell.lost) painter.fillRect(QRectF(rect.left(), rect.bottom() - 3, rect.width(), 3), t.err);
}

void HeatMap::paintBlocks(QPainter& painter, int index) const {
    const Tokens& t = theme::tokens();
    const HeatRow& row = m_rows[static_cast<std::size_t>(index)];
    const HeatLayout::Row& place = m_layout.row(index);
    const double gap = place.pitchX >= 6 ? 2 : place.pitchX >= 4 ? 1 : 0.5;
    for (int first = 0; first < place.count; first += place.bucket) {
        // A shared block shows its worst cell.
        const int past = std::min(first + place.bucket, place.count);
        const HeatCell* shown = nullptr;
        int level = -2;
        for (int i = first; i < past; ++i) {
            const HeatCell& cell = row.cells[static_cast<std::size_t>(i)];
            const bool told = cell.kind == Kind::value || cell.kind == Kind::beyond;
            const int here = told ? levelOf(row, cell) : -1;
            if (here > level) {
                level = here;
                shown = &cell;
            }
        }
        const QRectF rect = m_layout.cell(index, first).adjusted(0, 0, -gap, -gap);
        if (level >= 0) {
            painter.fillRect(rect, t.heat[static_cast<std::size_t>(level)]);
            if (level == 0 && !t.dark) painter.fillRect(rect, t.bg3);
            if (level == 5) painter.fillRect(rect, t.err);
            continue;
        }
        if (shown->kind == Kind::never && rect.width() >= 5) {
            painter.setPen(QPen(t.line2, 1, Qt::DotLine));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5));
        } else if (shown->kind == Kind::unknown) {
            painter.fillRect(rect, t.line2);
            if (rect.width() >= 5) paintHatch(painter, rect, t.t3);
        } else {
            painter.fillRect(rect, t.bg2);
        }
    }
}

void HeatMap::paintBand(QPainter& painter) const {
    const QRectF band = bandRect();
    if (band.isEmpty()) return;
    const Tokens& t = theme::tokens();
    painter.fillRect(band.adjusted(-1, -1, 1, 1), t.bg0);
    const double all = m_layout.height();
    const int lines = static_cast<int>(band.height());
    std::vector<int> worst(static_cast<std::size_t>(lines), -1);
    for (int i = 0; i < m_layout.size(); ++i) {
        const QRectF rect = m_layout.row(i).rect;
        const int level = m_rows[static_cast<std::size_t>(i)].worst();
        const int from = static_cast<int>(rect.top() / all * lines);
        const int until = std::max(from + 1, static_cast<int>(rect.bottom() / all * lines));
        for (int y = from; y < std::min(until, lines); ++y)
            worst[static_cast<std::size_t>(y)] = std::max(worst[static_cast<std::size_t>(y)], level);
    }
    for (int y = 0; y < lines; ++y) {
        const int level = worst[static_cast<std::size_t>(y)];
        if (level > 0)
            painter.fillRect(QRectF(band.left(), band.top() + y, band.width(), 1),
                             level == 5 ? t.err : t.heat[static_cast<std::size_t>(level)]);
    }
    const double top = band.top() + verticalScrollBar()->value() / all * band.height();
    const double tall = std::max(6.0, verticalScrollBar()->pageStep() / all * band.height());
    painter.setPen(QPen(t.t2, 1));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(band.left() - 0.5, top + 0.5, band.width(), std::min(tall, band.bottom() - top)));
}

}  // namespace nova::charts
